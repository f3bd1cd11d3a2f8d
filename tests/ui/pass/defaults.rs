//! Defaults are expressions of the argument's type.
#![deny(warnings)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use connector_sdk::prelude::*;
use connector_sdk::{Factory, factory};

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    Open,
    Closed,
}

fn words() -> Vec<String> {
    vec!["a".to_owned(), "b".to_owned()]
}

/// A demo.
#[connector(id = "defaults")]
pub struct Defaults {
    /// A folder.
    #[config(default = "/srv")]
    root: PathBuf,
    /// A table.
    #[config(default = BTreeMap::from([("a".to_owned(), 1)]))]
    table: BTreeMap<String, u8>,
}

#[connector]
impl Defaults {
    /// Say what there is.
    #[action(read)]
    async fn say(
        &self,
        /// One of several.
        #[arg(default = State::Open)]
        state: State,
        /// From a function.
        #[arg(default = words())]
        words: Vec<String>,
        /// From a block.
        #[arg(default = { let one = 1; one + 1 })]
        number: u64,
        /// A flag.
        #[arg(default = false)]
        flag: bool,
    ) -> Result<String> {
        let open = matches!(state, State::Open);
        Ok(format!("{open} {} {number} {flag} {} {}", words.join(","), self.root.display(), self.table.len()))
    }
}

fn main() {
    let factory = factory::<Defaults>();
    let manifest = factory.manifest();
    assert_eq!(manifest.settings[0].schema["default"], "/srv");
    let properties = &manifest.actions[0].input_schema["properties"];
    assert_eq!(properties["state"]["default"], "open");
    assert_eq!(properties["words"]["default"][1], "b");
    assert_eq!(properties["number"]["default"], 2);
    assert!(manifest.actions[0].parameters.iter().all(|parameter| !parameter.required));
    let _ = State::Closed;
}
