//! Descriptions that macros make, alone and between lines that people write.
#![deny(warnings)]

use connector_sdk::prelude::*;

macro_rules! described {
    ($text:expr) => {
        #[doc = $text]
        ///
        /// And more.
        #[connector(id = "described")]
        pub struct Described {
            #[doc = concat!("Where", " it is.")]
            root: String,
        }
    };
}

described!(concat!(" One ", "line."));

#[connector]
impl Described {
    /// Ping
    #[doc = concat!("the ", stringify!(host), ".")]
    ///  Indented.
    #[action(read)]
    async fn ping(
        &self,
        #[doc = include_str!("../README.md")]
        text: &str,
    ) -> Result<String> {
        Ok(format!("{text}{}", self.root))
    }

    #[doc = concat!("Fol", "ders.")]
    #[options]
    async fn folders(&self, _query: &str) -> Result<Vec<Choice>> {
        Ok(Vec::new())
    }
}

fn main() {
    let factory = connector_sdk::factory::<Described>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    assert_eq!(manifest.description, "One line.\n\nAnd more.");
    assert_eq!(manifest.settings[0].description, "Where it is.");
    assert_eq!(manifest.actions[0].description, "Ping\nthe host.\n Indented.");
    assert!(manifest.actions[0].parameters[0].description.starts_with("# What the macro says"));
    assert_eq!(manifest.options[0].description, "Folders.");
}
