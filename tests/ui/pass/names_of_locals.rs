//! Fields and arguments are called as variables of the generated code are.
#![deny(warnings)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "locals")]
pub struct Locals {
    /// Opening.
    #[config(default = "a", length = 1..)]
    opening: String,
    /// Value.
    #[config(default = "b")]
    value: String,
    /// Field.
    field_opening: Option<u32>,
    /// Default.
    #[config(default = 1, range = 1..)]
    default: u32,
    /// Default of default.
    #[config(default = 2, range = 1..)]
    default_default: u32,
}

#[connector]
impl Locals {
    /// Ping.
    #[action(read)]
    #[allow(clippy::too_many_arguments)]
    async fn ping(
        &self,
        /// A.
        connector: u32,
        /// B.
        call: u32,
        /// C.
        context: u32,
        /// D.
        values: &str,
        /// E.
        #[arg(default = 1, range = 1..)]
        map: u32,
        /// F.
        #[arg(default = 1, range = 1..)]
        name: u32,
        __context: &Context,
    ) -> Result<u32> {
        __context.check()?;
        let _ = (&self.opening, &self.value, self.field_opening, values);
        Ok(connector + call + context + map + name + self.default + self.default_default)
    }
}

fn main() {
    let factory = connector_sdk::factory::<Locals>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    assert_eq!((manifest.settings.len(), manifest.actions[0].parameters.len()), (5, 6));
}
