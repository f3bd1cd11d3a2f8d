//! Rooms and what was said in them.

use connector_sdk::message::Message;
use connector_sdk::{Context, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::gap::Page;
use crate::sync::{Batch, Joined, SYNC};
use crate::{Matrix, event, refusal, sync};

/// A room that the user is in.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Room {
    /// Its id, by which messages are sent there.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// The address by which it is found, as `#room:example.org`.
    pub alias: Option<String>,
    /// How many are in it, this user included; none where the homeserver doesn't say.
    pub members: Option<u64>,
}

/// A part of what was said in a room.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Read {
    /// The messages, the oldest first.
    pub messages: Vec<Message>,
    /// Where those before them are; none: there are none.
    pub before: Option<String>,
}

#[derive(Serialize)]
struct Leaving<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl Room {
    fn new(id: String, found: &Joined) -> Self {
        let state = |kind: &str, key: &str| {
            let event = found.state.events.read.iter().find(|event| event.kind == kind)?;
            event.text(key).filter(|text| !text.is_empty())
        };
        let (name, alias) = (state("m.room.name", "name"), state("m.room.canonical_alias", "alias"));
        Self { id, name, alias, members: found.summary.members }
    }
}

impl Matrix {
    pub(crate) async fn rooms(&self, ctx: &Context) -> Result<Vec<Room>> {
        let request = self.http.get(SYNC).query("filter", sync::names()).query("timeout", 0);
        // To look who is there is not to be there.
        let request = request.query("set_presence", "offline").within(ctx);
        let batch: Batch = request.send().await?.json().await?;
        Ok(batch.rooms.join.into_iter().map(|(id, found)| Room::new(id, &found)).collect())
    }

    /// Leaves a room (<https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3roomsroomidleave>).
    pub(crate) async fn leave(&self, ctx: &Context, room: &str, reason: Option<&str>) -> Result<()> {
        let request = self.http.post("/_matrix/client/v3/rooms/{room}/leave").path("room", room);
        let request = request.json(&Leaving { reason }).within(ctx);
        request.send().await.map_err(|error| refusal::in_room(error, room)).map(drop)
    }

    /// The last messages before a place, of whoever.
    pub(crate) async fn read(
        &self,
        ctx: &Context,
        room: &str,
        limit: usize,
        mut before: Option<String>,
    ) -> Result<Read> {
        let filter = serde_json::json!({ "types": event::TYPES });
        let mut messages = Vec::new();
        loop {
            let left = u32::try_from(limit - messages.len()).unwrap_or(u32::MAX).min(100);
            let request = self.said_in(room, true, left).query_if("from", before.as_deref());
            let answer = request.query("filter", &filter).within(ctx).send().await;
            let page: Page = answer.map_err(|error| refusal::in_room(error, room))?.json().await?;
            let end = page.end.clone().filter(|end| before.as_ref() != Some(end));
            messages.extend(page.into_messages(ctx, room));
            before = end;
            if before.is_none() || messages.len() >= limit {
                break;
            }
        }
        messages.reverse();
        Ok(Read { messages, before })
    }
}
