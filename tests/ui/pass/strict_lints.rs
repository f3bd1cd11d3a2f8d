//! Lints that are off by default, and that generated code keeps all the same.
#![deny(warnings, missing_docs, unused, future_incompatible, nonstandard_style, rust_2018_idioms, let_underscore)]
#![deny(
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    missing_debug_implementations,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unreachable_pub,
    unsafe_code,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![forbid(unsafe_code)]

mod demo {
    //! A connector.

    use std::sync::Mutex;

    use connector_sdk::prelude::*;

    /// A demo.
    #[derive(Debug)]
    #[connector(id = "strict", auth = bearer(token))]
    pub(crate) struct Strict {
        /// Root.
        #[config(default = "a", length = 1..=5, pattern = "a", options = roots)]
        root: String,
        /// Token.
        #[secret]
        token: Secret,
        #[state]
        calls: Mutex<u32>,
    }

    #[connector]
    impl Strict {
        /// Ping.
        #[action(read)]
        async fn ping(
            &self,
            /// Text.
            #[arg(default = "a", length = 1..=5, pattern = "a")]
            text: &str,
            /// Limit.
            #[arg(default = 3, range = 1..=5)]
            limit: u32,
            /// Nothing is done with it.
            _other: Option<u32>,
            context: &Context,
        ) -> Result<String> {
            context.check()?;
            *self.calls.lock().map_err(|_| Error::internal("poisoned"))? += 1;
            Ok(format!("{text}{limit}{}{}", self.root, self.token.expose().len()))
        }

        /// Pong.
        #[action(write, resource = "pongs", scopes = ["pong"], timeout = "1s", risk = business)]
        async fn pong(&self) -> Result<()> {
            Ok(())
        }

        /// Roots.
        #[options]
        async fn roots(&self, _query: &str) -> Result<Vec<Choice>> {
            Ok(Vec::new())
        }

        /// Health.
        #[health]
        async fn health(&self) -> Result<()> {
            Ok(())
        }
    }
}

fn main() {
    let factory = connector_sdk::factory::<demo::Strict>();
    assert_eq!(connector_sdk::Factory::manifest(&factory).actions.len(), 2);
}
