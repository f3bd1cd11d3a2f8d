//! Several connectors in one module, with methods, arguments and settings of the same names.
#![deny(warnings)]

use connector_sdk::prelude::*;

/// One.
#[connector(id = "one")]
pub struct One {
    /// Root.
    root: String,
}

/// Two.
#[connector(id = "two")]
pub struct Two {
    /// Root.
    root: u32,
}

#[connector]
impl One {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Text.
        text: String,
    ) -> Result<String> {
        Ok(text + &self.root)
    }
}

#[connector]
impl Two {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Text.
        text: u32,
    ) -> Result<u32> {
        Ok(text + self.root)
    }

    /// A name that makes the same words.
    #[action(read)]
    async fn ping_it(
        &self,
        /// Text.
        text: u32,
    ) -> Result<u32> {
        Ok(text)
    }

    /// A name that makes the same words.
    #[action(read)]
    #[allow(non_snake_case)]
    async fn ping__it(
        &self,
        /// Text.
        text: bool,
    ) -> Result<bool> {
        Ok(text)
    }
}

fn main() {
    let (one, two) = (connector_sdk::factory::<One>(), connector_sdk::factory::<Two>());
    let kind = |manifest: &connector_sdk::manifest::Manifest, action: usize| {
        manifest.actions[action].input_schema["properties"]["text"]["type"].clone()
    };
    let (one, two) = (connector_sdk::Factory::manifest(&one), connector_sdk::Factory::manifest(&two));
    assert_eq!((kind(one, 0), kind(two, 0), kind(two, 2)), ("string".into(), "integer".into(), "boolean".into()));
}
