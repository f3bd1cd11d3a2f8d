use connector_sdk::prelude::*;

use std::rc::Rc;

#[derive(schemars::JsonSchema)]
struct Shared(Rc<str>);

impl<'de> serde::Deserialize<'de> for Shared {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Text.
        _text: Shared,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
