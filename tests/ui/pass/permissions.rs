//! What follows from an effect, and what makes it stricter.
#![deny(warnings)]

use connector_sdk::manifest::{Mode, Trust};
use connector_sdk::prelude::*;
use connector_sdk::{Factory, factory};

/// A demo.
#[connector(id = "permissions")]
pub struct Permissions;

#[connector]
impl Permissions {
    /// Read.
    #[action(read)]
    async fn look(&self) -> Result<()> {
        Ok(())
    }

    /// Read what is delicate.
    #[action(read, trust = confirm, mode = admin)]
    async fn look_closely(&self) -> Result<()> {
        Ok(())
    }

    /// Write.
    #[action(write)]
    async fn change(&self) -> Result<()> {
        Ok(())
    }

    /// Order.
    #[action(write, risk = business, trust = restricted)]
    async fn order(&self) -> Result<()> {
        Ok(())
    }

    /// Delete.
    #[action(destructive, local)]
    async fn delete(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {
    let factory = factory::<Permissions>();
    let of = |name: &str| factory.manifest().action(name).expect("an action").permission;
    let facts = |name: &str| (of(name).mode, of(name).trust, of(name).external_side_effect, of(name).risk_tier);
    assert_eq!(facts("look"), (Mode::Readonly, Trust::Auto, false, 1));
    assert_eq!(facts("look_closely"), (Mode::Admin, Trust::Confirm, false, 1));
    assert_eq!(facts("change"), (Mode::Write, Trust::Confirm, true, 2));
    assert_eq!(facts("order"), (Mode::Full, Trust::Restricted, true, 3));
    assert_eq!(facts("delete"), (Mode::Admin, Trust::Restricted, false, 4));
}
