//! Events: one long poll after another.

use std::collections::BTreeMap;
use std::time::Duration;

use connector_sdk::http::Retry;
use connector_sdk::prelude::*;
use serde::de::IgnoredAny;

use crate::sync::{Batch, SYNC, Timeline};
use crate::tell::Teller;
use crate::{Matrix, refusal, sync};

/// How long the homeserver waits for something to happen.
const POLL: Duration = Duration::from_secs(30);

/// How long it may take to answer after that.
const ANSWER: Duration = Duration::from_secs(30);

/// How long it may take to join a room, for which homeservers ask others.
const JOIN: Duration = Duration::from_secs(120);

impl Matrix {
    /// Tells what is said after a cursor, which is a `next_batch` of `/sync`; without one, what is said from now on.
    pub(crate) async fn follow(
        &self,
        ctx: &Context,
        mut since: Option<String>,
        out: &mut Events<Message>,
    ) -> Result<()> {
        let stop = ctx.cancellation();
        let filter = sync::messages(self.me().await?).to_string();
        // The first answer comes at once, so that it is soon known that all is well.
        let mut poll = Duration::ZERO;
        loop {
            let batch = self.batch(since.as_deref(), &filter, poll);
            let Some(batch) = stop.run_until_cancelled(batch).await else { return Ok(()) };
            let batch = batch?;
            let joined = if self.join { self.join_all(ctx, &batch.rooms.invite).await? } else { Vec::new() };
            let next = batch.next_batch.clone();
            match &since {
                Some(since) => self.tell(ctx, batch, &joined, since, out).await?,
                None => out.checkpoint(&next)?,
            }
            since = Some(next);
            poll = POLL;
        }
    }

    /// A failure is the subscription's affair, which knows how long to wait, so nothing is tried again here.
    async fn batch(&self, since: Option<&str>, filter: &str, poll: Duration) -> Result<Batch> {
        let request = self.http.get(SYNC).query("filter", filter).query("timeout", poll.as_millis());
        let request = request.query_if("since", since).timeout(poll + ANSWER).retry(Retry::never());
        let answer = request.send().await.map_err(|error| refusal::of_cursor(error, since))?;
        answer.json().await
    }

    /// Joins the rooms of invitations, and says which.
    async fn join_all(
        &self,
        ctx: &Context,
        invitations: &BTreeMap<String, IgnoredAny>,
    ) -> Result<Vec<String>> {
        let mut joined = Vec::new();
        for room in invitations.keys() {
            let request = self.http.post("/_matrix/client/v3/rooms/{room}/join").path("room", room);
            let request = request.json(&BTreeMap::<(), ()>::new()).timeout(JOIN).retry(Retry::never());
            match request.send().await {
                Ok(_) => joined.push(room.clone()),
                // A room that nobody is left in, that this user is kept out of, or whose own homeserver is gone for good.
                // All others would wait for it.
                Err(error) if refusal::status(&error).is_some_and(|status| !matches!(status, 401 | 429)) => {
                    ctx.log(Level::Warn, format!("the room `{room}` can't be joined: {}", error.message()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(joined)
    }

    /// Tells what a batch has.
    async fn tell(
        &self,
        ctx: &Context,
        batch: Batch,
        joined: &[String],
        since: &str,
        out: &mut Events<Message>,
    ) -> Result<()> {
        let next = batch.next_batch;
        let mut teller = Teller::new(since, out);
        for (room, news) in batch.rooms.join.into_iter().chain(batch.rooms.leave) {
            let Timeline { events, limited } = news.timeline;
            // The gap's end is that of the batch, so these are among what it has.
            if limited && self.tell_between(ctx, &room, since, Some(&next), &mut teller).await? {
                continue;
            }
            for message in events.into_messages(ctx, &room) {
                teller.tell(message).await?;
            }
        }
        // What was said to a user who was invited and hadn't joined. The next batch has what comes after it is
        // joined, and may have some of this once more, under the same ids.
        for room in joined {
            self.tell_between(ctx, room, since, None, &mut teller).await?;
        }
        teller.end(&next).await
    }
}
