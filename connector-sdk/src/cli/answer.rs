//! What a command answers, before anybody decides how it is written.

use serde::Serialize;
use serde_json::{Map, Value};

use super::data::Data;
use crate::Output;

/// The answer of a command that did its work.
pub(super) struct Answer {
    /// JSON text, for an envelope.
    pub(super) data: Vec<u8>,
    /// What an envelope repeats beside the data.
    pub(super) top_level: Option<Map<String, Value>>,
    /// What people are shown.
    pub(super) people: People,
}

/// What people are shown of an answer.
pub(super) enum People {
    /// The data, laid out.
    Data,
    /// Other data, laid out.
    Other(Data),
    /// A text, as it is.
    Text(String),
    /// All was said already, and no envelope is wanted either.
    #[cfg(feature = "supervisor")]
    Nothing,
}

impl Answer {
    pub(super) fn of_value(data: &Value) -> Self {
        Self { data: data.to_string().into_bytes(), top_level: None, people: People::Data }
    }

    /// Data that can always be JSON: structs and texts.
    pub(super) fn of(data: &impl Serialize) -> Self {
        Self { data: serde_json::to_vec(data).unwrap_or_default(), top_level: None, people: People::Data }
    }

    pub(super) fn shown(mut self, people: People) -> Self {
        self.people = people;
        self
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self { data: output.into_bytes(), top_level: None, people: People::Data }
    }
}
