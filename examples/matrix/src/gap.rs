//! What `/sync` left out of a room, by `/messages` (client-server API, section "Syncing": "limited").

use connector_sdk::http::Request;
use connector_sdk::message::Message;
use connector_sdk::{Context, Level, Result};
use serde::Deserialize;

use crate::event::RoomEvents;
use crate::{Matrix, refusal, sync};

/// How many events are asked for at once.
const PAGE: u32 = 100;

/// Events of a room, the newest first.
#[derive(Deserialize)]
pub(crate) struct Page {
    chunk: RoomEvents,
    /// Where the next page begins; none: there is none.
    pub(crate) end: Option<String>,
}

impl Page {
    pub(crate) fn into_messages(self, ctx: &Context, room: &str) -> impl Iterator<Item = Message> {
        self.chunk.into_messages(ctx, room)
    }
}

impl Matrix {
    /// A request for what was said in a room before some place.
    pub(crate) fn backwards(&self, room: &str, limit: u32) -> Request {
        let request = self.http.get("/_matrix/client/v3/rooms/{room}/messages").path("room", room);
        request.query("dir", "b").query("limit", limit)
    }

    /// What others said in a room after a place of `/sync` and up to another, or until now, in its order. None where
    /// the room can't be read any more.
    pub(crate) async fn between(
        &self,
        ctx: &Context,
        room: &str,
        after: &str,
        until: Option<&str>,
    ) -> Result<Option<Vec<Message>>> {
        let filter = sync::said_by_others(self.me().await?);
        let mut found = Vec::new();
        let mut from = until.map(str::to_owned);
        loop {
            let request = self.backwards(room, PAGE).query_if("from", from.as_deref()).query("to", after);
            let page: Page = match request.query("filter", &filter).send().await {
                Ok(answer) => answer.json().await?,
                // Only of this room, and the others go on.
                Err(error) if matches!(refusal::status(&error), Some(403 | 404)) => {
                    let error = error.message();
                    ctx.log(
                        Level::Warn,
                        format!("what was said meanwhile in `{room}` can't be read: {error}"),
                    );
                    return Ok(None);
                }
                Err(error) => return Err(error),
            };
            let end = page.end.clone();
            found.extend(page.into_messages(ctx, room));
            if end.is_none() || end == from {
                break;
            }
            from = end;
        }
        found.reverse();
        Ok(Some(found))
    }
}
