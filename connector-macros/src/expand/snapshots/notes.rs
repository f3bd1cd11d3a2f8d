/// A folder of Markdown notes.
pub struct Notes {
    /// The folder that the notes are in.
    root: PathBuf,
    #[cfg(feature = "watch")]
    told: watch::Told,
}
const _: () = {
    use ::connector_sdk::__private;
    #[automatically_derived]
    impl __private::Described for Notes {
        const SPEC: __private::StructSpec = __private::StructSpec {
            id: "notes",
            title: "Notes",
            description: "A folder of Markdown notes.",
            version: ::core::env!("CARGO_PKG_VERSION"),
            category: "document-storage",
            icon: ::core::option::Option::None,
            docs: ::core::option::Option::None,
            auth: __private::AuthSpec::None,
            settings: &[
                __private::SettingSpec {
                    value: <PathBuf as __private::Argument>::PARAM
                        .named("root", "The folder that the notes are in."),
                    env: ::core::option::Option::None,
                    placeholder: ::core::option::Option::Some("/home/me/notes"),
                    help: ::core::option::Option::Some(
                        "Lists and searches leave out hidden and git-ignored files",
                    ),
                    depends_on: ::core::option::Option::None,
                    advanced: false,
                },
            ],
            secrets: &[],
            clients: &[],
        };
        fn open(mut __opening: __private::Opening<'_>) -> __private::Result<Self> {
            #[allow(unused_imports)]
            use __private::AnyBeginning as _;
            let __field_root = <PathBuf as __private::Argument>::setting(
                &mut __opening,
                "root",
                ::core::option::Option::None,
                |_| ::core::result::Result::Ok(()),
            );
            __opening.finish()?;
            let ::core::option::Option::Some(__field_root) = __field_root else {
                return ::core::result::Result::Err(__opening.unread());
            };
            ::core::result::Result::Ok(Self {
                root: __field_root,
                #[cfg(feature = "watch")]
                told: <__private::Beginning<watch::Told>>::state(),
            })
        }
    }
    const _: fn() = __private::assert_connector::<Notes>;
};

impl Notes {
    /// List the notes, sorted by path.
    #[allow(clippy::needless_pass_by_value, clippy::unused_async)]
    async fn list_notes(
        &self,
        ctx: &Context,
        limit: u32,
        folder: Option<String>,
    ) -> Result<Vec<Summary>> {
        note::list(&self.folder()?, folder.as_deref(), limit, ctx)
    }
    /// Read a note.
    #[allow(clippy::unused_async)]
    async fn read_note(&self, path: &str) -> Result<Note> {
        note::read(&self.folder()?, path)
    }
    /// Search the notes, the best hits first.
    #[allow(clippy::unused_async)]
    async fn search_notes(
        &self,
        ctx: &Context,
        query: &str,
        limit: u32,
    ) -> Result<Vec<Hit>> {
        search::search(&self.folder()?, query, limit, ctx)
    }
    /// Make a note. No other note is ever overwritten.
    #[allow(clippy::unused_async)]
    async fn create_note(&self, title: &str, body: &str) -> Result<Created> {
        write::create(&self.folder()?, title, body)
    }
    /// Delete a note for good.
    #[allow(clippy::unused_async)]
    async fn delete_note(&self, path: &str) -> Result<()> {
        write::delete(&self.folder()?, path)
    }
    /// Notes to choose from.
    #[allow(clippy::unused_async)]
    async fn paths(&self, ctx: &Context, query: &str) -> Result<Vec<Choice>> {
        let folder = self.folder()?;
        if query.trim().is_empty() {
            let notes = note::list(&folder, None, CHOICES, ctx)?;
            return Ok(
                notes
                    .into_iter()
                    .map(|note| Choice::new(note.path, note.title))
                    .collect(),
            );
        }
        let hits = search::search(&folder, query, CHOICES, ctx)?;
        Ok(hits.into_iter().map(|hit| Choice::new(hit.path, hit.title)).collect())
    }
    /// Notes that are created, changed or removed. What is removed while no process listens is never told.
    #[cfg(feature = "watch")]
    #[allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps)]
    async fn changes(
        &self,
        ctx: &Context,
        since: Option<Seen>,
        out: &mut Events<Change>,
    ) -> Result<()> {
        watch::watch(&self.root, since, &self.told, out, ctx).await
    }
    /// Is the root a folder that can be read?
    #[allow(clippy::unnecessary_wraps, clippy::unused_async)]
    async fn health(&self) -> Result<()> {
        self.folder().map(drop)
    }
}
const _: () = {
    use ::connector_sdk::__private;
    fn __default_0_limit() -> u32 {
        100
    }
    fn __limits_0_limit<__L: __private::Limiting<u32>>(__limits: __L) -> __L {
        __limits.range(1..=1000)
    }
    struct __Values0 {
        limit: u32,
        folder: Option<String>,
    }
    impl __private::Arguments for __Values0 {
        fn read(__input: &[::core::primitive::u8]) -> __private::Result<__Values0> {
            let mut __slot0 = ::core::option::Option::None;
            let mut __slot1 = ::core::option::Option::None;
            __private::read(
                __input,
                &mut [
                    <u32 as __private::Argument>::slot("limit", &mut __slot0),
                    <Option<String> as __private::Argument>::slot("folder", &mut __slot1),
                ],
            )?;
            let __values = __Values0 {
                limit: __private::or_default(__slot0, __default_0_limit),
                folder: <Option<
                    String,
                > as __private::Argument>::required("folder", __slot1)?,
            };
            __private::check("limit", &__values.limit, __limits_0_limit)?;
            ::core::result::Result::Ok(__values)
        }
    }
    struct __Values1 {
        path: ::std::string::String,
    }
    impl __private::Arguments for __Values1 {
        fn read(__input: &[::core::primitive::u8]) -> __private::Result<__Values1> {
            let mut __slot0 = ::core::option::Option::None;
            __private::read(
                __input,
                &mut [
                    <::std::string::String as __private::Argument>::slot(
                        "path",
                        &mut __slot0,
                    ),
                ],
            )?;
            let __values = __Values1 {
                path: <::std::string::String as __private::Argument>::required(
                    "path",
                    __slot0,
                )?,
            };
            ::core::result::Result::Ok(__values)
        }
    }
    fn __limits_2_query<__L: __private::Limiting<::std::string::String>>(
        __limits: __L,
    ) -> __L {
        __limits.length(1..=200)
    }
    fn __default_2_limit() -> u32 {
        10
    }
    fn __limits_2_limit<__L: __private::Limiting<u32>>(__limits: __L) -> __L {
        __limits.range(1..=100)
    }
    struct __Values2 {
        query: ::std::string::String,
        limit: u32,
    }
    impl __private::Arguments for __Values2 {
        fn read(__input: &[::core::primitive::u8]) -> __private::Result<__Values2> {
            let mut __slot0 = ::core::option::Option::None;
            let mut __slot1 = ::core::option::Option::None;
            __private::read(
                __input,
                &mut [
                    <::std::string::String as __private::Argument>::slot(
                        "query",
                        &mut __slot0,
                    ),
                    <u32 as __private::Argument>::slot("limit", &mut __slot1),
                ],
            )?;
            let __values = __Values2 {
                query: <::std::string::String as __private::Argument>::required(
                    "query",
                    __slot0,
                )?,
                limit: __private::or_default(__slot1, __default_2_limit),
            };
            __private::check("query", &__values.query, __limits_2_query)?;
            __private::check("limit", &__values.limit, __limits_2_limit)?;
            ::core::result::Result::Ok(__values)
        }
    }
    fn __limits_3_title<__L: __private::Limiting<::std::string::String>>(
        __limits: __L,
    ) -> __L {
        __limits.length(1..=200)
    }
    struct __Values3 {
        title: ::std::string::String,
        body: ::std::string::String,
    }
    impl __private::Arguments for __Values3 {
        fn read(__input: &[::core::primitive::u8]) -> __private::Result<__Values3> {
            let mut __slot0 = ::core::option::Option::None;
            let mut __slot1 = ::core::option::Option::None;
            __private::read(
                __input,
                &mut [
                    <::std::string::String as __private::Argument>::slot(
                        "title",
                        &mut __slot0,
                    ),
                    <::std::string::String as __private::Argument>::slot(
                        "body",
                        &mut __slot1,
                    ),
                ],
            )?;
            let __values = __Values3 {
                title: <::std::string::String as __private::Argument>::required(
                    "title",
                    __slot0,
                )?,
                body: <::std::string::String as __private::Argument>::required(
                    "body",
                    __slot1,
                )?,
            };
            __private::check("title", &__values.title, __limits_3_title)?;
            ::core::result::Result::Ok(__values)
        }
    }
    struct __Values4 {
        path: ::std::string::String,
    }
    impl __private::Arguments for __Values4 {
        fn read(__input: &[::core::primitive::u8]) -> __private::Result<__Values4> {
            let mut __slot0 = ::core::option::Option::None;
            __private::read(
                __input,
                &mut [
                    <::std::string::String as __private::Argument>::slot(
                        "path",
                        &mut __slot0,
                    ),
                ],
            )?;
            let __values = __Values4 {
                path: <::std::string::String as __private::Argument>::required(
                    "path",
                    __slot0,
                )?,
            };
            ::core::result::Result::Ok(__values)
        }
    }
    #[cfg(feature = "watch")]
    const _: fn() = __private::assert_events::<__private::Features>;
    #[automatically_derived]
    impl __private::Actions for Notes {
        const SPEC: __private::ImplSpec<Self> = __private::ImplSpec {
            actions: &[
                __private::ActionSpec::read(
                        "list_notes",
                        "notes.list",
                        "List the notes, sorted by path.",
                        __private::Input::Params(
                            &[
                                <u32 as __private::Argument>::PARAM
                                    .named("limit", "At most this many.")
                                    .default(|| __private::default_value::<
                                        u32,
                                    >(__default_0_limit()))
                                    .keywords(__limits_0_limit),
                                <Option<String> as __private::Argument>::PARAM
                                    .named(
                                        "folder",
                                        "Only notes in this folder, relative to the root.",
                                    ),
                            ],
                        ),
                        <Result<Vec<Summary>> as __private::ActionResult>::schema,
                        |__call: __private::Ready<'_, Self>| <Result<
                            Vec<Summary>,
                        > as __private::ActionResult>::prepare(
                            __call,
                            |__this, __values: __Values0, __context| {
                                __this
                                    .list_notes(__context, __values.limit, __values.folder)
                            },
                        ),
                    )
                    .resource("notes"),
                __private::ActionSpec::read(
                        "read_note",
                        "notes.read",
                        "Read a note.",
                        __private::Input::Params(
                            &[
                                <::std::string::String as __private::Argument>::PARAM
                                    .named("path", "Where the note is, relative to the root.")
                                    .options("paths"),
                            ],
                        ),
                        <Result<Note> as __private::ActionResult>::schema,
                        |__call: __private::Ready<'_, Self>| <Result<
                            Note,
                        > as __private::ActionResult>::prepare(
                            __call,
                            |__this, __values: __Values1, _| async move {
                                __this.read_note(&__values.path).await
                            },
                        ),
                    )
                    .resource("notes"),
                __private::ActionSpec::read(
                        "search_notes",
                        "notes.search",
                        "Search the notes, the best hits first.",
                        __private::Input::Params(
                            &[
                                <::std::string::String as __private::Argument>::PARAM
                                    .named(
                                        "query",
                                        "Words that must all occur, in any order and case.",
                                    )
                                    .keywords(__limits_2_query),
                                <u32 as __private::Argument>::PARAM
                                    .named("limit", "At most this many hits.")
                                    .default(|| __private::default_value::<
                                        u32,
                                    >(__default_2_limit()))
                                    .keywords(__limits_2_limit),
                            ],
                        ),
                        <Result<Vec<Hit>> as __private::ActionResult>::schema,
                        |__call: __private::Ready<'_, Self>| <Result<
                            Vec<Hit>,
                        > as __private::ActionResult>::prepare(
                            __call,
                            |__this, __values: __Values2, __context| async move {
                                __this
                                    .search_notes(__context, &__values.query, __values.limit)
                                    .await
                            },
                        ),
                    )
                    .resource("notes"),
                __private::ActionSpec::write(
                        "create_note",
                        "notes.create",
                        "Make a note. No other note is ever overwritten.",
                        __private::Input::Params(
                            &[
                                <::std::string::String as __private::Argument>::PARAM
                                    .named("title", "The title, which also names the file.")
                                    .keywords(__limits_3_title),
                                <::std::string::String as __private::Argument>::PARAM
                                    .named("body", "The text in Markdown."),
                            ],
                        ),
                        <Result<Created> as __private::ActionResult>::schema,
                        |__call: __private::Ready<'_, Self>| <Result<
                            Created,
                        > as __private::ActionResult>::prepare(
                            __call,
                            |__this, __values: __Values3, _| async move {
                                __this.create_note(&__values.title, &__values.body).await
                            },
                        ),
                    )
                    .local()
                    .resource("notes"),
                __private::ActionSpec::destructive(
                        "delete_note",
                        "notes.delete",
                        "Delete a note for good.",
                        __private::Input::Params(
                            &[
                                <::std::string::String as __private::Argument>::PARAM
                                    .named("path", "Where the note is, relative to the root.")
                                    .options("paths"),
                            ],
                        ),
                        <Result<()> as __private::ActionResult>::schema,
                        |__call: __private::Ready<'_, Self>| <Result<
                            (),
                        > as __private::ActionResult>::prepare(
                            __call,
                            |__this, __values: __Values4, _| async move {
                                __this.delete_note(&__values.path).await
                            },
                        ),
                    )
                    .local()
                    .resource("notes"),
            ],
            options: &[
                __private::OptionsSpec {
                    name: "paths",
                    description: "Notes to choose from.",
                    run: |__this, __query, __context| __private::boxed_choices(
                        __this.paths(__context, __query),
                    ),
                },
            ],
            health: &[|__this, _| __private::boxed_health(__this.health())],
            login: &[],
            events: &[
                #[cfg(feature = "watch")]
                __private::with_events!(
                    __private::EventsSpec:: < Self > ::new:: < Change >
                    ("Notes that are created, changed or removed. What is removed while no process listens is never told.",
                    | __this, __since, __out, __context | ::std::boxed::Box::pin(async
                    move { let (__since, mut __out) = __private::begun:: < Seen, _ >
                    (__since, __out) ?; __private::ended(__this.changes(__context,
                    __since, & mut __out). await) }))
                ),
            ],
            send: &[],
        };
        const OPTIONS: &'static [&'static ::core::primitive::str] = &["paths"];
        fn table() -> &'static __private::Table {
            static __TABLE: __private::LazyLock<__private::Table> = __private::LazyLock::new(
                __private::Table::new::<Notes>,
            );
            &__TABLE
        }
    }
};
