//! What is behind a `#[cfg]` needs the feature `events` only where it is compiled in.
#![deny(warnings)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    /// News.
    #[cfg(any())]
    #[events]
    async fn news(&self, since: Option<u64>, out: &mut Events<String>) -> Result<()> {
        Ok(())
    }

    /// Deliver.
    #[cfg(any())]
    #[send]
    async fn deliver(&self, message: &OutgoingMessage) -> Result<Receipt> {
        Ok(Receipt::default())
    }
}

fn main() {
    assert!(connector_sdk::Factory::manifest(&connector_sdk::factory::<Demo>()).events.is_none());
}
