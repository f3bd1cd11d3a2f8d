//! What a user gives a connector before it can work: settings, credentials, and where choices come from.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Probes;

/// A value that a user sets, and that anyone may see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Setting {
    /// The field's name, snake_case.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether a connection can't be opened without it.
    pub required: bool,
    /// The environment variable that it is read from.
    pub env: String,
    /// JSON Schema of its value, with default and constraints.
    pub schema: Value,
    /// What a form shows while it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// A sentence on how to get a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The [`OptionsSource`] that lists its possible values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<String>,
    /// The setting without which its options can't be listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<String>,
    /// Whether a form may hide it at first.
    #[serde(default)]
    pub advanced: bool,
    /// JSON pointers to constraints of the schema that are published and that, by the schema alone,
    /// nothing checks. [`Manifest::findings`](super::Manifest::findings) asks the parser as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unenforced: Vec<String>,
    #[serde(skip)]
    pub(crate) probes: Probes,
}

impl Setting {
    /// An optional setting whose value may be anything.
    pub fn new(name: impl Into<String>, env: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            required: false,
            env: env.into(),
            schema: Value::Object(serde_json::Map::new()),
            placeholder: None,
            help: None,
            options: None,
            depends_on: None,
            advanced: false,
            unenforced: Vec::new(),
            probes: Probes::default(),
        }
    }

    /// The value that it has when nobody sets it.
    pub fn default_value(&self) -> Option<&Value> {
        self.schema.get("default")
    }
}

/// A value that a user entrusts to a connector, and that nobody may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Credential {
    /// The field's name, snake_case.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether a connection can't be opened without it.
    pub required: bool,
    /// The environment variable that it is read from.
    pub env: String,
    /// A sentence on how to get one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Credential {
    /// A credential that a connection can't be opened without.
    pub fn new(name: impl Into<String>, env: impl Into<String>) -> Self {
        Self { name: name.into(), description: String::new(), required: true, env: env.into(), help: None }
    }
}

/// A method that lists choices for a setting or an argument, fetched live and searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OptionsSource {
    /// The method's name.
    pub name: String,
    /// What it lists.
    pub description: String,
}

impl OptionsSource {
    /// A source of choices.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self { name: name.into(), description: description.into() }
    }
}
