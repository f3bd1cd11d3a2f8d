//! One thing that a connector can do.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Permission, Probes, Request, millis};

/// One thing that a connector can do, with the schemas of what goes in and what comes out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Action {
    /// The method's name, snake_case: `list_issues`.
    pub name: String,
    /// Its id as a command: `issues.list`, or the name where it has no resource.
    pub command: String,
    /// What it acts on: `issues`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What it does, from the method's doc comment.
    pub description: String,
    /// What it may do, and what it takes to be allowed to.
    pub permission: Permission,
    /// The scopes that the service asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// How long one call may take at most, in whole milliseconds; none: as long as the caller waits.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis")]
    pub timeout: Option<Duration>,
    /// The one request that it makes, where it does nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// Its arguments in the order that the author wrote them.
    pub parameters: Vec<Parameter>,
    /// JSON Schema 2020-12 of the input, always an object, self-contained.
    pub input_schema: Value,
    /// JSON Schema 2020-12 of the output, self-contained.
    pub output_schema: Value,
    /// JSON pointers to constraints of the input schema that are published and that, by the schema alone,
    /// nothing checks. [`Manifest::findings`](super::Manifest::findings) asks the parser as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unenforced: Vec<String>,
    #[serde(skip)]
    pub(crate) probes: Probes,
}

/// One argument of an action. Its schema is the property of that name in [`Action::input_schema`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name, as in the input.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether the action can't be called without it.
    pub required: bool,
    /// The options source that lists its possible values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<String>,
}

impl Action {
    /// An action without arguments or result.
    pub fn new(name: impl Into<String>, permission: Permission) -> Self {
        let name = name.into();
        Self {
            command: name.clone(),
            name,
            resource: None,
            description: String::new(),
            permission,
            scopes: Vec::new(),
            timeout: None,
            request: None,
            parameters: Vec::new(),
            input_schema: object_without_properties(),
            output_schema: Value::Bool(true),
            unenforced: Vec::new(),
            probes: Probes::default(),
        }
    }

    /// The first line of the description, for lists.
    pub fn summary(&self) -> &str {
        self.description.lines().next().unwrap_or_default()
    }

    /// The schema of one argument.
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.input_schema.get("properties")?.get(name)
    }
}

impl Parameter {
    /// An optional argument.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: String::new(), required: false, options: None }
    }
}

fn object_without_properties() -> Value {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), Value::Object(Map::new()));
    schema.insert("additionalProperties".to_owned(), false.into());
    Value::Object(schema)
}
