//! What is called: the same arguments, the same work and the same result for all.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The arguments as JSON text.
pub(crate) const INPUT: &[u8] = br#"{"name":"Ada Lovelace","count":3,"ratio":0.25}"#;

/// The arguments as a type.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Arguments {
    /// Who is greeted.
    pub(crate) name: String,
    /// How often.
    pub(crate) count: u32,
    /// How warmly.
    pub(crate) ratio: f64,
}

/// A structured result.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Greeting {
    /// What is said.
    pub(crate) text: String,
    /// How warm it is altogether.
    pub(crate) total: f64,
    /// Whether it is meant.
    pub(crate) ok: bool,
}

/// The work.
pub(crate) fn greet(name: &str, count: u32, ratio: f64) -> Greeting {
    Greeting { text: format!("Hello, {name}!"), total: f64::from(count) * ratio, ok: count > 0 }
}

/// The least that a call by JSON text can be.
pub(crate) async fn floor(input: &[u8]) -> Vec<u8> {
    let Arguments { name, count, ratio } = serde_json::from_slice(input).expect("arguments");
    let greeting = async { greet(&name, count, ratio) }.await;
    serde_json::to_vec(&greeting).expect("JSON")
}
