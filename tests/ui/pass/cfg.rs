//! What is compiled out leaves nothing behind, and what is compiled in is there.
#![deny(warnings)]
#![allow(unexpected_cfgs)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "conditional")]
pub struct Conditional {
    /// In.
    #[cfg(not(nothing_sets_this))]
    #[config(default = "a", options = folders)]
    root: String,
    /// Out.
    #[cfg(nothing_sets_this)]
    #[config(default = NoSuchType::new(), range = 1..=2, options = nowhere)]
    other: NoSuchType,
    /// Out.
    #[cfg(nothing_sets_this)]
    #[secret(unused_by_auth)]
    token: NoSuchType,
    #[cfg(nothing_sets_this)]
    #[state]
    state: NoSuchType,
}

#[connector]
impl Conditional {
    /// In.
    #[action(read)]
    async fn ping(
        &self,
        /// In.
        text: String,
        /// Out.
        #[cfg(nothing_sets_this)]
        #[arg(default = NoSuchType::new(), range = 1..=2)]
        other: NoSuchType,
        #[cfg(not(nothing_sets_this))] context: &Context,
    ) -> Result<String> {
        context.check()?;
        Ok(text + &self.root)
    }

    /// Out.
    #[cfg(nothing_sets_this)]
    #[action(read)]
    async fn pong(
        &self,
        /// Out.
        other: NoSuchType,
    ) -> Result<NoSuchType> {
        Ok(other)
    }

    /// One of two.
    #[cfg(nothing_sets_this)]
    #[action(read)]
    async fn either(&self) -> Result<NoSuchType> {
        NoSuchType::new()
    }

    /// The other of two.
    #[cfg(not(nothing_sets_this))]
    #[action(read)]
    async fn either(&self) -> Result<u32> {
        Ok(2)
    }

    /// Folders.
    #[options]
    #[cfg(not(nothing_sets_this))]
    async fn folders(&self, _query: &str) -> Result<Vec<Choice>> {
        Ok(Vec::new())
    }

    /// Out.
    #[options]
    #[cfg(nothing_sets_this)]
    async fn nowhere(&self, _query: &str) -> Result<Vec<NoSuchType>> {
        Ok(Vec::new())
    }

    /// Out.
    #[health]
    #[cfg(nothing_sets_this)]
    async fn health(&self) -> Result<()> {
        NoSuchType::check()
    }

    /// In.
    #[health]
    #[cfg(not(nothing_sets_this))]
    async fn health(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {
    let factory = connector_sdk::factory::<Conditional>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    let names: Vec<&str> = manifest.actions.iter().map(|action| &*action.name).collect();
    assert_eq!(names, ["ping", "either"]);
    assert_eq!(manifest.actions[1].description, "The other of two.");
    assert_eq!(manifest.actions[0].parameters.len(), 1);
    assert_eq!((manifest.settings.len(), manifest.credentials.len()), (1, 0));
    assert_eq!(manifest.options.len(), 1);
    assert!(manifest.health);
}
