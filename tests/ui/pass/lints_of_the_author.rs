//! What the author allows, or is warned of, doesn't fire on what is generated.
#![deny(warnings, non_snake_case, deprecated)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "linted")]
#[allow(non_snake_case)]
pub struct Linted {
    /// Root.
    #[config(default = "a", length = 1..=5)]
    rootFolder: String,
    #[state]
    #[deprecated]
    seen: u32,
}

#[connector]
impl Linted {
    /// Ping.
    #[action(read, name = "ping")]
    #[deprecated]
    #[allow(non_snake_case, deprecated)]
    async fn pingPong(
        &self,
        /// Limit.
        #[arg(default = 3, range = 1..=5)]
        limitFoo: u32,
    ) -> Result<String> {
        Ok(format!("{}{limitFoo}{}", self.rootFolder, self.seen))
    }

    /// Health.
    #[health]
    #[deprecated]
    async fn health(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {
    let factory = connector_sdk::factory::<Linted>();
    assert!(connector_sdk::Factory::manifest(&factory).health);
}
