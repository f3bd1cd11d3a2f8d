//! `Self` in a default, a limit or a result is the connector.
#![deny(warnings)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "selfish")]
pub struct Selfish {
    /// Depth.
    #[config(default = Self::DEPTH, range = Self::LEAST..=Self::MOST)]
    depth: u32,
}

#[connector]
impl Selfish {
    const DEPTH: u32 = 3;
    const LEAST: u32 = 1;
    const MOST: u32 = 5;

    fn limit() -> u32 {
        4
    }

    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Limit.
        #[arg(default = Self::limit(), range = Self::LEAST..=Self::MOST)]
        limit: u32,
        /// List.
        #[arg(default = vec![Self::DEPTH; 2])]
        list: Vec<u32>,
        /// Fixed.
        fixed: [u8; Self::MOST as usize],
    ) -> Result<[u32; Self::LEAST as usize]> {
        Ok([limit + self.depth + list.len() as u32 + u32::from(fixed[0])])
    }
}

fn main() {
    let factory = connector_sdk::factory::<Selfish>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    let properties = &manifest.actions[0].input_schema["properties"];
    assert_eq!((&properties["limit"]["default"], &properties["limit"]["maximum"]), (&4.into(), &5.into()));
    assert_eq!(properties["list"]["default"][1], 3);
    assert_eq!(manifest.settings[0].schema["default"], 3);
}
