//! Types and values that come out of a `macro_rules!`, or stand in parentheses, are what is in them.
#![deny(warnings)]
#![allow(unused_parens)]

use connector_sdk::prelude::*;

macro_rules! connectors {
    ($name:ident, $id:expr, $auth:expr, $secret:ty, $optional:ty, $text:ty, $context:ty, $range:expr, $default:expr, $scopes:expr) => {
        /// A demo.
        #[connector(id = $id, auth = $auth)]
        pub struct $name {
            /// Token.
            #[secret]
            token: $secret,
            /// Another.
            #[secret(unused_by_auth)]
            other: $optional,
            /// Depth.
            #[config(default = $default)]
            depth: (u32),
        }

        #[connector]
        impl $name {
            /// Ping.
            #[action(read, scopes = $scopes)]
            async fn ping(
                &self,
                /// Text.
                #[arg(default = ("a"), length = (1..=5))]
                text: $text,
                /// Limit.
                #[arg(default = $default, range = $range)]
                limit: u32,
                context: $context,
                /// More.
                more: (&str),
            ) -> Result<String> {
                context.check()?;
                let secret = self.token.expose().len() + usize::from(self.other.is_some());
                Ok(format!("{text}{limit}{more}{secret}{}", self.depth))
            }

            /// Choices.
            #[options]
            async fn choices(&self, _context: $context, _query: $text) -> Result<Vec<Choice>> {
                Ok(Vec::new())
            }
        }
    };
}

connectors!(
    Grouped, "grouped", bearer(token), Secret, Option<Secret>, &str, &Context, 1..=9, 3, ["one", "two"]
);

fn main() {
    let factory = connector_sdk::factory::<Grouped>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    let action = &manifest.actions[0];
    assert_eq!(action.parameters.len(), 3);
    assert_eq!(action.input_schema["properties"]["text"]["default"], "a");
    assert_eq!(action.input_schema["properties"]["limit"]["maximum"], 9);
    assert_eq!((manifest.credentials.len(), manifest.settings.len()), (2, 1));
}
