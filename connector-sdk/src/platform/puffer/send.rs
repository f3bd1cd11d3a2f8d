//! `send_message`: delivering a message as the action that Puffer's agents know (contract 1.1).

use serde_json::{Map, Value, json};

use crate::manifest::{Manifest, RECIPIENTS, TEXTS};
use crate::message::{Attachment, OutgoingMessage};
use crate::{Error, Result};

/// The action's name.
pub const NAME: &str = "send_message";

/// Whether a connector delivers messages and has no action of that name itself.
pub fn is_ours(manifest: &Manifest) -> bool {
    manifest.delivery.is_some() && manifest.action(NAME).is_none()
}

pub(super) fn input_schema() -> Value {
    let place = json!({ "type": ["string", "integer"] });
    let mut properties = Map::new();
    for name in RECIPIENTS {
        properties.insert(name.to_owned(), place.clone());
    }
    for name in TEXTS {
        properties.insert(name.to_owned(), json!({ "type": "string" }));
    }
    properties.insert(
        "thread".to_owned(),
        json!({ "type": "string", "description": "Optional thread inside the conversation." }),
    );
    properties.insert(
        "attachments".to_owned(),
        json!({
            "type": "array",
            "description": "Optional files, each with a `url` or a `path`, and `name`, `mime_type`, `size`.",
            "items": { "type": "object" },
        }),
    );
    let any = |names: &[&str]| -> Value { names.iter().map(|name| json!({ "required": [name] })).collect() };
    json!({
        "type": "object",
        "properties": properties,
        "allOf": [{ "anyOf": any(&RECIPIENTS) }, { "anyOf": any(&[&TEXTS[..], &["attachments"]].concat()) }],
        "additionalProperties": true,
    })
}

pub(super) fn output_schema() -> Value {
    json!({ "type": "object", "properties": { "id": { "type": ["string", "null"] } }, "required": ["id"] })
}

/// The message that an input asks for.
///
/// # Errors
///
/// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when it says not whom or not what.
pub fn outgoing(input: &[u8]) -> Result<OutgoingMessage> {
    let input: Map<String, Value> = serde_json::from_slice(input).map_err(|error| {
        Error::usage(format!("the input on standard input is not a JSON object: {error}"))
    })?;
    let first = |names: &[&str]| {
        names.iter().find_map(|name| match input.get(*name)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let attachments = match input.get("attachments") {
        None | Some(Value::Null) => Vec::new(),
        Some(value) => serde_json::from_value::<Vec<Attachment>>(value.clone())
            .map_err(|error| Error::usage(format!("`attachments` is not a list of files: {error}")))?,
    };
    let Some(to) = first(&RECIPIENTS) else {
        return Err(Error::usage("the message has no recipient; give it one as `to`"));
    };
    let Some(text) = first(&TEXTS).or_else(|| (!attachments.is_empty()).then(String::new)) else {
        return Err(Error::usage("the message says nothing; give it a text as `message`"));
    };
    // The host names no call, so each is a message of its own.
    let id =
        first(&["idempotency_key", "uuid"]).unwrap_or_else(|| format!("puffer-{:032x}", fastrand::u128(..)));
    let mut message = OutgoingMessage::new(id, to, text);
    message.thread_id = first(&["thread", "thread_id"]);
    message.attachments = attachments;
    Ok(message)
}
