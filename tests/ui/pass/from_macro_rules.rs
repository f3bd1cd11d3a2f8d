//! A connector that a `macro_rules!` macro writes, with fragments of every kind in its attributes.
#![deny(warnings)]

use connector_sdk::prelude::*;

macro_rules! connectors {
    ($($(#[$doc:meta])* $name:ident, $id:literal, $ty:ty, $default:expr, $least:literal, $range:expr, $text:literal, $method:ident, $argument:ident, $output:ty;)*) => {$(
        $(#[$doc])*
        #[connector(id = $id, category = "demos")]
        pub struct $name {
            /// Depth.
            #[config(default = $default)]
            depth: $ty,
        }

        #[connector]
        impl $name {
            /// Ping.
            #[action(read, resource = $id)]
            async fn $method(
                &self,
                /// Limit.
                #[arg(default = $default, range = $range)]
                $argument: $ty,
                #[doc = $text]
                #[arg(length = $least..)]
                text: &str,
                context: &Context,
            ) -> $output {
                context.check()?;
                Ok(format!("{text}{}{}", $argument, self.depth))
            }

            /// Choices.
            #[options]
            async fn $argument(&self, _query: &str, _context: &Context) -> Result<Vec<Choice>> {
                Ok(Vec::new())
            }

            /// Health.
            #[health]
            async fn health(&self, _context: &Context) -> Result<()> {
                Ok(())
            }
        }
    )*};
}

connectors! {
    /// One.
    One, "one", u32, 7, 1, 1..=9, "Text.", ping, limit, Result<String>;
    /// Two.
    Two, "two", i64, -7 + 1, 0, -9..=5, "Text.", pong, least, Result<String, Error>;
}

fn main() {
    let one = connector_sdk::factory::<One>();
    let one = connector_sdk::Factory::manifest(&one);
    assert_eq!((&*one.id, &*one.description), ("one", "One."));
    assert_eq!(one.actions[0].parameters[1].description, "Text.");
    let two = connector_sdk::factory::<Two>();
    assert_eq!(connector_sdk::Factory::manifest(&two).actions[0].input_schema["properties"]["least"]["default"], -6);
}
