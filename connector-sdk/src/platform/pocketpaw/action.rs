//! The keys of one action and of its parameters.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::Value;

use super::arguments::is_same;
use super::file::{SPLIT, is_word};
use crate::manifest::Trust;
use crate::yaml::reader::{Fields, Reader, Written, boolean_of};
use crate::yaml::{Entry, Kind, Node, Place, shown};

pub(super) struct ActionPart {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// None: `LOCAL`, which only PocketPaw can do.
    pub(super) method: Option<Method>,
    pub(super) method_place: Place,
    pub(super) url: Option<Written<String>>,
    pub(super) trust: Option<Written<Trust>>,
    pub(super) execution: Written<Execution>,
    pub(super) is_form: bool,
    pub(super) parameters: Vec<ParameterPart>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Execution {
    Cloud,
    Local,
    Sandbox,
}

pub(super) struct ParameterPart {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) in_body: bool,
    pub(super) kind: ValueKind,
    pub(super) description: String,
    pub(super) required: bool,
    pub(super) default: Option<Value>,
    pub(super) choices: Option<Vec<Value>>,
}

/// What a parameter's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    Any,
    Text,
    Integer,
    Number,
    Boolean,
    /// PocketPaw's files have no word for lists, and say `object` for whatever has parts.
    Object,
    List,
}

/// More parameters of one action than this are no description that anybody reads.
const MOST_PARAMETERS: usize = 200;

const VERBS: &[(&str, Option<&str>)] = &[
    ("GET", Some("GET")),
    ("POST", Some("POST")),
    ("PUT", Some("PUT")),
    ("PATCH", Some("PATCH")),
    ("DELETE", Some("DELETE")),
    ("LOCAL", None),
];
const TRUSTS: &[(&str, Trust)] =
    &[("auto", Trust::Auto), ("confirm", Trust::Confirm), ("restricted", Trust::Restricted)];
const EXECUTIONS: &[(&str, Execution)] =
    &[("cloud", Execution::Cloud), ("local", Execution::Local), ("sandbox", Execution::Sandbox)];
const KINDS: &[(&str, ValueKind)] = &[
    ("string", ValueKind::Text),
    ("integer", ValueKind::Integer),
    ("number", ValueKind::Number),
    ("boolean", ValueKind::Boolean),
    ("object", ValueKind::Object),
    ("array", ValueKind::List),
];

pub(super) fn read(node: &Node, reader: &mut Reader) -> Option<ActionPart> {
    let mut fields = Fields::new(reader.map(node, "actions"));
    let name = match fields.take("name") {
        Some(node) => reader.text(node, "name"),
        None if matches!(node.kind, Kind::Map(_)) => {
            reader.fault(node.place, "an action has no `name`; write the name that it is called by");
            None
        }
        None => None,
    };
    let title = name
        .as_ref()
        .map_or_else(|| "an action".to_owned(), |name| format!("action `{}`", shown(&name.value)));
    let description = fields.take("description").and_then(|node| reader.text(node, "description"));
    let mut method_place = node.place;
    let mut method = Some(Method::GET);
    if let Some(node) = fields.take("method") {
        method_place = node.place;
        let verb = reader.text(node, "method").and_then(|text| reader.word(&text, "method", VERBS));
        method = verb.flatten().and_then(|verb| Method::from_bytes(verb.as_bytes()).ok());
    }
    let url = fields.take("url").and_then(|node| reader.text(node, "url"));
    let trust = fields.take("trust_level").and_then(|node| {
        let text = reader.text(node, "trust_level")?;
        let value = reader.word(&text, "trust level", TRUSTS)?;
        Some(Written { value, place: node.place })
    });
    let mut execution = Written { value: Execution::Cloud, place: node.place };
    if let Some(node) = fields.take("execution_mode") {
        let mode = reader.text(node, "execution_mode");
        let mode = mode.and_then(|text| reader.word(&text, "execution mode", EXECUTIONS));
        execution = Written { value: mode.unwrap_or(Execution::Cloud), place: node.place };
    }
    let form = fields.take("content_type").and_then(|node| {
        let text = reader.text(node, "content_type")?;
        reader.word(&text, "content type", &[("form", true), ("json", false)])
    });
    if let Some(node) = fields.take("requires_binary")
        && reader.text(node, "requires_binary").is_some()
    {
        reader.note(node.place, "`requires_binary` has no effect here: no program is run");
    }
    let (mut parameters, mut seen) = (Vec::new(), HashSet::new());
    for (key, in_body) in [("params", false), ("body", true)] {
        let Some(node) = fields.take(key) else { continue };
        let entries = reader.map(node, key);
        let what = format!("parameters of {title}");
        let entries =
            reader.at_most(MOST_PARAMETERS, seen.len(), entries, (&what, SPLIT), |entry| entry.place);
        for entry in entries {
            if !seen.insert(entry.key.as_str()) {
                let message = format!(
                    "parameter `{}` of {title} is in `params` and in `body`; name it in one of them",
                    shown(&entry.key)
                );
                reader.fault(entry.place, message);
                continue;
            }
            parameters.extend(read_parameter(entry, in_body, reader));
        }
    }
    fields.finish(reader, &title);
    let name = name?;
    reader.short(&name, "an action's name");
    if !is_name(&name.value) {
        let message =
            "an action's name must be letters, digits, `_` and `-`, a letter first, like `list_issues`";
        reader.fault(name.place, message);
        return None;
    }
    Some(ActionPart {
        place: name.place,
        name: name.value,
        description: description.map(|text| text.value),
        method,
        method_place,
        url,
        trust,
        execution,
        is_form: form.unwrap_or(false),
        parameters,
    })
}

fn is_name(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn read_parameter(entry: &Entry, in_body: bool, reader: &mut Reader) -> Option<ParameterPart> {
    let Entry { key: name, place, value: node } = entry;
    if !is_word(&name.replace(['-', '.', '[', ']'], "_")) {
        let message =
            "a parameter's name must be letters, digits and `_`, `-`, `.`, a letter first, like `per_page`";
        reader.fault(*place, message);
        return None;
    }
    let title = format!("parameter `{name}`");
    // `name:` alone is a parameter of which nothing more is said.
    let entries = if matches!(node.kind, Kind::Null) { &[] } else { reader.map(node, name) };
    let mut fields = Fields::new(entries);
    let kind = fields.take("type").and_then(|node| {
        let text = reader.text(node, "type")?;
        reader.word(&text, "type", KINDS)
    });
    let kind = kind.unwrap_or(ValueKind::Any);
    let description = fields.take("description").and_then(|node| reader.text(node, "description"));
    let required = fields.take("required").and_then(|node| reader.boolean(node, "required")).unwrap_or(false);
    let choices = fields.take("enum").map(|node| {
        let items = reader.list(node, "enum");
        if items.is_empty() && matches!(node.kind, Kind::List(_)) {
            reader.fault(node.place, format!("the `enum` of {title} is empty; list its values or remove it"));
        }
        items
            .iter()
            .filter_map(|item| of_kind(item, kind, &format!("a value of the `enum` of {title}"), reader))
            .collect()
    });
    let default = fields.take("default").and_then(|node| {
        let value = of_kind(node, kind, &format!("the `default` of {title}"), reader)?;
        let among =
            |choices: &Vec<Value>| choices.is_empty() || choices.iter().any(|choice| is_same(choice, &value));
        if !choices.as_ref().is_none_or(among) {
            reader.fault(
                node.place,
                format!("the `default` of {title} is not one of its `enum`; write one that is"),
            );
            return None;
        }
        if required {
            reader.note(node.place, format!("{title} is required, so its `default` is never used"));
        }
        Some(value)
    });
    fields.finish(reader, &title);
    Some(ParameterPart {
        place: *place,
        name: name.clone(),
        in_body,
        kind,
        description: description.map(|text| text.value).unwrap_or_default(),
        required,
        default,
        choices,
    })
}

/// A value of the file that must be of a parameter's type.
fn of_kind(node: &Node, kind: ValueKind, what: &str, reader: &mut Reader) -> Option<Value> {
    let value = node.to_json();
    if kind == ValueKind::Boolean
        && let Some(is) = boolean_of(&value)
    {
        return Some(Value::Bool(is));
    }
    if kind.takes(&value) {
        return Some(value);
    }
    reader.fault(node.place, format!("{what} must be {}, and is {}", kind.describe(), node.describe()));
    None
}

impl ValueKind {
    pub(super) fn takes(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Text => value.is_string(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Object => value.is_object() || value.is_array(),
            Self::List => value.is_array(),
        }
    }

    /// In the words that serde has for it.
    pub(super) const fn describe(self) -> &'static str {
        match self {
            Self::Any => "a value",
            Self::Text => "a string",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Object => "an object or a list",
            Self::List => "a list",
        }
    }

    /// Whether a value has parts, which no part of a path can hold.
    pub(super) const fn has_parts(self) -> bool {
        matches!(self, Self::Object | Self::List)
    }
}
