//! One struct for all arguments, with what serde can do with one.
#![deny(warnings)]

use connector_sdk::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A demo.
#[connector(id = "inputs")]
pub struct Inputs;

#[connector]
impl Inputs {
    /// Create.
    #[action(write)]
    async fn create(&self, #[input] new: New) -> Result<Created> {
        Ok(Created { title: new.title, state: new.state, tags: new.more.tags, parts: new.parts.len() })
    }

    /// By a path and a pattern that binds.
    #[action(write)]
    async fn update(&self, #[input] mut new: deep::New) -> Result<u32> {
        new.count += 1;
        Ok(new.count)
    }
}

/// What to create.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct New {
    /// Title.
    title: String,
    /// State.
    #[serde(default)]
    state: State,
    #[serde(flatten)]
    more: More,
    /// Parts.
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize, JsonSchema)]
struct More {
    /// Tags.
    #[serde(default)]
    tags: Vec<String>,
}

/// A part, made of parts.
#[derive(Deserialize, JsonSchema)]
struct Part {
    /// The parts that it is made of.
    #[serde(rename = "madeOf", default)]
    _made_of: Vec<Part>,
}

#[derive(Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    #[default]
    Open,
    Closed,
}

#[derive(Serialize, JsonSchema)]
struct Created {
    title: String,
    state: State,
    tags: Vec<String>,
    parts: usize,
}

mod deep {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    pub(crate) struct New {
        /// Count.
        pub(crate) count: u32,
    }
}

fn main() {
    let factory = connector_sdk::factory::<Inputs>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    let mut names: Vec<&str> = manifest.actions[0].parameters.iter().map(|parameter| &*parameter.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["parts", "state", "tags", "title"]);
    assert_eq!(State::Closed as u8, 1);
}
