//! What an action takes, as a JSON Schema (2020-12).

use serde_json::{Map, Value, json};

use super::action::ValueKind;
use super::endpoint::Parameter;
use crate::manifest;

/// The parameters of an action, and the schema of its input.
pub(super) fn of(parameters: &[Parameter]) -> (Vec<manifest::Parameter>, Value) {
    let mut list = Vec::with_capacity(parameters.len());
    let mut properties = Map::new();
    for parameter in parameters {
        let mut entry = manifest::Parameter::new(&parameter.name);
        entry.description.clone_from(&parameter.description);
        entry.required = parameter.required;
        list.push(entry);
        properties.insert(parameter.name.clone(), property(parameter));
    }
    let required: Vec<_> =
        parameters.iter().filter(|one| one.required).map(|one| one.name.as_str()).collect();
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    (list, Value::Object(schema))
}

fn property(parameter: &Parameter) -> Value {
    let mut schema = Map::new();
    let kind = match parameter.kind {
        ValueKind::Any => None,
        ValueKind::Text => Some(json!("string")),
        ValueKind::Integer => Some(json!("integer")),
        ValueKind::Number => Some(json!("number")),
        ValueKind::Boolean => Some(json!("boolean")),
        ValueKind::Object => Some(json!(["object", "array"])),
        ValueKind::List => Some(json!("array")),
    };
    schema.extend(kind.map(|kind| ("type".to_owned(), kind)));
    schema
        .extend(parameter.choices.as_ref().map(|choices| ("enum".to_owned(), Value::Array(choices.clone()))));
    schema.extend(parameter.default.as_ref().map(|default| ("default".to_owned(), default.clone())));
    if !parameter.description.is_empty() {
        schema.insert("description".to_owned(), parameter.description.clone().into());
    }
    Value::Object(schema)
}
