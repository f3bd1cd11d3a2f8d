use std::collections::{BTreeMap, VecDeque};

use connector_sdk::prelude::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct New {
    /// Title.
    _title: String,
}

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// One.
    #[action(read)]
    async fn deque(&self, #[input] _input: VecDeque<String>) -> Result<()> {
        Ok(())
    }

    /// Two.
    #[action(read)]
    async fn slice(&self, #[input] _input: Box<[String]>) -> Result<()> {
        Ok(())
    }

    /// Three.
    #[action(read)]
    async fn tuple(&self, #[input] _input: (u8, u8, u8, u8)) -> Result<()> {
        Ok(())
    }

    /// Four.
    #[action(read)]
    async fn option(&self, #[input] _input: Option<New>) -> Result<()> {
        Ok(())
    }

    /// Five.
    #[action(read)]
    async fn map(&self, #[input] _input: BTreeMap<String, String>) -> Result<()> {
        Ok(())
    }
}

fn main() {}
