//! Events that this user makes (client-server API, section "Sending events to a room").

use std::time::{SystemTime, UNIX_EPOCH};

use connector_sdk::message::{OutgoingMessage, Receipt};
use connector_sdk::{Context, Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Matrix, refusal};

/// What was made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Sent {
    /// Its id.
    pub event_id: String,
}

#[derive(Serialize)]
struct Text<'a> {
    msgtype: &'static str,
    body: &'a str,
    #[serde(rename = "m.relates_to", skip_serializing_if = "Option::is_none")]
    relates_to: Option<Relation<'a>>,
}

#[derive(Serialize)]
struct Reaction<'a> {
    #[serde(rename = "m.relates_to")]
    relates_to: Relation<'a>,
}

#[derive(Serialize)]
struct Relation<'a> {
    rel_type: &'static str,
    event_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

/// The name of a call, for the homeserver to tell a repetition by: the caller's own, or one that no other has.
pub(crate) fn transaction(ctx: &Context) -> String {
    match ctx.idempotency_key() {
        Some(key) => key.to_owned(),
        None => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            format!("{}.{}", now.as_nanos(), std::process::id())
        }
    }
}

impl Matrix {
    /// Delivers a message of a host.
    pub(crate) async fn say(&self, ctx: &Context, message: &OutgoingMessage) -> Result<Receipt> {
        Ok(Receipt::new(self.put_message(ctx, message).await?.event_id))
    }

    pub(crate) async fn put_message(&self, ctx: &Context, message: &OutgoingMessage) -> Result<Sent> {
        if !message.attachments.is_empty() {
            return Err(Error::usage("this connector sends text alone; leave the attachments out"));
        }
        let thread = message.thread_id.as_deref();
        let content = Text {
            msgtype: "m.text",
            body: &message.text,
            relates_to: thread.map(|root| Relation { rel_type: "m.thread", event_id: root, key: None }),
        };
        self.put(ctx, &message.conversation_id, "m.room.message", &message.id, &content).await
    }

    pub(crate) async fn put_reaction(
        &self,
        ctx: &Context,
        room: &str,
        message: &str,
        sign: &str,
    ) -> Result<Sent> {
        let relates_to = Relation { rel_type: "m.annotation", event_id: message, key: Some(sign) };
        self.put(ctx, room, "m.reaction", &transaction(ctx), &Reaction { relates_to }).await
    }

    /// A transaction id is known to the homeserver for the device of the token, so whoever repeats it gets the event
    /// that was made the first time, also from another process (section "Transaction identifiers").
    async fn put(
        &self,
        ctx: &Context,
        room: &str,
        kind: &str,
        transaction: &str,
        content: &impl Serialize,
    ) -> Result<Sent> {
        let path = "/_matrix/client/v3/rooms/{room}/send/{type}/{transaction}";
        let request = self.http.put(path).path("room", room).path("type", kind);
        // Whatever the id is, this is a part of a path.
        let request = request.path("transaction", format!("id-{transaction}")).json(content).within(ctx);
        let answer = request.send().await.map_err(|error| refusal::in_room(error, room))?;
        answer.json().await
    }
}
