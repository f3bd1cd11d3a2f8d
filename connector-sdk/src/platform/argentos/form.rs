//! What a JSON Schema looks like as a field of a form (contract 1.2, `scope.fields[]`).

use serde::Serialize;
use serde_json::Value;

use crate::json_from_text;
use crate::manifest::limit;
use crate::text::wants;

/// The kind of a field, in the words of ArgentOS's canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Select,
    Boolean,
    Number,
    Json,
    Datetime,
}

impl Kind {
    /// The words for `type` and `renderAs`, which are the same.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Select => "select",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::Json => "json",
            Self::Datetime => "datetime",
        }
    }

    /// The word for `valueType`.
    pub(super) const fn value_type(self) -> &'static str {
        match self {
            Self::Text | Self::Select => "string",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::Json => "json",
            Self::Datetime => "datetime",
        }
    }
}

/// One of the values of a select.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct FieldOption {
    pub(super) value: String,
    pub(super) label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
}

/// The kind of field that a value of this schema is typed into. A select comes with its values.
pub(super) fn kind(schema: &Value, root: &Value) -> (Kind, Option<Vec<FieldOption>>) {
    if let Some(options) = values(schema, root) {
        return (Kind::Select, Some(options));
    }
    let wants = |kind| wants(schema, root, kind);
    // Whatever takes a text that means nothing is a field of text, may it take numbers besides.
    let kind = if json_from_text(schema, root, "a text").is_ok() {
        let format = plain(schema, root, 0).get("format");
        if format.is_some_and(|format| format == "date-time") { Kind::Datetime } else { Kind::Text }
    } else if wants("boolean") {
        Kind::Boolean
    } else if wants("integer") || wants("number") {
        Kind::Number
    } else {
        Kind::Json
    };
    (kind, None)
}

/// A name as a person would write it: `Page size` for `page_size`.
pub(super) fn label(name: &str) -> String {
    let words = super::flag(name).replace('-', " ");
    let words = words.strip_prefix("arg ").unwrap_or(&words).trim();
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => name.to_owned(),
    }
}

/// A value as it is typed on a command line.
pub(super) fn typed(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What may be written into an empty field, to show what it takes.
pub(super) fn example(schema: &Value, root: &Value) -> Option<String> {
    let examples = |schema: &Value| schema.get("examples")?.as_array()?.first().map(typed);
    examples(schema).or_else(|| examples(plain(schema, root, 0)))
}

/// `1 to 100`, `at least 1`, where a number has limits.
pub(super) fn range(schema: &Value, root: &Value) -> Option<String> {
    let plain = plain(schema, root, 0);
    let told = |keyword| limit(schema, keyword).or_else(|| limit(plain, keyword)).map(typed);
    match (told("minimum"), told("maximum")) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        // Unsigned types say that much of themselves, and it tells nobody anything.
        (Some(least), None) if least != "0" => Some(format!("at least {least}")),
        (None, Some(most)) => Some(format!("at most {most}")),
        _ => None,
    }
}

/// A schema may refer to itself; nobody nests alternatives this deep.
const DEEPEST: usize = 16;

/// The schema behind references and behind "or nothing".
fn plain<'s>(schema: &'s Value, root: &'s Value, depth: usize) -> &'s Value {
    if depth >= DEEPEST {
        return schema;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let target = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.map_or(schema, |target| plain(target, root, depth + 1));
    }
    match alternatives(schema).as_slice() {
        [only] => plain(only, root, depth + 1),
        _ => schema,
    }
}

/// The alternatives of a schema that are something.
fn alternatives(schema: &Value) -> Vec<&Value> {
    ["anyOf", "oneOf"]
        .into_iter()
        .filter_map(|keyword| schema.get(keyword)?.as_array())
        .flatten()
        .filter(|alternative| alternative.get("type").is_none_or(|kind| kind != "null"))
        .collect()
}

/// The values of a schema that names them all.
fn values(schema: &Value, root: &Value) -> Option<Vec<FieldOption>> {
    let mut options = Vec::new();
    collect(plain(schema, root, 0), root, &mut options, 0)?;
    (!options.is_empty()).then_some(options)
}

fn collect(schema: &Value, root: &Value, options: &mut Vec<FieldOption>, depth: usize) -> Option<()> {
    if depth >= DEEPEST {
        return None;
    }
    let schema = plain(schema, root, depth);
    let described = schema.get("description").and_then(Value::as_str);
    if let Some(value) = schema.get("const") {
        options.extend(option(value, described));
        return Some(());
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        options.extend(values.iter().filter_map(|value| option(value, None)));
        return Some(());
    }
    let alternatives = alternatives(schema);
    if alternatives.is_empty() {
        return None;
    }
    alternatives.into_iter().try_for_each(|alternative| collect(alternative, root, options, depth + 1))
}

fn option(value: &Value, description: Option<&str>) -> Option<FieldOption> {
    // Nothing is chosen by leaving the field empty.
    if value.is_null() {
        return None;
    }
    let value = typed(value);
    Some(FieldOption { label: label(&value), value, description: description.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(schema: Value) -> (Kind, Vec<String>) {
        let (kind, options) = kind(&schema, &schema);
        (kind, options.into_iter().flatten().map(|option| option.value).collect())
    }

    #[test]
    fn types_become_kinds_of_fields() {
        for (schema, expected) in [
            (json!({"type": "string"}), Kind::Text),
            (json!({"type": ["string", "null"]}), Kind::Text),
            (json!({"type": "string", "format": "date-time"}), Kind::Datetime),
            (json!({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}), Kind::Datetime),
            (json!({"type": "string", "format": "date"}), Kind::Text),
            (json!({"type": ["boolean", "null"]}), Kind::Boolean),
            (json!({"type": "integer", "format": "uint32"}), Kind::Number),
            (json!({"type": ["number", "null"]}), Kind::Number),
            (json!({"type": "array", "items": {"type": "string"}}), Kind::Json),
            (json!({"anyOf": [{"type": "object"}, {"type": "null"}]}), Kind::Json),
            (json!({"$ref": "#/$defs/Me", "$defs": {"Me": {"type": "object"}}}), Kind::Json),
            (json!({"$ref": "#/$defs/Me", "$defs": {"Me": {"$ref": "#/$defs/Me"}}}), Kind::Text),
            (json!({"type": ["string", "integer"]}), Kind::Text),
            (json!(true), Kind::Text),
        ] {
            assert_eq!(of(schema.clone()), (expected, vec![]), "{schema}");
        }
    }

    #[test]
    fn schemas_that_name_their_values_become_selects() {
        for schema in [
            json!({"type": "string", "enum": ["open", "closed"]}),
            json!({"enum": ["open", "closed", null]}),
            json!({"oneOf": [{"const": "open", "description": "Not done"}, {"const": "closed"}]}),
            json!({"oneOf": [{"enum": ["open"]}, {"const": "closed"}]}),
            json!({"anyOf": [{"enum": ["open", "closed"]}, {"type": "null"}]}),
            json!({"anyOf": [{"$ref": "#/$defs/S"}, {"type": "null"}], "$defs": {"S": {"enum": ["open", "closed"]}}}),
        ] {
            assert_eq!(of(schema.clone()), (Kind::Select, vec!["open".into(), "closed".into()]), "{schema}");
        }
        assert_eq!(of(json!({"enum": [1, 2]})), (Kind::Select, vec!["1".into(), "2".into()]));
        let mixed = json!({"anyOf": [{"enum": ["open"]}, {"type": "string"}]});
        assert_eq!(of(mixed), (Kind::Text, vec![]), "other texts may be typed too");
    }

    #[test]
    fn an_option_keeps_what_it_is_for() {
        let schema = json!({"oneOf": [{"const": "not_done", "description": "Still open."}]});
        let (_, options) = kind(&schema, &schema);
        let expected = FieldOption {
            value: "not_done".into(),
            label: "Not done".into(),
            description: Some("Still open.".into()),
        };
        assert_eq!(options, Some(vec![expected]));
    }

    #[test]
    fn hints_tell_examples_and_limits() {
        let schema = json!({"type": "integer", "minimum": 1, "maximum": 100, "examples": [30]});
        assert_eq!(example(&schema, &schema).as_deref(), Some("30"));
        assert_eq!(range(&schema, &schema).as_deref(), Some("1 to 100"));
        assert_eq!(range(&json!({"minimum": 0}), &json!({})), None);
    }

    #[test]
    fn labels_are_for_people() {
        assert_eq!(label("page_size"), "Page size");
        assert_eq!(label("pageSize"), "Page size");
        assert_eq!(label("mode"), "Mode");
    }
}
