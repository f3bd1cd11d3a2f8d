//! A payload as Puffer reads it: an object whose `message` is a text (contract 1.4). Of anything else its
//! rules and agents would see an empty text.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::frames::string;

/// How much of a payload without any text of its own is its text, in characters.
const MOST: usize = 4000;

/// Members that may be the text of a payload without a `message`, the best first.
const TEXTS: [&str; 6] = ["text", "title", "summary", "subject", "body", "description"];

/// Writes a payload with a `message`.
pub(super) fn write(payload: &[u8], messages: bool, out: &mut Vec<u8>) {
    if payload.first() != Some(&b'{') {
        return wrap(payload, out);
    }
    if messages && let Ok(message) = serde_json::from_slice::<Message<'_>>(payload) {
        return write_message(payload, &message, out);
    }
    // As a struct whose first field it is writes it.
    if payload.starts_with(br#"{"message":""#) {
        return out.extend_from_slice(payload);
    }
    match serde_json::from_slice::<Found<'_>>(payload) {
        Ok(Found { message: Some(true), .. }) => out.extend_from_slice(payload),
        Ok(Found { message: None, text, .. }) => {
            out.extend_from_slice(br#"{"message":"#);
            match text {
                Some((_, text)) => out.extend_from_slice(text.get().as_bytes()),
                None => string(&shortened(payload), out),
            }
            append(payload, out);
        }
        Ok(Found { message: Some(false), .. }) => replace(payload, out),
        Err(_) => wrap(payload, out),
    }
}

/// What is no object becomes the member of one.
fn wrap(payload: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(br#"{"message":"#);
    match payload.first() {
        Some(b'"') => out.extend_from_slice(payload),
        _ => string(&shortened(payload), out),
    }
    out.extend_from_slice(br#","payload":"#);
    out.extend_from_slice(payload);
    out.push(b'}');
}

/// Adds the members of an object to one that was begun.
fn append(payload: &[u8], out: &mut Vec<u8>) {
    let members = payload[1..].trim_ascii_start();
    if members.first() != Some(&b'}') {
        out.push(b',');
    }
    out.extend_from_slice(members);
}

/// Writes an object whose `message` is no text with one that is.
fn replace(payload: &[u8], out: &mut Vec<u8>) {
    let Ok(members) = serde_json::from_slice::<BTreeMap<Cow<'_, str>, &RawValue>>(payload) else {
        return wrap(payload, out);
    };
    let mut comma = b'{';
    for (key, value) in members {
        out.push(std::mem::replace(&mut comma, b','));
        string(&key, out);
        out.push(b':');
        match &*key {
            "message" if value.get() == "null" => out.extend_from_slice(b"\"\""),
            "message" => string(&shortened(value.get().as_bytes()), out),
            _ => out.extend_from_slice(value.get().as_bytes()),
        }
    }
    out.push(b'}');
}

fn shortened(json: &[u8]) -> String {
    String::from_utf8_lossy(json).chars().take(MOST).collect()
}

/// The parts of a [`message::Message`](crate::message::Message) that Puffer has its own names for.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    sender: Sender<'a>,
    #[serde(borrow)]
    content: Content<'a>,
    #[serde(borrow)]
    conversation: Conversation<'a>,
    /// Members by those names that it has already, as one that is written by hand may.
    #[serde(borrow, default)]
    message: Taken<'a>,
    #[serde(borrow, default)]
    from: Taken<'a>,
    #[serde(borrow, default)]
    chat_id: Taken<'a>,
    #[serde(borrow, default)]
    assets: Taken<'a>,
    #[serde(borrow, default)]
    thread: Taken<'a>,
}

/// A member of one of Puffer's own names, none of which may come twice; whatever it is, `null` too.
#[derive(Default)]
struct Taken<'a>(Option<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Taken<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|value| Self(Some(value)))
    }
}

#[derive(Deserialize)]
struct Sender<'a> {
    #[serde(borrow)]
    username: Cow<'a, str>,
    #[serde(borrow, default)]
    display_name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(borrow, default)]
    attachments: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Conversation<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    thread_id: Option<&'a RawValue>,
}

/// Puffer's names before the message's own. `chat_id` is what its actions take for where to answer.
fn write_message(payload: &[u8], message: &Message<'_>, out: &mut Vec<u8>) {
    let Message { sender, content, conversation, message, from, chat_id, assets, thread } = message;
    out.extend_from_slice(br#"{"message":"#);
    string(&content.text, out);
    out.extend_from_slice(br#","from":"#);
    string(if sender.display_name.is_empty() { &sender.username } else { &sender.display_name }, out);
    out.extend_from_slice(br#","chat_id":"#);
    string(&conversation.id, out);
    out.extend_from_slice(br#","assets":"#);
    out.extend_from_slice(content.attachments.or(assets.0).map_or("[]", RawValue::get).as_bytes());
    if let Some(thread) = conversation.thread_id.or(thread.0) {
        out.extend_from_slice(br#","thread":"#);
        out.extend_from_slice(thread.get().as_bytes());
    }
    if [message, from, chat_id, assets, thread].iter().any(|taken| taken.0.is_some()) {
        append_rest(payload, out);
    } else {
        append(payload, out);
    }
}

/// Adds the members of an object but those that were written already.
fn append_rest(payload: &[u8], out: &mut Vec<u8>) {
    const WRITTEN: [&str; 5] = ["message", "from", "chat_id", "assets", "thread"];
    let members = serde_json::from_slice::<BTreeMap<Cow<'_, str>, &RawValue>>(payload).unwrap_or_default();
    for (key, value) in members.iter().filter(|(key, _)| !WRITTEN.contains(&&***key)) {
        out.push(b',');
        string(key, out);
        out.push(b':');
        out.extend_from_slice(value.get().as_bytes());
    }
    out.push(b'}');
}

/// What a payload has that can be its text.
struct Found<'a> {
    /// Whether its `message` is a text.
    message: Option<bool>,
    /// The place in [`TEXTS`] of the best other text.
    text: Option<(usize, &'a RawValue)>,
}

impl<'de> Deserialize<'de> for Found<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Found<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut found = Found { message: None, text: None };
                while let Some(key) = map.next_key::<Key>()? {
                    match key {
                        Key::Message => {
                            let value: &RawValue = map.next_value()?;
                            found.message = Some(value.get().starts_with('"'));
                        }
                        Key::Text(place) => {
                            let value: &'de RawValue = map.next_value()?;
                            let better = found.text.is_none_or(|(known, _)| place < known);
                            if better && value.get().starts_with('"') {
                                found.text = Some((place, value));
                            }
                        }
                        Key::Other => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(found)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

enum Key {
    Message,
    Text(usize),
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                Ok(match TEXTS.iter().position(|known| *known == name) {
                    _ if name == "message" => Key::Message,
                    Some(place) => Key::Text(place),
                    None => Key::Other,
                })
            }
        }
        deserializer.deserialize_identifier(Name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::message::{Attachment, Conversation, Message, Sender};

    fn written(payload: &str, messages: bool) -> Value {
        let mut out = Vec::new();
        write(payload.as_bytes(), messages, &mut out);
        serde_json::from_slice(&out)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&out)))
    }

    #[test]
    fn a_message_is_always_a_text() {
        for (payload, expected) in [
            (r#"{"message":"hi","n":1}"#, json!({"message": "hi", "n": 1})),
            (r#"{"n":1,"title":"A","text":"B"}"#, json!({"message": "B", "n": 1, "title": "A", "text": "B"})),
            (r#"{"text":5,"summary":"S\n"}"#, json!({"message": "S\n", "text": 5, "summary": "S\n"})),
            (r#"{"n":1}"#, json!({"message": "{\"n\":1}", "n": 1})),
            ("{ }", json!({"message": "{ }"})),
            (r#"{"message":{"a":1},"n":2}"#, json!({"message": "{\"a\":1}", "n": 2})),
            (r#"{"message":null}"#, json!({"message": ""})),
            (r#"{"mess\u0061ge":3}"#, json!({"message": "3"})),
            (r#""text""#, json!({"message": "text", "payload": "text"})),
            ("7", json!({"message": "7", "payload": 7})),
            ("null", json!({"message": "null", "payload": null})),
            ("[1]", json!({"message": "[1]", "payload": [1]})),
        ] {
            for messages in [false, true] {
                assert_eq!(written(payload, messages), expected, "{payload}");
            }
        }
    }

    #[test]
    fn no_member_of_a_message_comes_twice() {
        let sender = r#""sender":{"username":"ann"},"content":{"text":"Hi"},"conversation":{"id":"c"}"#;
        for own in [
            r#""message":{"n":1}"#,
            r#""message":null"#,
            r#""mess\u0061ge":"x""#,
            r#""message":1,"chat_id":2"#,
        ] {
            let mut out = Vec::new();
            write(format!("{{{own},{sender},\"n\":1}}").as_bytes(), true, &mut out);
            let text = String::from_utf8(out).expect("UTF-8");
            for name in [r#""message":"#, r#""chat_id":"#] {
                assert_eq!(text.matches(name).count(), 1, "{text}");
            }
            let written: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!((&written["message"], &written["chat_id"]), (&json!("Hi"), &json!("c")));
            assert_eq!((&written["n"], &written["sender"]["username"]), (&json!(1), &json!("ann")));
        }
        // What Puffer's names would say nothing of stays what it was.
        let kept = written(&format!(r#"{{"thread":"t1","assets":[1],{sender}}}"#), true);
        assert_eq!((&kept["thread"], &kept["assets"]), (&json!("t1"), &json!([1])));
    }

    #[test]
    fn a_message_has_puffers_names_beside_its_own() {
        let message = Message::new(
            "m",
            Sender::new("1").username("ann"),
            Conversation::new("c").thread("t"),
            "Hi \"you\"",
        )
        .attach(Attachment::path("/a"));
        let json = serde_json::to_string(&message).expect("JSON");
        let written = written(&json, true);
        assert_eq!(written["message"], "Hi \"you\"");
        assert_eq!(written["from"], "ann");
        assert_eq!(written["chat_id"], "c");
        assert_eq!(written["thread"], "t");
        assert_eq!(written["assets"], json!([{"path": "/a", "name": null, "mime_type": null, "size": null}]));
        let read: Message = serde_json::from_value(written).expect("it is still a message");
        assert_eq!(read, message);
    }
}
