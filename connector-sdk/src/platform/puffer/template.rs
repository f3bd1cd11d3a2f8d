//! `ConnectorTemplate`: what Puffer knows of a connector (contract 1.1).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::send;
use crate::manifest::{Action, Effect, Manifest, can_be_drafted};

#[derive(Serialize)]
struct Template<'a> {
    slug: &'a str,
    description: &'a str,
    skill: &'a str,
    binary: &'a str,
    command: [&'a str; 1],
    requires_auth: bool,
    can_subscribe: bool,
    can_proxy_agent: bool,
    output_schema: Value,
    actions: BTreeMap<&'a str, ActionDefinition<'a>>,
}

#[derive(Serialize)]
struct ActionDefinition<'a> {
    slug: &'a str,
    description: &'a str,
    input_schema: Value,
    output_schema: Value,
    permission: Permission<'a>,
}

#[derive(Serialize)]
struct Permission<'a> {
    category: &'static str,
    summary: &'a str,
    external_side_effect: bool,
}

/// The template of a connector whose binary is found on `PATH` as `program`: Puffer starts it wherever it
/// is itself, so a path would have to be a whole one, and that differs from machine to machine.
pub fn template(manifest: &Manifest, program: &str) -> Value {
    let subscribes = manifest.events.is_some();
    let mut actions: BTreeMap<_, _> =
        manifest.actions.iter().map(|action| (action.name.as_str(), definition(manifest, action))).collect();
    if send::is_ours(manifest) {
        actions.insert(send::NAME, delivery(manifest));
    }
    let template = Template {
        slug: &manifest.id,
        description: described(manifest),
        skill: &manifest.id,
        binary: program,
        command: [program],
        // A stream that ended is only started again by the check of `auth-ok`, which isn't made without.
        requires_auth: subscribes || !manifest.credentials.is_empty() || !manifest.settings.is_empty(),
        can_subscribe: subscribes,
        // Only Puffer's own connectors can.
        can_proxy_agent: false,
        output_schema: manifest
            .events
            .as_ref()
            .map_or_else(|| json!({}), |events| with_message(&events.payload_schema, events.messages)),
        actions,
    };
    serde_json::to_value(template).unwrap_or_default()
}

/// A description is never blank there.
pub(super) fn described(manifest: &Manifest) -> &str {
    match manifest.description.trim() {
        "" => &manifest.title,
        text => text,
    }
}

fn definition<'a>(manifest: &Manifest, action: &'a Action) -> ActionDefinition<'a> {
    ActionDefinition {
        slug: &action.name,
        description: &action.description,
        input_schema: action.input_schema.clone(),
        output_schema: action.output_schema.clone(),
        permission: Permission {
            category: category(manifest, action),
            summary: action.summary(),
            external_side_effect: action.permission.external_side_effect,
        },
    }
}

fn delivery(manifest: &Manifest) -> ActionDefinition<'_> {
    let description = manifest.delivery.as_ref().map_or("", |delivery| &delivery.description);
    ActionDefinition {
        slug: send::NAME,
        description,
        input_schema: send::input_schema(),
        output_schema: send::output_schema(),
        permission: Permission {
            category: "external_message_send",
            summary: description.lines().next().unwrap_or_default(),
            external_side_effect: true,
        },
    }
}

/// A word for people and rules: the gate itself looks at `external_side_effect`. Never `external_reaction`,
/// which the gate lets pass.
fn category(manifest: &Manifest, action: &Action) -> &'static str {
    let messages = manifest.is_messaging();
    match action.permission.effect {
        _ if action.permission.local => match action.permission.effect {
            Effect::Read => "local_read",
            Effect::Write => "local_write",
            Effect::Destructive => "local_delete",
        },
        Effect::Read if messages => "external_message_read",
        Effect::Read => "external_read",
        Effect::Write if messages && can_be_drafted(action) => "external_message_send",
        Effect::Write if messages => "external_message_interaction",
        Effect::Write => "external_write",
        Effect::Destructive if messages => "external_message_delete",
        Effect::Destructive => "external_delete",
    }
}

/// The schema of payloads as `payload.rs` writes them.
fn with_message(schema: &Value, messages: bool) -> Value {
    let text = || json!({ "type": "string" });
    let is_object = schema.get("type").and_then(Value::as_str) == Some("object");
    let mut schema = match schema {
        Value::Object(object) if is_object => object.clone(),
        // It becomes a member, and what it refers to stays at the root.
        other => {
            let mut inner = other.clone();
            let definitions = inner.as_object_mut().and_then(|inner| inner.remove("$defs"));
            let mut outer = Map::new();
            outer.insert("properties".to_owned(), json!({ "payload": inner }));
            outer.extend(definitions.map(|definitions| ("$defs".to_owned(), definitions)));
            outer
        }
    };
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    if let Some(properties) = properties.as_object_mut() {
        properties.insert("message".to_owned(), text());
        if messages {
            properties.insert("from".to_owned(), text());
            properties.insert("chat_id".to_owned(), text());
            properties.insert("assets".to_owned(), json!({ "type": "array" }));
            properties.insert("thread".to_owned(), json!({ "type": ["string", "null"] }));
        }
    }
    schema.insert("type".to_owned(), "object".into());
    let required = schema.entry("required").or_insert_with(|| json!([]));
    if let Some(required) = required.as_array_mut()
        && !required.contains(&"message".into())
    {
        required.push("message".into());
    }
    Value::Object(schema)
}
