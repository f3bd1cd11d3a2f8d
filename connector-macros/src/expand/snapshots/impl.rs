impl GitHub {
    const DEPTH: u32 = 3;
    /// List issues.
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self
    )]
    async fn list_issues(
        &self,
        state: State,
        limit: u32,
        r#type: &str,
        context: &Context,
    ) -> Result<Vec<Issue>> {
        anything
    }
    /// Create one.
    #[cfg(unix)]
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self
    )]
    pub async fn create_issue(&self, new: NewIssue) -> Answer {}
    /// Wipe.
    #[allow(clippy::unnecessary_wraps, clippy::unused_async, clippy::unused_self)]
    async fn wipe(&self) -> Done {}
    /// Words.
    #[allow(clippy::unnecessary_wraps, clippy::unused_async, clippy::unused_self)]
    async fn words(&self, context: &Context, query: &str) -> Result<Vec<Choice>> {}
    /// Good?
    #[allow(clippy::unnecessary_wraps, clippy::unused_async, clippy::unused_self)]
    async fn health(&self) -> Result<()> {}
    fn own(&self) {}
}
const _: () = {
    use ::connector_sdk::__private;
    fn __default_0_state() -> State {
        State::Open
    }
    fn __default_0_limit() -> u32 {
        GitHub::DEPTH
    }
    fn __limits_0_limit<__L: __private::Limiting<u32>>(__limits: __L) -> __L {
        __limits.range(1..=100)
    }
    fn __limits_0_type<__L: __private::Limiting<::std::string::String>>(
        __limits: __L,
    ) -> __L {
        __limits
            .length(1..=20)
            .pattern({
                static __PATTERN: __private::Pattern = __private::Pattern::new(
                    "^[a-z]+$",
                );
                &__PATTERN
            })
    }
    struct __Values0 {
        state: State,
        limit: u32,
        r#type: ::std::string::String,
    }
    impl __private::Arguments for __Values0 {
        fn read(__input: &[::core::primitive::u8]) -> __private::Result<__Values0> {
            let mut __slot0 = ::core::option::Option::None;
            let mut __slot1 = ::core::option::Option::None;
            let mut __slot2 = ::core::option::Option::None;
            __private::read(
                __input,
                &mut [
                    <State as __private::Argument>::slot("state", &mut __slot0),
                    <u32 as __private::Argument>::slot("limit", &mut __slot1),
                    <::std::string::String as __private::Argument>::slot(
                        "type",
                        &mut __slot2,
                    ),
                ],
            )?;
            let __values = __Values0 {
                state: __private::or_default(__slot0, __default_0_state),
                limit: __private::or_default(__slot1, __default_0_limit),
                r#type: <::std::string::String as __private::Argument>::required(
                    "type",
                    __slot2,
                )?,
            };
            __private::check("limit", &__values.limit, __limits_0_limit)?;
            __private::check("type", &__values.r#type, __limits_0_type)?;
            ::core::result::Result::Ok(__values)
        }
    }
    struct __Values2 {}
    impl __private::Arguments for __Values2 {
        fn read(__input: &[::core::primitive::u8]) -> __private::Result<__Values2> {
            __private::read(__input, &mut [])?;
            let __values = __Values2 {};
            ::core::result::Result::Ok(__values)
        }
    }
    #[cfg(unix)]
    const _: () = {
        #[allow(unused_imports)]
        use __private::AnyShape as _;
        ::core::assert!(
            < __private::Shape < NewIssue >> ::OBJECT,
            "the input of action `create_issue` must be a struct, whose fields are its arguments; make it one with named fields, or write the arguments one by one"
        );
    };
    #[automatically_derived]
    impl __private::Actions for GitHub {
        const SPEC: __private::ImplSpec<Self> = __private::ImplSpec {
            actions: &[
                __private::ActionSpec::read(
                        "list_issues",
                        "issues.list",
                        "List issues.",
                        __private::Input::Params(
                            &[
                                <State as __private::Argument>::PARAM
                                    .named("state", "In this state.")
                                    .default(|| __private::default_value::<
                                        State,
                                    >(__default_0_state())),
                                <u32 as __private::Argument>::PARAM
                                    .named("limit", "At most.")
                                    .default(|| __private::default_value::<
                                        u32,
                                    >(__default_0_limit()))
                                    .keywords(__limits_0_limit),
                                <::std::string::String as __private::Argument>::PARAM
                                    .named("type", "With this.")
                                    .keywords(__limits_0_type)
                                    .options("words"),
                            ],
                        ),
                        <Result<Vec<Issue>> as __private::ActionResult>::schema,
                        |__call: __private::Ready<'_, Self>| <Result<
                            Vec<Issue>,
                        > as __private::ActionResult>::prepare(
                            __call,
                            |__this, __values: __Values0, __context| async move {
                                __this
                                    .list_issues(
                                        __values.state,
                                        __values.limit,
                                        &__values.r#type,
                                        __context,
                                    )
                                    .await
                            },
                        ),
                    )
                    .local()
                    .idempotent()
                    .trusted(__private::Trust::Confirm)
                    .at_least(__private::Mode::Full)
                    .resource("issues")
                    .scopes(&["repo", "user"])
                    .timeout(30000u64),
                #[cfg(unix)]
                __private::ActionSpec::write(
                        "create",
                        "issues.new",
                        "Create one.",
                        <NewIssue as __private::Argument>::INPUT,
                        <Answer as __private::ActionResult>::schema,
                        |__call: __private::Ready<'_, Self>| <Answer as __private::ActionResult>::prepare_input(
                            __call,
                            <NewIssue as __private::Argument>::parse,
                            |__this, __values: NewIssue, _| __this.create_issue(__values),
                        ),
                    )
                    .business(),
                __private::ActionSpec::destructive(
                    "wipe",
                    "wipe",
                    "Wipe.",
                    __private::Input::Params(&[]),
                    <Done as __private::ActionResult>::schema,
                    |__call: __private::Ready<'_, Self>| <Done as __private::ActionResult>::prepare(
                        __call,
                        |__this, _: __Values2, _| __this.wipe(),
                    ),
                ),
            ],
            options: &[
                __private::OptionsSpec {
                    name: "words",
                    description: "Words.",
                    run: |__this, __query, __context| __private::boxed_choices(
                        __this.words(__context, __query),
                    ),
                },
            ],
            health: &[|__this, _| __private::boxed_health(__this.health())],
            login: &[],
        };
        const OPTIONS: &'static [&'static ::core::primitive::str] = &["words"];
        fn table() -> &'static __private::Table {
            static __TABLE: __private::LazyLock<__private::Table> = __private::LazyLock::new(
                __private::Table::new::<GitHub>,
            );
            &__TABLE
        }
    }
};
