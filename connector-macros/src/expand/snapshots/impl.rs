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
    /// Find.
    #[allow(clippy::needless_pass_by_value)]
    async fn find(
        &self,
        r#type: &str,
        word: String,
        #[cfg(unix)]
        mode: Option<u32>,
        limit: Option<u32>,
    ) -> Result<Vec<Issue>> {
        let __request = <Result<
            Vec<Issue>,
        > as ::connector_sdk::__private::Answered>::request(
            self,
            "find",
            &[
                ::connector_sdk::__private::sent::<&::core::primitive::str>(&&*r#type),
                ::connector_sdk::__private::sent::<String>(&word),
                #[cfg(unix)]
                ::connector_sdk::__private::sent::<Option<u32>>(&mode),
                ::connector_sdk::__private::sent::<Option<u32>>(&limit),
            ],
            ::core::option::Option::None,
        );
        __request.await
    }
    /// Send.
    #[allow(clippy::needless_pass_by_value)]
    async fn send(&self, context: &Context, new: NewIssue) -> Answer {
        let __request = <Answer as ::connector_sdk::__private::Answered>::request(
            self,
            "send",
            &[::connector_sdk::__private::sent::<NewIssue>(&new)],
            ::core::option::Option::Some(context),
        );
        __request.await
    }
    /// Words.
    #[allow(clippy::unnecessary_wraps, clippy::unused_async, clippy::unused_self)]
    async fn words(&self, context: &Context, query: &str) -> Result<Vec<Choice>> {}
    /// Good?
    #[allow(clippy::unnecessary_wraps, clippy::unused_async, clippy::unused_self)]
    async fn health(&self) -> Result<()> {}
    /// News.
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self
    )]
    async fn news(
        &self,
        since: Option<u64>,
        context: &Context,
        out: &mut Events<News>,
    ) -> Result<()> {}
    /// Deliver.
    #[cfg(unix)]
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self
    )]
    async fn deliver(&self, message: OutgoingMessage) -> Result<Receipt> {}
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
    fn __default_3_word() -> String {
        <String as __private::FromText>::from_text("x")
    }
    struct __Values3 {
        r#type: ::std::string::String,
        word: String,
        #[cfg(unix)]
        mode: Option<u32>,
        limit: Option<u32>,
    }
    impl __private::Arguments for __Values3 {
        fn read(__input: &[::core::primitive::u8]) -> __private::Result<__Values3> {
            let mut __slot0 = ::core::option::Option::None;
            let mut __slot1 = ::core::option::Option::None;
            #[cfg(unix)]
            let mut __slot2 = ::core::option::Option::None;
            let mut __slot3 = ::core::option::Option::None;
            __private::read(
                __input,
                &mut [
                    <::std::string::String as __private::Argument>::slot(
                        "type",
                        &mut __slot0,
                    ),
                    <String as __private::Argument>::slot("word", &mut __slot1),
                    #[cfg(unix)]
                    <Option<u32> as __private::Argument>::slot("mode", &mut __slot2),
                    <Option<u32> as __private::Argument>::slot("limit", &mut __slot3),
                ],
            )?;
            let __values = __Values3 {
                r#type: <::std::string::String as __private::Argument>::required(
                    "type",
                    __slot0,
                )?,
                word: __private::or_default(__slot1, __default_3_word),
                #[cfg(unix)]
                mode: <Option<u32> as __private::Argument>::required("mode", __slot2)?,
                limit: <Option<u32> as __private::Argument>::required("limit", __slot3)?,
            };
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
    const _: () = {
        #[allow(unused_imports)]
        use __private::AnyShape as _;
        ::core::assert!(
            < __private::Shape < NewIssue >> ::OBJECT,
            "the input of action `send` must be a struct, whose fields are its arguments; make it one with named fields, or write the arguments one by one"
        );
    };
    const _: () = ::core::assert!(
        ! __private::has_credential:: < GitHub > ("scope"),
        "`scope` in the path of action `find` is a credential, which paths would show; send it by `auth`"
    );
    const _: () = ::core::assert!(
        __private::has_credential:: < GitHub > ("scope") || __private::has_setting:: <
        GitHub > ("scope"),
        "`scope` in the path of action `find` is neither an argument nor a setting; write a parameter of that name, or name a setting of the struct"
    );
    #[cfg(unix)]
    const _: () = ::core::assert!(
        ! __private::authenticates_by:: < GitHub > ("X-Mode"),
        "header `X-Mode` is sent by `auth` and by argument `mode` of action `find`; keep one of the two"
    );
    const _: () = ::core::assert!(
        __private::has_client:: < GitHub > ("http"),
        "there is no HTTP client `http`; name a field that has `#[http(base = \"..\")]`"
    );
    const _: fn() = __private::assert_list::<Result<Vec<Issue>>>;
    const _: fn() = __private::assert_count::<Option<u32>>;
    const _: () = ::core::assert!(
        __private::has_one_client:: < GitHub > (),
        "action `send` needs one HTTP client: add a field `#[http(base = \"..\")] http: Http`, or name one of several: `client = ..`"
    );
    const _: fn() = __private::assert_events::<__private::Features>;
    #[cfg(unix)]
    const _: fn() = __private::assert_events::<__private::Features>;
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
                __private::ActionSpec::read(
                        "find",
                        "find",
                        "Find.",
                        __private::Input::Params(
                            &[
                                <::std::string::String as __private::Argument>::PARAM
                                    .named("type", "Of what type."),
                                <String as __private::Argument>::PARAM
                                    .named("word", "With this.")
                                    .default(|| __private::default_value::<
                                        String,
                                    >(__default_3_word())),
                                #[cfg(unix)]
                                <Option<u32> as __private::Argument>::PARAM
                                    .named("mode", "Not everywhere."),
                                <Option<u32> as __private::Argument>::PARAM
                                    .named("limit", "At most."),
                            ],
                        ),
                        <Result<Vec<Issue>> as __private::Answered>::schema,
                        |__call: __private::Ready<'_, Self>| <Result<
                            Vec<Issue>,
                        > as __private::Answered>::prepare(
                            __call,
                            |__this, __values: __Values3, __context| <Result<
                                Vec<Issue>,
                            > as __private::Answered>::request(
                                __this,
                                "find",
                                &[
                                    __private::sent::<
                                        &::core::primitive::str,
                                    >(&&*__values.r#type),
                                    __private::sent::<String>(&__values.word),
                                    #[cfg(unix)]
                                    __private::sent::<Option<u32>>(&__values.mode),
                                    __private::sent::<Option<u32>>(&__values.limit),
                                ],
                                ::core::option::Option::Some(__context),
                            ),
                        ),
                    )
                    .request(
                        &__private::RequestSpec::new(
                                "GET",
                                "/{scope}/{type}/find",
                                &[
                                    ("type", __private::At::Path),
                                    ("word", __private::At::Query("q")),
                                    #[cfg(unix)]
                                    ("mode", __private::At::Header("X-Mode")),
                                    ("limit", __private::At::Unsent),
                                ],
                            )
                            .select("data.items")
                            .client("http")
                            .page(__private::PageSpec::Number {
                                parameter: "page",
                                first: 0u64,
                            })
                            .most(__private::MostSpec::Argument("limit")),
                    ),
                __private::ActionSpec::write(
                        "send",
                        "send",
                        "Send.",
                        <NewIssue as __private::Argument>::INPUT,
                        <Answer as __private::Answered>::schema,
                        |__call: __private::Ready<'_, Self>| <Answer as __private::Answered>::prepare_input(
                            __call,
                            <NewIssue as __private::Argument>::parse,
                            |__this, __values: NewIssue, __context| <Answer as __private::Answered>::request(
                                __this,
                                "send",
                                &[__private::sent::<NewIssue>(&__values)],
                                ::core::option::Option::Some(__context),
                            ),
                        ),
                    )
                    .request(
                        &__private::RequestSpec::new(
                                "POST",
                                "/send",
                                &[("", __private::At::Fields)],
                            )
                            .form(),
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
            events: &[
                __private::with_events!(
                    __private::EventsSpec:: < Self > ::new:: < News > ("News.", | __this,
                    __since, __out, __context | ::std::boxed::Box::pin(async move { let
                    (__since, mut __out) = __private::begun:: < u64, _ > (__since, __out)
                    ?; __private::ended(__this.news(__since, __context, & mut __out).
                    await) })).every(30000u64).window(9)
                ),
            ],
            send: &[
                #[cfg(unix)]
                __private::with_events!(
                    __private::SendSpec:: < Self > ::new("Deliver.", | __this, __message,
                    _ | __private::boxed_send(__this
                    .deliver(::core::clone::Clone::clone(__message)))).idempotent()
                ),
            ],
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
