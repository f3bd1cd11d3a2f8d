//! Events of rooms as messages (client-server API, section "Instant Messaging").

use std::time::{Duration, UNIX_EPOCH};

use connector_sdk::message::{Attachment, Conversation, MediaType, Message, Sender};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

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
    #[serde(default)]
    origin_server_ts: u64,
    /// Whatever the sender's program wrote: homeservers don't look at it, and what is malformed must not end the
    /// stream.
    #[serde(default)]
    pub(crate) content: Value,
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
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
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
    /// The message that it is; none for what says nothing, such as one that was taken back.
    pub(crate) fn into_message(self, room: &str) -> Option<Message> {
        let at = UNIX_EPOCH.checked_add(Duration::from_millis(self.origin_server_ts)).unwrap_or(UNIX_EPOCH);
        let name = self.sender.trim_start_matches('@').split(':').next().unwrap_or_default().to_owned();
        let sender = Sender::new(self.sender).username(name);
        let message = |conversation: Conversation, text: String| {
            Message::new(self.event_id, sender, conversation, text).at(at)
        };
        match self.kind.as_str() {
            MESSAGE => Some(said(serde_json::from_value(self.content).ok()?, room, message)),
            REACTION => {
                let Relation { event_id, key, .. } =
                    serde_json::from_value::<Reaction>(self.content).ok()?.relates_to;
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
    use serde_json::json;

    use super::*;

    fn message(kind: &str, content: Value) -> Option<Message> {
        let event = json!({"type": kind, "event_id": "$1", "sender": "@ann:a.test:8448", "content": content});
        serde_json::from_value::<RoomEvent>(event).expect("an event").into_message("!r")
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
