//! What a file of the outbox says (contract 2.3).

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::SystemTime;

use serde_json::{Map, Value};

use super::names::derived;
use crate::message::{Attachment, OutgoingMessage};

/// The most that a file may hold, in bytes. Nobody writes as much to somebody.
const MOST: u64 = 8 * 1024 * 1024;

/// Why a file is no message.
#[derive(Debug)]
pub(super) enum Wrong {
    /// It may be one once somebody has finished it.
    Unfinished(String),
    /// It never will be.
    For(String),
    /// Somebody else took it.
    Gone,
}

/// By what somebody sees that a file is still written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    length: u64,
    modified: Option<SystemTime>,
}

impl Shape {
    /// What a file looks like; none: it is gone.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let found = fs::symlink_metadata(path).ok()?;
        Some(Self { length: found.len(), modified: found.modified().ok() })
    }
}

/// Reads a message. `name` is what its id follows from where the file has none.
pub(super) fn read(path: &Path, instance: &str, name: &str) -> Result<OutgoingMessage, Wrong> {
    let bytes = contents(path)?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| {
        Wrong::Unfinished(format!("it is not JSON (line {}, column {})", error.line(), error.column()))
    })?;
    let Value::Object(file) = value else {
        return Err(Wrong::For("it is not a JSON object".to_owned()));
    };
    message(file, instance, name).map_err(Wrong::For)
}

fn contents(path: &Path) -> Result<Vec<u8>, Wrong> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Wrong::Gone,
        // Whoever wrote it may not have said yet who may read it.
        _ => Wrong::Unfinished(format!("it can't be read: {error}")),
    };
    let found = fs::symlink_metadata(path).map_err(unreadable)?;
    // To open a pipe is to wait for its other end, and a link leads to what the agent was not asked for.
    if !found.is_file() {
        return Err(Wrong::For("it is not a regular file".to_owned()));
    }
    let too_large = || Wrong::For(format!("it is larger than {} MiB", MOST / 1024 / 1024));
    if found.len() > MOST {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > MOST { Err(too_large()) } else { Ok(bytes) }
}

/// The shape of the agent's library, and the one that its prompt teaches: `channel`, `text`, `thread_ts`.
fn message(mut file: Map<String, Value>, instance: &str, name: &str) -> Result<OutgoingMessage, String> {
    let mut place = |names: [&str; 2]| -> Result<Option<String>, String> {
        for name in names {
            match file.remove(name) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) if text.is_empty() => {}
                Some(Value::String(text)) => return Ok(Some(text)),
                Some(Value::Number(number)) => return Ok(Some(number.to_string())),
                Some(_) => return Err(format!("`{name}` is no text")),
            }
        }
        Ok(None)
    };
    let conversation = place(["conversation_id", "channel"])?
        .ok_or("it says not where to: `conversation_id` (or `channel`) is missing")?;
    let thread = place(["thread_id", "thread_ts"])?;
    let id = place(["id", "id"])?.unwrap_or_else(|| derived("outgoing", &[instance, name]).to_string());
    let attachments: Vec<Attachment> = match file.remove("attachments") {
        None | Some(Value::Null) => Vec::new(),
        Some(list) => serde_json::from_value(list)
            .map_err(|_| "`attachments` is no list of files, each with a `url` or a `path`".to_owned())?,
    };
    let text = match file.remove("text") {
        Some(Value::String(text)) => text,
        None | Some(Value::Null) if !attachments.is_empty() => String::new(),
        None | Some(Value::Null) => return Err("it says nothing: `text` is missing".to_owned()),
        Some(_) => return Err("`text` is no text".to_owned()),
    };
    let mut message = OutgoingMessage::new(id, conversation, text);
    message.thread_id = thread;
    message.attachments = attachments;
    message.metadata = match file.remove("metadata") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(metadata)) => metadata,
        Some(_) => return Err("`metadata` is no object".to_owned()),
    };
    Ok(message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: Value) -> Result<OutgoingMessage, String> {
        let Value::Object(file) = value else { panic!("an object") };
        message(file, "work", "f1")
    }

    #[test]
    fn both_shapes_are_messages() {
        let whole = of(json!({"connector_instance": "other", "conversation_id": "C", "text": "hi",
            "thread_id": "t", "metadata": {"subject": "s"}, "id": "1", "more": 1}));
        let expected = OutgoingMessage::new("1", "C", "hi").thread("t").with_metadata("subject", "s");
        assert_eq!(whole.expect("whole"), expected);
        let prompted =
            of(json!({"channel": 17, "text": "hi", "thread_ts": "1.2", "id": null})).expect("prompted");
        assert_eq!((prompted.conversation_id.as_str(), prompted.thread_id.as_deref()), ("17", Some("1.2")));
        assert_eq!(prompted.id, of(json!({"channel": "x", "text": ""})).expect("another").id);
        let file = of(json!({"channel": "x", "attachments": [{"path": "/a", "more": 1}]})).expect("a file");
        assert_eq!(file.attachments, [Attachment::path("/a")]);
    }

    #[test]
    fn what_is_wrong_is_said_without_what_was_written() {
        for (value, said) in [
            (json!({"text": "s3cret"}), "`conversation_id` (or `channel`) is missing"),
            (json!({"channel": "c"}), "`text` is missing"),
            (json!({"channel": ["s3cret"], "text": "t"}), "`channel` is no text"),
            (json!({"channel": "c", "text": ["s3cret"]}), "`text` is no text"),
            (json!({"channel": "c", "text": "t", "metadata": "s3cret"}), "`metadata` is no object"),
            (
                json!({"channel": "c", "text": "t", "attachments": [{"s3cret": 1}]}),
                "`attachments` is no list",
            ),
        ] {
            let problem = of(value).expect_err(said);
            assert!(problem.contains(said) && !problem.contains("s3cret"), "{problem}");
        }
    }
}
