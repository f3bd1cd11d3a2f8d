//! Events of rooms as messages (client-server API, section "Instant Messaging").

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use connector_sdk::message::{Attachment, Conversation, MediaType, Message, Sender};
use connector_sdk::{Context, Level};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

const MESSAGE: &str = "m.room.message";
const REACTION: &str = "m.reaction";

/// What becomes a message.
pub(crate) const TYPES: [&str; 2] = [MESSAGE, REACTION];

#[derive(Deserialize)]
pub(crate) struct RoomEvent {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    event_id: String,
    #[serde(default)]
    sender: String,
    /// In milliseconds. Rooms of the first versions take any number from another homeserver.
    #[serde(default, deserialize_with = "milliseconds")]
    origin_server_ts: u64,
    /// Whatever the sender's program wrote: homeservers don't look at it, and what is malformed must not end the
    /// stream.
    content: Option<Box<RawValue>>,
}

/// The events of an answer that can be read. Strangers write them, and one that can't be, such as one that nests
/// deeper than a parser goes, is no reason to have none of the others.
#[derive(Default)]
pub(crate) struct RoomEvents {
    pub(crate) read: Vec<RoomEvent>,
    /// How many were left out.
    left_out: usize,
}

impl<'de> Deserialize<'de> for RoomEvents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // To find where a value ends, unlike to read it, takes no stack, however deep it is.
        let events = Vec::<Box<RawValue>>::deserialize(deserializer)?;
        let mut read = Vec::with_capacity(events.len());
        read.extend(events.iter().filter_map(|event| RoomEvent::read(event)));
        Ok(Self { left_out: events.len() - read.len(), read })
    }
}

impl RoomEvents {
    /// What they say. One line of the log is for all that can't be read, so that nobody fills it.
    pub(crate) fn into_messages(self, ctx: &Context, room: &str) -> impl Iterator<Item = Message> {
        if self.left_out > 0 {
            let count = self.left_out;
            ctx.log(
                Level::Warn,
                format!("{count} events of the room `{room}` can't be read and are left out"),
            );
        }
        self.read.into_iter().filter_map(move |event| event.into_message(room))
    }
}

#[derive(Deserialize)]
struct Content {
    body: String,
    // Where one of these is malformed, the text is told all the same.
    #[serde(default, deserialize_with = "if_possible")]
    msgtype: String,
    #[serde(default, deserialize_with = "if_possible")]
    url: Option<String>,
    #[serde(default, deserialize_with = "if_possible")]
    filename: Option<String>,
    #[serde(default, deserialize_with = "if_possible")]
    info: Info,
    #[serde(rename = "m.relates_to", default, deserialize_with = "if_possible")]
    relates_to: Relation,
    #[serde(rename = "m.new_content", default, deserialize_with = "if_possible")]
    new_content: Option<NewContent>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Info {
    #[serde(deserialize_with = "if_possible")]
    mimetype: Option<String>,
    #[serde(deserialize_with = "if_possible")]
    size: Option<u64>,
}

/// What is malformed is as good as not there.
fn if_possible<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(serde_json::from_str(Box::<RawValue>::deserialize(deserializer)?.get()).unwrap_or_default())
}

/// A time that is none, or before 1970, is its beginning.
fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).unwrap_or_else(|_| {
        let time: f64 = serde_json::from_str(raw.get()).unwrap_or_default();
        u64::try_from(Duration::try_from_secs_f64(time / 1000.0).unwrap_or_default().as_millis())
            .unwrap_or_default()
    }))
}

#[derive(Deserialize)]
struct NewContent {
    body: String,
}

#[derive(Deserialize)]
struct Reaction {
    #[serde(rename = "m.relates_to")]
    relates_to: Relation,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Relation {
    rel_type: String,
    event_id: Option<String>,
    key: Option<String>,
    #[serde(rename = "m.in_reply_to")]
    in_reply_to: Option<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    event_id: String,
}

impl RoomEvent {
    /// None where it can't be read. Without an id it can't be told: nobody could tell it from another.
    fn read(event: &RawValue) -> Option<Self> {
        serde_json::from_str(event.get()).ok().filter(|event: &Self| !event.event_id.is_empty())
    }

    /// What the sender's program wrote, where it is of the shape that its kind of event has.
    fn content<T: DeserializeOwned>(content: Option<&RawValue>) -> Option<T> {
        serde_json::from_str(content?.get()).ok()
    }

    /// A text that the event says under a name, such as what a room is called.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let content: BTreeMap<String, Box<RawValue>> = Self::content(self.content.as_deref())?;
        serde_json::from_str(content.get(name)?.get()).ok()
    }

    /// The message that it is; none for what says nothing, such as one that was taken back.
    pub(crate) fn into_message(self, room: &str) -> Option<Message> {
        let at = UNIX_EPOCH.checked_add(Duration::from_millis(self.origin_server_ts)).unwrap_or(UNIX_EPOCH);
        let name = self.sender.trim_start_matches('@').split(':').next().unwrap_or_default().to_owned();
        let sender = Sender::new(self.sender).username(name);
        let message = |conversation: Conversation, text: String| {
            Message::new(self.event_id, sender, conversation, text).at(at)
        };
        match self.kind.as_str() {
            MESSAGE => Some(said(Self::content(self.content.as_deref())?, room, message)),
            REACTION => {
                let Relation { event_id, key, .. } =
                    Self::content::<Reaction>(self.content.as_deref())?.relates_to;
                let message = message(Conversation::new(room), key?).media_type(MediaType::Reaction);
                Some(message.with_metadata("reacts_to", event_id?))
            }
            _ => None,
        }
    }
}

fn said(content: Content, room: &str, message: impl FnOnce(Conversation, String) -> Message) -> Message {
    let Relation { rel_type, event_id, in_reply_to, .. } = content.relates_to;
    let mut conversation = Conversation::new(room);
    let mut replaces = None;
    match (rel_type.as_str(), event_id) {
        ("m.thread", Some(root)) => conversation = conversation.thread(root),
        ("m.replace", Some(old)) => replaces = Some(old),
        _ => {}
    }
    // The text of an edit is for programs that know of none.
    let text = content.new_content.filter(|_| replaces.is_some()).map_or(content.body, |new| new.body);
    let mut message = message(conversation, text.clone()).with_metadata("msgtype", content.msgtype.clone());
    if let Some(replaces) = replaces {
        message = message.with_metadata("replaces", replaces);
    }
    if let Some(reply) = in_reply_to {
        message = message.with_metadata("reply_to", reply.event_id);
    }
    let Some(url) = content.url else { return message };
    let mut file = Attachment::url(url).name(content.filename.unwrap_or(text));
    file.mime_type = content.info.mimetype;
    file.size = content.info.size;
    let kind = if content.msgtype == "m.image" { MediaType::Image } else { MediaType::File };
    message.media_type(kind).attach(file)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn message(kind: &str, content: Value) -> Option<Message> {
        let event = json!({"type": kind, "event_id": "$1", "sender": "@ann:a.test:8448", "content": content});
        serde_json::from_value::<RoomEvent>(event).expect("an event").into_message("!r")
    }

    fn texts(events: &str) -> (Vec<String>, usize) {
        let events: RoomEvents = serde_json::from_str(events).expect("events");
        let left_out = events.left_out;
        let ctx = Context::new();
        let told = events.into_messages(&ctx, "!r").map(|message| message.content.text);
        (told.collect(), left_out)
    }

    #[test]
    fn one_that_nests_deep_hides_no_other() {
        let deep = format!("{}{}", "[".repeat(130), "]".repeat(130));
        let event = |id: &str, content: &str, more: &str| {
            format!(r#"{{"type": "{MESSAGE}", "event_id": "{id}", "content": {content}{more}}}"#)
        };
        let events = [
            event("$1", &deep, ""),
            event(
                "$2",
                &format!(r#"{{"body": "a", "x": {deep}, "info": {deep}, "m.relates_to": {deep}}}"#),
                "",
            ),
            event("$3", r#"{"body": "b"}"#, &format!(r#", "unsigned": {{"x": {deep}}}"#)),
            event("$4", r#"{"body": "c"}"#, &format!(r#", "sender": {deep}"#)),
            event("$5", r#"{"body": "\ud800"}"#, ""),
            event("", r#"{"body": "d"}"#, ""),
            deep.clone(),
            event("$6", r#"{"body": "e", "info": {"size": 1e999}}"#, ""),
        ];
        assert_eq!(
            texts(&format!("[{}]", events.join(","))),
            (vec!["a".to_owned(), "b".to_owned(), "e".to_owned()], 3)
        );
    }

    #[test]
    fn a_time_that_is_none_hides_nothing() {
        let deep = format!("{}{}", "[".repeat(130), "]".repeat(130));
        for (at, expected) in [
            ("-1", "1970-01-01T00:00:00"),
            ("1.5", "1970-01-01T00:00:00.001"),
            ("1.77e12", "2026-02-02T02:40:00"),
            ("1e300", "1970-01-01T00:00:00"),
            ("1e999", "1970-01-01T00:00:00"),
            ("null", "1970-01-01T00:00:00"),
            (r#""now""#, "1970-01-01T00:00:00"),
            (&deep, "1970-01-01T00:00:00"),
        ] {
            let event = format!(
                r#"[{{"type": "{MESSAGE}", "event_id": "$1", "origin_server_ts": {at}, "content": {{"body": "hi"}}}}]"#
            );
            let events: RoomEvents = serde_json::from_str(&event).expect("events");
            let told = events.into_messages(&Context::new(), "!r").next().expect("a message");
            assert!(told.timestamp.starts_with(expected), "{at}: {}", told.timestamp);
        }
    }

    #[test]
    fn what_is_malformed_is_left_out_and_the_rest_is_told() {
        let content = json!({
            "msgtype": 1, "body": "hi", "url": {}, "filename": 2, "info": "x", "m.relates_to": [], "m.new_content": 3,
        });
        let told = message(MESSAGE, content).expect("a message");
        assert_eq!((&*told.content.text, &*told.sender.username), ("hi", "ann"));
        assert_eq!((told.content.attachments.len(), told.conversation.thread_id), (0, None));
        let image = json!({"msgtype": "m.image", "body": "a.png", "url": "mxc://a/b", "info": {"size": -1, "mimetype": "image/png"}});
        let file = message(MESSAGE, image).expect("a message").content.attachments.remove(0);
        assert_eq!(
            (file.size, file.mime_type.as_deref(), file.name.as_deref()),
            (None, Some("image/png"), Some("a.png"))
        );
        // Taken back, without a text, or of another kind.
        for content in [json!({}), json!({"body": 5}), json!(null), json!([])] {
            assert_eq!(message(MESSAGE, content.clone()), None, "{content}");
            assert_eq!(message(REACTION, content), None);
        }
        assert_eq!(message("m.room.topic", json!({"body": "hi"})), None);
    }

    #[test]
    fn no_time_is_too_late() {
        for at in [0, 1_770_000_000_000, u64::MAX] {
            let event =
                json!({"type": MESSAGE, "event_id": "$1", "origin_server_ts": at, "content": {"body": "hi"}});
            let event: RoomEvent = serde_json::from_value(event).expect("an event");
            assert!(
                event.into_message("!r").is_some_and(|message| message.timestamp.ends_with("+00:00")),
                "{at}"
            );
        }
    }
}
