//! Which actions Puffer's agents can run although they have an effect outside: a person approves a draft first, and a draft
//! needs somebody to send to and something to say (its `ConnectorActionDraft`).

use serde_json::Value;

use super::probe::target;
use super::{Action, Finding, Manifest, Severity};

/// Where a draft may go, by the names of its arguments. It is a text or a number.
pub(crate) const RECIPIENTS: [&str; 7] =
    ["to", "target", "channel", "chat_id", "open_id", "user", "receive_id"];
/// What it may say, by the names of its arguments. It is a text.
pub(crate) const TEXTS: [&str; 4] = ["message", "text", "caption", "body"];

/// How many references and combinations deep a type is looked for. What is deeper is taken for right.
const MOST_DEPTH: usize = 16;

/// Whether somebody can approve a draft of an action.
pub(crate) fn can_be_drafted(action: &Action) -> bool {
    let takes = |names: &[&str], types: &[&str]| {
        let mut schemas = names.iter().filter_map(|name| action.property(name));
        schemas.any(|schema| may_be(&action.input_schema, schema, types, 0))
    };
    takes(&RECIPIENTS, &["string", "integer", "number"]) && takes(&TEXTS, &["string"])
}

/// What keeps Puffer's agents from an action.
pub(super) fn undraftable(action: &Action) -> Vec<Finding> {
    if !action.permission.external_side_effect || can_be_drafted(action) {
        return Vec::new();
    }
    let message = format!(
        "Puffer's agents can't run it: an external side effect needs a text or a number as one of the arguments {} and a \
         text as one of {} there",
        listed(&RECIPIENTS),
        listed(&TEXTS)
    );
    vec![Finding { severity: Severity::Warning, subject: action.name.clone(), message }]
}

impl Manifest {
    /// The actions that Puffer's agents can't run.
    #[cfg(feature = "puffer")]
    pub(crate) fn undraftable(&self) -> Vec<Finding> {
        self.actions.iter().flat_map(undraftable).collect()
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Whether a schema lets a value of one of these types be.
fn may_be(root: &Value, schema: &Value, types: &[&str], depth: usize) -> bool {
    let Value::Object(keywords) = schema else { return *schema != Value::Bool(false) };
    let is = |name: &Value| name.as_str().is_some_and(|name| types.contains(&name));
    let of_value = |value: &Value| match value {
        Value::String(_) => types.contains(&"string"),
        Value::Number(_) => types.contains(&"number"),
        _ => false,
    };
    let inner = |schema: &Value| depth >= MOST_DEPTH || may_be(root, schema, types, depth + 1);
    keywords.iter().all(|(keyword, limit)| match (keyword.as_str(), limit) {
        ("type", Value::Array(names)) => names.iter().any(is),
        ("type", name) => is(name),
        ("const", value) => of_value(value),
        ("enum", Value::Array(values)) => values.iter().any(of_value),
        ("$ref", Value::String(reference)) => target(root, reference).is_none_or(inner),
        ("anyOf" | "oneOf", Value::Array(schemas)) => schemas.iter().any(inner),
        ("allOf", Value::Array(schemas)) => schemas.iter().all(inner),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Effect, Permission};
    use super::*;

    fn drafted(to: Value, text: Value) -> bool {
        let mut action = Action::new("send", Permission::new(Effect::Write));
        action.input_schema = json!({
            "type": "object",
            "properties": { "to": to, "body": text, "cc": { "type": "string" } },
            "$defs": {
                "Person": { "anyOf": [{ "type": "null" }, { "$ref": "#/$defs/Name" }] },
                "Name": { "type": "string", "minLength": 1 },
                "Again": { "$ref": "#/$defs/Again" },
            },
        });
        assert_eq!(undraftable(&action).is_empty(), can_be_drafted(&action));
        can_be_drafted(&action)
    }

    #[test]
    fn a_draft_has_a_recipient_and_a_text_of_the_right_types() {
        let text = || json!({ "type": "string" });
        for to in [
            text(),
            json!({ "type": ["string", "null"] }),
            json!({ "type": "integer" }),
            json!({ "type": "number" }),
            json!({ "oneOf": [{ "type": "array" }, { "type": "string" }] }),
            json!({ "$ref": "#/$defs/Person" }),
            json!({ "$ref": "#/$defs/Again" }),
            json!({ "enum": ["ada", "bob"] }),
            json!({ "enum": [1, 2] }),
            json!({ "const": "ada" }),
            json!({ "description": "Anything." }),
            json!(true),
        ] {
            assert!(drafted(to.clone(), text()), "{to}");
        }
        for to in [
            json!({ "type": "array", "items": { "type": "string" } }),
            json!({ "type": ["object", "null"] }),
            json!({ "allOf": [{ "$ref": "#/$defs/Person" }, { "type": "null" }] }),
            json!({ "anyOf": [{ "type": "array" }, { "type": "boolean" }] }),
            json!({ "enum": [null, true] }),
            json!(false),
        ] {
            assert!(!drafted(to.clone(), text()), "{to}");
        }
        assert!(!drafted(text(), json!({ "type": "integer" })), "a text is no number");
        assert!(!drafted(text(), json!({ "type": "object" })));
    }
}
