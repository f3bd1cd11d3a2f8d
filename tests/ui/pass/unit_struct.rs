//! A connector without settings, state or arguments.
#![deny(warnings)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "unit")]
pub struct Unit;

#[connector]
impl Unit {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

/// A demo with braces, and only a health check.
#[connector(id = "braces")]
pub struct Braces {}

#[connector]
impl Braces {
    #[health]
    async fn health(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {
    let unit = connector_sdk::factory::<Unit>();
    let manifest = connector_sdk::Factory::manifest(&unit);
    assert_eq!((&*manifest.title, &*manifest.category), ("Unit", "general"));
    let braces = connector_sdk::factory::<Braces>();
    assert!(connector_sdk::Factory::manifest(&braces).health);
}
