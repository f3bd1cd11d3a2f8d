//! The arguments of the actions as fields of ArgentOS's canvas (contract 1.2 and 1.9, item 4).
//!
//! ArgentOS makes `--kebab-case` options of the ids, so an id is one whose kebab-case is the option
//! that the command takes. Settings are not among the fields: they belong to the connection and come
//! from the environment, and an option of that name would be refused.

use serde::Serialize;
use serde_json::Value;

use super::commands::actions;
use super::flag;
use super::form::{self, FieldOption, Kind};
use crate::manifest::{Action, Manifest, Parameter};

/// One argument of one or more commands, as the canvas shows it.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Field<'m> {
    pub(super) id: String,
    label: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "renderAs")]
    render_as: &'static str,
    required: bool,
    #[serde(rename = "expressionEnabled")]
    expression_enabled: bool,
    #[serde(rename = "valueType")]
    value_type: &'static str,
    pub(super) applies_to: Vec<&'m str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    placeholder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<Vec<FieldOption>>,
    #[serde(rename = "pickerHint", skip_serializing_if = "Option::is_none")]
    picker_hint: Option<&'m str>,
}

impl Field<'_> {
    /// Whether the canvas would show both the same but for the commands that they belong to.
    fn is_like(&self, other: &Self) -> bool {
        self.id == other.id
            && self.label == other.label
            && self.kind == other.kind
            && self.required == other.required
            && self.description == other.description
            && self.placeholder == other.placeholder
            && self.example == other.example
            && self.default == other.default
            && self.options == other.options
            && self.picker_hint == other.picker_hint
    }
}

/// The fields of all actions. An argument that is the same for several is one field; where a name
/// means different things, each has a field of its own, and the canvas picks by command.
pub(super) fn fields(manifest: &Manifest) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    for action in actions(manifest) {
        for parameter in &action.parameters {
            let field = field(manifest, action, parameter);
            match fields.iter_mut().find(|known| known.is_like(&field)) {
                Some(known) => known.applies_to.extend(field.applies_to),
                None => fields.push(field),
            }
        }
    }
    fields
}

/// The id of an argument's field, whose kebab-case is its [`flag`].
pub(super) fn field_id(parameter: &str) -> String {
    flag(parameter).replace('-', "_")
}

fn field<'m>(manifest: &Manifest, action: &'m Action, parameter: &'m Parameter) -> Field<'m> {
    let root = &action.input_schema;
    let schema = action.property(&parameter.name).unwrap_or(&Value::Null);
    let (mut kind, mut options) = form::kind(schema, root);
    let picker_hint = picker(manifest, parameter);
    // Choices that are fetched live take the place of any other way to enter a value.
    if picker_hint.is_some() {
        (kind, options) = (Kind::Select, None);
    }
    let example = form::example(schema, root);
    Field {
        id: field_id(&parameter.name),
        label: form::label(&parameter.name),
        kind: kind.as_str(),
        render_as: kind.as_str(),
        required: parameter.required,
        // A switch has two positions, and no place to write an expression.
        expression_enabled: kind != Kind::Boolean,
        value_type: kind.value_type(),
        applies_to: vec![&action.command],
        description: parameter.description.trim(),
        placeholder: example.clone().or_else(|| placeholder(kind, schema, root)),
        example,
        default: default(kind, schema),
        options,
        picker_hint,
    }
}

/// The source of an argument's choices, if there is one.
pub(super) fn picker<'m>(manifest: &Manifest, parameter: &'m Parameter) -> Option<&'m str> {
    let source = parameter.options.as_deref();
    source.filter(|source| manifest.options.iter().any(|known| known.name == *source))
}

fn placeholder(kind: Kind, schema: &Value, root: &Value) -> Option<String> {
    match kind {
        Kind::Number => form::range(schema, root),
        Kind::Json if crate::text::wants(schema, root, "array") => Some("[]".to_owned()),
        Kind::Json => Some("{}".to_owned()),
        Kind::Datetime => Some("2026-01-31T12:00:00Z".to_owned()),
        Kind::Text | Kind::Select | Kind::Boolean => None,
    }
}

/// What the field holds at first. A select holds the text of one of its options.
fn default(kind: Kind, schema: &Value) -> Option<Value> {
    let default = schema.get("default").filter(|default| !default.is_null())?;
    Some(if kind == Kind::Select { form::typed(default).into() } else { default.clone() })
}
