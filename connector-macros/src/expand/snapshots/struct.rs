/// Issues.
///
/// And files.
pub struct GitHub {
    /// Where.
    url: String,
    /// How deep.
    depth: u32,
    /// Not everywhere.
    #[cfg(unix)]
    mode: Option<u32>,
    /// The token.
    token: Secret,
    /// Another.
    other: Option<Secret>,
    http: Http,
    seen: Mutex<u32>,
}
const _: () = {
    use ::connector_sdk::__private;
    fn __default_url() -> String {
        <String as __private::FromText>::from_text("https://api")
    }
    fn __limits_url<__L: __private::Limiting<String>>(__limits: __L) -> __L {
        __limits
            .length(1..=99)
            .pattern({
                static __PATTERN: __private::Pattern = __private::Pattern::new("^https");
                &__PATTERN
            })
    }
    fn __default_depth() -> u32 {
        GitHub::DEPTH
    }
    fn __limits_depth<__L: __private::Limiting<u32>>(__limits: __L) -> __L {
        __limits.range(1..=GitHub::MOST)
    }
    #[automatically_derived]
    impl __private::Described for GitHub {
        const SPEC: __private::StructSpec = __private::StructSpec {
            id: "git-hub",
            title: "GitHub",
            description: "Issues.\n\nAnd files.",
            version: ::core::env!("CARGO_PKG_VERSION"),
            category: "developer-tools",
            icon: ::core::option::Option::Some("mark"),
            docs: ::core::option::Option::Some("https://docs"),
            auth: __private::AuthSpec::ApiKeyQuery {
                key: "token",
                query: "key",
            },
            settings: &[
                __private::SettingSpec {
                    value: <String as __private::Argument>::PARAM
                        .named("url", "Where.")
                        .default(|| __private::default_value::<String>(__default_url()))
                        .keywords(__limits_url)
                        .options("servers"),
                    env: ::core::option::Option::Some("HUB"),
                    placeholder: ::core::option::Option::Some("https://.."),
                    help: ::core::option::Option::Some("Ask"),
                    depends_on: ::core::option::Option::Some("depth"),
                    advanced: true,
                },
                __private::SettingSpec {
                    value: <u32 as __private::Argument>::PARAM
                        .named("depth", "How deep.")
                        .default(|| __private::default_value::<u32>(__default_depth()))
                        .keywords(__limits_depth),
                    env: ::core::option::Option::None,
                    placeholder: ::core::option::Option::None,
                    help: ::core::option::Option::None,
                    depends_on: ::core::option::Option::None,
                    advanced: false,
                },
                #[cfg(unix)]
                __private::SettingSpec {
                    value: <Option<u32> as __private::Argument>::PARAM
                        .named("mode", "Not everywhere."),
                    env: ::core::option::Option::None,
                    placeholder: ::core::option::Option::None,
                    help: ::core::option::Option::None,
                    depends_on: ::core::option::Option::None,
                    advanced: false,
                },
            ],
            secrets: &[
                __private::SecretSpec {
                    name: "token",
                    description: "The token.",
                    required: <Secret as __private::SecretField>::REQUIRED,
                    env: ::core::option::Option::Some("TOKEN"),
                    help: ::core::option::Option::Some("Make one"),
                },
                __private::SecretSpec {
                    name: "other",
                    description: "Another.",
                    required: <Option<Secret> as __private::SecretField>::REQUIRED,
                    env: ::core::option::Option::None,
                    help: ::core::option::Option::None,
                },
            ],
            clients: &[
                __private::ClientSpec {
                    name: "http",
                    base: "{url}/v1",
                    headers: &[("X-Version", "2")],
                },
            ],
        };
        fn open(mut __opening: __private::Opening<'_>) -> __private::Result<Self> {
            #[allow(unused_imports)]
            use __private::AnyBeginning as _;
            let __field_url = <String as __private::Argument>::setting(
                &mut __opening,
                "url",
                ::core::option::Option::Some(__default_url),
                |__value| __private::check("url", __value, __limits_url),
            );
            let __field_depth = <u32 as __private::Argument>::setting(
                &mut __opening,
                "depth",
                ::core::option::Option::Some(__default_depth),
                |__value| __private::check("depth", __value, __limits_depth),
            );
            #[cfg(unix)]
            let __field_mode = <Option<
                u32,
            > as __private::Argument>::setting(
                &mut __opening,
                "mode",
                ::core::option::Option::None,
                |_| ::core::result::Result::Ok(()),
            );
            let __field_token = <Secret as __private::SecretField>::read(
                &mut __opening,
                "token",
            );
            let __field_other = <Option<
                Secret,
            > as __private::SecretField>::read(&mut __opening, "other");
            __opening.finish()?;
            let __field_http = <Http as __private::HttpField>::make(
                &__opening,
                "{url}/v1",
                &__private::ClientOptions {
                    headers: &[("X-Version", "2")],
                    rate: ::core::option::Option::Some("30/min"),
                    concurrency: ::core::option::Option::Some(4),
                    most_bytes: ::core::option::Option::Some(8388608),
                },
            )?;
            let ::core::option::Option::Some(__field_url) = __field_url else {
                return ::core::result::Result::Err(__opening.unread());
            };
            let ::core::option::Option::Some(__field_depth) = __field_depth else {
                return ::core::result::Result::Err(__opening.unread());
            };
            #[cfg(unix)]
            let ::core::option::Option::Some(__field_mode) = __field_mode else {
                return ::core::result::Result::Err(__opening.unread());
            };
            let ::core::option::Option::Some(__field_token) = __field_token else {
                return ::core::result::Result::Err(__opening.unread());
            };
            let ::core::option::Option::Some(__field_other) = __field_other else {
                return ::core::result::Result::Err(__opening.unread());
            };
            ::core::result::Result::Ok(Self {
                url: __field_url,
                depth: __field_depth,
                #[cfg(unix)]
                mode: __field_mode,
                token: __field_token,
                other: __field_other,
                http: __field_http,
                seen: <__private::Beginning<Mutex<u32>>>::state(),
            })
        }
        fn client(
            &self,
            __field: &::core::primitive::str,
        ) -> ::core::option::Option<&dyn __private::HttpField> {
            match __field {
                "http" => {
                    ::core::option::Option::Some(
                        <Http as __private::HttpField>::client(&self.http),
                    )
                }
                _ => ::core::option::Option::None,
            }
        }
    }
    const _: () = ::core::assert!(
        __private::has_options:: < GitHub > ("servers"),
        "there is no `#[options]` method `servers` in the `#[connector]` impl of `GitHub`; write it, or remove `options = servers`"
    );
    const _: fn(&GitHub) = |__connector| {
        let _ = &__connector.url;
        let _ = &__connector.depth;
        #[cfg(unix)]
        let _ = &__connector.mode;
        let _ = &__connector.token;
    };
    const _: fn() = __private::assert_connector::<GitHub>;
};
