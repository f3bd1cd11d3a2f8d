//! Messages that people write to each other: what chat and mail connectors tell and deliver.
//!
//! A connector whose `#[events]` have a [`Message`] as payload and that has a `#[send]` method is a
//! messaging connector: a host can let an agent talk to people through it and needs to know nothing of
//! the platform behind it.
//!
//! ```
//! use connector_sdk::message::{Attachment, Message, OutgoingMessage, Sender};
//!
//! let message = Message::new("$event1", Sender::new("@ann:example.org"), "!room", "Lunch?");
//! let reply = OutgoingMessage::reply_to(&message, "Yes!").attach(Attachment::path("menu.pdf").size(1024));
//! assert_eq!(reply.conversation_id, "!room");
//! ```

mod attachment;
mod time;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use attachment::Attachment;
pub use time::timestamp;

/// A message that somebody wrote.
///
/// The keys are those of seed-agent's messages (its contract, 2.2), whose nested objects take no others:
/// whatever else a platform knows of a message belongs into `metadata`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Message {
    /// What it came through. A host fills in what is empty.
    #[serde(default)]
    pub connector: Origin,
    /// Who wrote it.
    pub sender: Sender,
    /// What it says.
    pub content: Content,
    /// Where it was written.
    pub conversation: Conversation,
    /// The platform's own id of the message, the same whenever it is told.
    pub id: String,
    /// When it was written, RFC 3339 in UTC, see [`timestamp`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub timestamp: String,
    /// Whatever else the platform tells.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

/// What a message came through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Origin {
    /// The connector's id: `matrix`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The connection's name: `work`.
    #[serde(default)]
    pub instance: String,
}

/// Who wrote a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Sender {
    /// The platform's id of them.
    pub id: String,
    /// The name that they go by on the platform; the id, where they have no other.
    pub username: String,
    /// Their name to people.
    #[serde(default)]
    pub display_name: String,
}

/// What a message says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Content {
    /// Its text, empty where it has none.
    pub text: String,
    /// What kind of message it is.
    #[serde(default)]
    pub media_type: MediaType,
    /// The files that came with it.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
}

/// What kind of message it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MediaType {
    /// A text, maybe with files.
    #[default]
    Text,
    /// A picture.
    Image,
    /// Any other file.
    File,
    /// A sign under another message.
    Reaction,
}

/// Where a message was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Conversation {
    /// The platform's id of it.
    pub id: String,
    /// Who takes part.
    #[serde(rename = "type", default)]
    pub kind: ConversationKind,
    /// Its name to people.
    #[serde(default)]
    pub name: String,
    /// The platform's id of the thread inside it.
    #[serde(default)]
    pub thread_id: Option<String>,
}

/// Who takes part in a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConversationKind {
    /// Whoever joins.
    #[default]
    Channel,
    /// Two.
    Dm,
    /// A few that were chosen.
    Group,
    /// Those of a thread.
    Thread,
}

impl Message {
    /// A text that somebody wrote.
    pub fn new(
        id: impl Into<String>,
        sender: Sender,
        conversation: impl Into<Conversation>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            connector: Origin::default(),
            sender,
            content: Content { text: text.into(), ..Content::default() },
            conversation: conversation.into(),
            id: id.into(),
            timestamp: String::new(),
            metadata: Map::new(),
        }
    }

    /// When it was written.
    #[must_use]
    pub fn at(mut self, time: std::time::SystemTime) -> Self {
        self.timestamp = timestamp(time);
        self
    }

    /// With a file.
    #[must_use]
    pub fn attach(mut self, attachment: Attachment) -> Self {
        self.content.attachments.push(attachment);
        self
    }

    /// Of another kind than text.
    #[must_use]
    pub fn media_type(mut self, kind: MediaType) -> Self {
        self.content.media_type = kind;
        self
    }

    /// With something else that the platform tells.
    #[must_use]
    pub fn with_metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }
}

impl Sender {
    /// Somebody of whom only the id is known.
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        Self { username: id.clone(), id, display_name: String::new() }
    }

    /// With the name that they go by on the platform.
    #[must_use]
    pub fn username(mut self, name: impl Into<String>) -> Self {
        self.username = name.into();
        self
    }

    /// With their name to people.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = name.into();
        self
    }
}

impl Conversation {
    /// A channel of which only the id is known.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// With who takes part.
    #[must_use]
    pub fn kind(mut self, kind: ConversationKind) -> Self {
        self.kind = kind;
        self
    }

    /// With its name to people.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// With the thread inside it.
    #[must_use]
    pub fn thread(mut self, id: impl Into<String>) -> Self {
        self.thread_id = Some(id.into());
        self
    }
}

impl<T: Into<String>> From<T> for Conversation {
    fn from(id: T) -> Self {
        Self::new(id)
    }
}

/// A message to deliver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct OutgoingMessage {
    /// The host's own id of it. One that was delivered already is not delivered once more, where the
    /// platform can tell by such an id.
    pub id: String,
    /// The platform's id of the conversation that it belongs to.
    pub conversation_id: String,
    /// Its text.
    pub text: String,
    /// The platform's id of the thread inside the conversation.
    #[serde(default)]
    pub thread_id: Option<String>,
    /// The files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Whatever else the platform understands, such as a mail's `subject`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

impl OutgoingMessage {
    /// A text to a conversation.
    pub fn new(id: impl Into<String>, conversation_id: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            conversation_id: conversation_id.into(),
            text: text.into(),
            thread_id: None,
            attachments: Vec::new(),
            metadata: Map::new(),
        }
    }

    /// An answer, where the question was asked. Its id follows from the question's: one answer each.
    pub fn reply_to(message: &Message, text: impl Into<String>) -> Self {
        let id = format!("re:{}", message.id);
        let mut reply = Self::new(id, &message.conversation.id, text);
        reply.thread_id.clone_from(&message.conversation.thread_id);
        reply
    }

    /// To a thread inside the conversation.
    #[must_use]
    pub fn thread(mut self, id: impl Into<String>) -> Self {
        self.thread_id = Some(id.into());
        self
    }

    /// With a file.
    #[must_use]
    pub fn attach(mut self, attachment: Attachment) -> Self {
        self.attachments.push(attachment);
        self
    }

    /// With something else that the platform understands.
    #[must_use]
    pub fn with_metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }
}

/// That a message was delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Receipt {
    /// The platform's own id of the message, where it tells one.
    pub id: Option<String>,
}

impl Receipt {
    /// The platform calls the message so.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()) }
    }
}

impl From<()> for Receipt {
    /// The platform told no id.
    fn from((): ()) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_has_the_keys_that_hosts_take_and_no_others() {
        let message =
            Message::new("m1", Sender::new("U1").username("ann"), Conversation::new("C1").thread("t"), "hi")
                .at(std::time::UNIX_EPOCH)
                .attach(Attachment::url("https://example.org/a.png").mime_type("image/png"));
        let expected = json!({
            "connector": {"type": "", "instance": ""},
            "sender": {"id": "U1", "username": "ann", "display_name": ""},
            "content": {
                "text": "hi",
                "media_type": "text",
                "attachments": [
                    {"url": "https://example.org/a.png", "name": null, "mime_type": "image/png", "size": null}
                ],
            },
            "conversation": {"id": "C1", "type": "channel", "name": "", "thread_id": "t"},
            "id": "m1",
            "timestamp": "1970-01-01T00:00:00.000000+00:00",
        });
        let written = serde_json::to_value(&message).expect("JSON");
        assert_eq!(written, expected);
        assert_eq!(serde_json::from_value::<Message>(written).expect("read"), message);
    }

    #[test]
    fn little_is_needed_of_a_message() {
        let read: Message = serde_json::from_value(json!({
            "sender": {"id": "1", "username": "u"}, "content": {"text": "t"}, "conversation": {"id": "c"}, "id": "i"
        }))
        .expect("read");
        assert_eq!(read, Message::new("i", Sender::new("1").username("u"), "c", "t"));
        let outgoing: OutgoingMessage =
            serde_json::from_value(json!({"id": "1", "conversation_id": "c", "text": "t"})).expect("read");
        assert_eq!(outgoing, OutgoingMessage::new("1", "c", "t"));
    }

    #[test]
    fn an_answer_goes_where_the_question_was() {
        let question = Message::new("q", Sender::new("u"), Conversation::new("c").thread("t"), "?");
        let answer = OutgoingMessage::reply_to(&question, "!");
        assert_eq!(answer, OutgoingMessage::new("re:q", "c", "!").thread("t"));
    }
}
