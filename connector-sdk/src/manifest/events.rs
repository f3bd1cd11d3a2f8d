//! What a connector tells without being asked, and what it delivers.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::millis;

/// The events that a connector tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Events {
    /// What they are about, from the method's doc comment.
    pub description: String,
    /// JSON Schema 2020-12 of an event's payload, self-contained.
    pub payload_schema: Value,
    /// How much time lies between two searches for news, in whole milliseconds; none: they come by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis")]
    pub every: Option<Duration>,
    /// How many may be unacknowledged at once; none: as many as the host likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<usize>,
    /// Whether each payload is a message that somebody wrote (`message::Message`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub messages: bool,
}

impl Events {
    /// Events with payloads of that schema.
    pub fn new(description: impl Into<String>, payload_schema: Value) -> Self {
        Self { description: description.into(), payload_schema, every: None, window: None, messages: false }
    }
}

/// That a connector delivers messages (`message::OutgoingMessage`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delivery {
    /// What it does with one, from the method's doc comment.
    pub description: String,
    /// Whether delivering a message twice, under the same id, is the same as delivering it once.
    pub idempotent: bool,
}

impl Delivery {
    /// Delivers each message as often as it is told to.
    pub fn new(description: impl Into<String>) -> Self {
        Self { description: description.into(), idempotent: false }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}
