//! Lifetimes with names, where there are references.
#![deny(warnings)]
#![allow(clippy::needless_lifetimes)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "lifetimes")]
pub struct Lifetimes;

#[connector]
impl Lifetimes {
    /// Ping.
    #[action(read, name = "ping-pong")]
    async fn ping<'a, 'b>(
        &'a self,
        /// Text.
        text: &'a str,
        /// More.
        more: &'b str,
        context: &'b Context,
    ) -> Result<String> {
        context.check()?;
        Ok(format!("{text}{more}"))
    }

    /// One of few.
    #[action(read)]
    async fn few(&self) -> Result<Vec<&'static str>> {
        Ok(vec!["a"])
    }

    /// Choices.
    #[options]
    async fn choices<'a>(&'a self, _query: &'a str, _context: &'a Context) -> Result<Vec<Choice>> {
        Ok(Vec::new())
    }
}

fn main() {
    let factory = connector_sdk::factory::<Lifetimes>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    assert_eq!(manifest.actions[0].name, "ping-pong");
    assert_eq!(manifest.actions[0].parameters.len(), 2);
}
