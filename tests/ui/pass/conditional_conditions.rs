//! A condition inside a `cfg_attr` is one.
#![deny(warnings)]
#![allow(unexpected_cfgs)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "conditional")]
pub struct Conditional {
    /// Out.
    #[cfg_attr(not(nothing_sets_this), cfg(nothing_sets_this))]
    #[config(default = NoSuchType::new())]
    other: NoSuchType,
    /// In.
    #[cfg_attr(nothing_sets_this, cfg(nothing_sets_this))]
    root: String,
}

#[connector]
impl Conditional {
    /// In.
    #[cfg_attr(not(nothing_sets_this), cfg(not(nothing_sets_this)), must_use)]
    #[action(read)]
    async fn ping(
        &self,
        /// In.
        text: String,
        /// Out.
        #[cfg_attr(not(nothing_sets_this), cfg(nothing_sets_this))]
        #[arg(default = NoSuchType::new())]
        other: NoSuchType,
    ) -> Result<String> {
        Ok(text + &self.root)
    }

    /// Out.
    #[cfg_attr(not(nothing_sets_this), cfg_attr(not(nothing_sets_this), cfg(nothing_sets_this)))]
    #[action(read)]
    async fn pong(&self) -> Result<NoSuchType> {
        NoSuchType::new()
    }
}

fn main() {
    let factory = connector_sdk::factory::<Conditional>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    assert_eq!((manifest.actions.len(), manifest.settings.len()), (1, 1));
    assert_eq!(manifest.actions[0].parameters.len(), 1);
}
