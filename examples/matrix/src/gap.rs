//! What `/sync` left out of a room, by `/messages` (client-server API, section "Syncing": "limited").

use std::collections::BTreeSet;

use connector_sdk::http::Request;
use connector_sdk::message::Message;
use connector_sdk::{Context, Level, Result};
use serde::Deserialize;

use crate::event::RoomEvents;
use crate::tell::Teller;
use crate::{Matrix, refusal, sync};

/// How many events are asked for at once.
const PAGE: u32 = 100;

/// Events of a room, in the order that was asked for.
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
    /// A request for what was said in a room: the newest first, or the oldest.
    pub(crate) fn said_in(&self, room: &str, newest_first: bool, limit: u32) -> Request {
        let request = self.http.get("/_matrix/client/v3/rooms/{room}/messages").path("room", room);
        request.query("dir", if newest_first { "b" } else { "f" }).query("limit", limit)
    }

    /// Tells what others said in a room after a place of `/sync` and up to another, or until now, a page at a time.
    /// Whether it could be read: of a room that this user is kept out of, it can't.
    pub(crate) async fn tell_between(
        &self,
        ctx: &Context,
        room: &str,
        after: &str,
        until: Option<&str>,
        teller: &mut Teller<'_>,
    ) -> Result<bool> {
        let filter = sync::said_by_others(self.me().await?);
        let mut seen = BTreeSet::new();
        let mut from = after.to_owned();
        loop {
            ctx.check()?;
            let request = self.said_in(room, false, PAGE).query("from", &from).query_if("to", until);
            let page: Page = match request.query("filter", &filter).send().await {
                Ok(answer) => answer.json().await?,
                // Only of this room, and for good: the others go on. What may pass is tried again by the next run, as
                // it would be lost otherwise.
                Err(error) if refusal::is_for_good(&error) => {
                    let error = error.message();
                    ctx.log(
                        Level::Warn,
                        format!("what was said meanwhile in `{room}` can't be read: {error}"),
                    );
                    return Ok(false);
                }
                Err(error) => return Err(error),
            };
            let end = page.end.clone();
            for message in page.into_messages(ctx, room) {
                teller.tell(message).await?;
            }
            // Synapse names an end that is its beginning: https://github.com/matrix-org/synapse/issues/12102
            seen.insert(from);
            match end {
                Some(end) if !seen.contains(&end) => from = end,
                _ => return Ok(true),
            }
        }
    }
}
