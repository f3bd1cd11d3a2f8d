//! What a file in the inbox holds (contract 2.2).

use std::time::SystemTime;

use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::names::message_id;
use crate::message::{Content, Conversation, Message, Origin, Sender, timestamp};
use crate::{Error, Result};

/// What holds the platform's own id, since `id` is the agent's.
const PLATFORM_ID: &str = "platform_id";

/// A file in the order in which the agent's own writer has it. Its reader refuses any other key inside the
/// four objects, and drops those beside them.
#[derive(Serialize)]
struct File<'a> {
    connector: &'a Origin,
    sender: &'a Sender,
    content: &'a Content,
    conversation: &'a Conversation,
    version: &'static str,
    id: String,
    timestamp: &'a str,
    metadata: &'a Map<String, Value>,
}

/// The file of a message that a connector told, and the id that it has there.
///
/// # Errors
///
/// `internal` when what it told is no message.
pub(super) fn file(payload: &[u8], connector: &str, instance: &str) -> Result<(Uuid, Vec<u8>)> {
    let wrong = |error: serde_json::Error| {
        // The error may show what was written; where it is doesn't.
        Error::internal(format!(
            "its payload is no message (line {}, column {})",
            error.line(),
            error.column()
        ))
    };
    let mut payload: Value = serde_json::from_slice(payload).map_err(wrong)?;
    let others = take_others(&mut payload);
    let mut message: Message = serde_json::from_value(payload).map_err(wrong)?;
    let id = message_id(connector, instance, &message);
    for (name, value) in others {
        message.metadata.entry(name).or_insert(value);
    }
    message.metadata.entry(PLATFORM_ID).or_insert_with(|| message.id.as_str().into());
    if message.connector.kind.is_empty() {
        connector.clone_into(&mut message.connector.kind);
    }
    // The agent answers into the folder of that name.
    instance.clone_into(&mut message.connector.instance);
    if message.timestamp.is_empty() {
        message.timestamp = timestamp(SystemTime::now());
    }
    let Message { connector, sender, content, conversation, timestamp, metadata, .. } = &message;
    let id_text = id.to_string();
    let file =
        File { connector, sender, content, conversation, version: "1.0", id: id_text, timestamp, metadata };
    let text = serde_json::to_string_pretty(&file).map_err(wrong)?;
    Ok((id, ascii(&text).into_bytes()))
}

/// Takes out what no message has, so that it can be told beside it: `sender.team`.
fn take_others(payload: &mut Value) -> Vec<(String, Value)> {
    const KNOWN: [(&str, &[&str]); 4] = [
        ("connector", &["type", "instance"]),
        ("sender", &["id", "username", "display_name"]),
        ("content", &["text", "media_type", "attachments"]),
        ("conversation", &["id", "type", "name", "thread_id"]),
    ];
    let Some(payload) = payload.as_object_mut() else { return Vec::new() };
    let mut others = Vec::new();
    for (part, keys) in KNOWN {
        let Some(object) = payload.get_mut(part).and_then(Value::as_object_mut) else { continue };
        let unknown: Vec<String> =
            object.keys().filter(|key| !keys.contains(&key.as_str())).cloned().collect();
        for key in unknown {
            others.extend(object.remove(&key).map(|value| (format!("{part}.{key}"), value)));
        }
    }
    let is_known = |key: &str| {
        KNOWN.iter().any(|(part, _)| *part == key)
            || matches!(key, "id" | "timestamp" | "metadata" | "version")
    };
    let unknown: Vec<String> = payload.keys().filter(|key| !is_known(key)).cloned().collect();
    for key in unknown {
        others.extend(payload.remove(&key).map(|value| (key, value)));
    }
    others
}

/// JSON without any letter that a reader with an old locale would take for another.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() {
            text.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(payload: &Value) -> (Value, String) {
        let (_, bytes) = file(payload.to_string().as_bytes(), "chat", "work").expect("a message");
        let text = String::from_utf8(bytes).expect("UTF-8");
        (serde_json::from_str(&text).expect("JSON"), text)
    }

    #[test]
    fn a_file_has_the_keys_that_the_agent_reads_and_no_others() {
        let (file, text) = written(&json!({
            "connector": {"type": "", "instance": "other", "version": 3},
            "sender": {"id": "U1", "username": "ann", "team": "T"},
            "content": {"text": "hä \u{1F600}", "blocks": []},
            "conversation": {"id": "C1", "topic": null},
            "id": "m1", "timestamp": "2026-02-10T16:45:00.126415+00:00", "edited": true,
            "metadata": {"edited": "mine"},
        }));
        let id = file["id"].clone();
        let expected = json!({
            "connector": {"type": "chat", "instance": "work"},
            "sender": {"id": "U1", "username": "ann", "display_name": ""},
            "content": {"text": "hä \u{1F600}", "media_type": "text", "attachments": []},
            "conversation": {"id": "C1", "type": "channel", "name": "", "thread_id": null},
            "version": "1.0", "id": id, "timestamp": "2026-02-10T16:45:00.126415+00:00",
            "metadata": {
                "edited": "mine", "platform_id": "m1", "connector.version": 3, "sender.team": "T",
                "content.blocks": [], "conversation.topic": null,
            },
        });
        assert_eq!(file, expected);
        assert!(text.is_ascii() && text.contains(r"h\u00e4 \ud83d\ude00"), "{text}");
        assert!(text.starts_with("{\n  \"connector\": {\n    \"type\"") && text.ends_with('}'), "{text}");
    }

    #[test]
    fn what_is_missing_is_filled_in_and_what_is_no_message_is_not_shown() {
        let least = json!({
            "sender": {"id": "1", "username": "u"}, "content": {"text": "t"}, "conversation": {"id": "c"}, "id": "i"
        });
        let (file, _) = written(&least);
        assert!(file["timestamp"].as_str().expect("a text").ends_with("+00:00"));
        for payload in [&b"{\"text\":\"s3cret\"}"[..], b"[\"s3cret\"]", b"{\"sender\":\"s3cret\"}"] {
            let error = super::file(payload, "chat", "work").expect_err("no message");
            assert!(!error.message().contains("s3cret"), "{error}");
        }
    }
}
