//! Events: one long poll after another.

use std::time::Duration;

use connector_sdk::http::Retry;
use connector_sdk::prelude::*;

use crate::join::Invitations;
use crate::sync::{Batch, SYNC, TIMELINE, Timeline};
use crate::tell::Teller;
use crate::{Matrix, refusal, sync};

/// How long the homeserver waits for something to happen.
const POLL: Duration = Duration::from_secs(30);

/// How long it may take to answer after that.
const ANSWER: Duration = Duration::from_secs(30);

impl Matrix {
    /// Tells what is said after a cursor, which is a `next_batch` of `/sync`; without one, what is said from now on.
    pub(crate) async fn follow(
        &self,
        ctx: &Context,
        mut since: Option<String>,
        out: &mut Events<Message>,
    ) -> Result<()> {
        let stop = ctx.cancellation();
        let me = self.me().await?;
        let mut limit = TIMELINE;
        let mut invitations = Invitations::new();
        // Where another run would begin: before `since` as long as invitations wait.
        let mut cursor = since.clone().unwrap_or_default();
        // The first answer comes at once, so that it is soon known that all is well.
        let mut poll = Duration::ZERO;
        loop {
            let batch = {
                let mut polling = std::pin::pin!(self.batch(since.as_deref(), me, &mut limit, poll));
                loop {
                    let (room, joined) = tokio::select! {
                        () = stop.cancelled() => return Ok(()),
                        batch = &mut polling => break Some(batch?),
                        Some(done) = invitations.next() => done,
                    };
                    let invited = invitations.remove(&room).filter(|_| joined);
                    let after = invitations.held().or(since.as_deref()).unwrap_or_default().to_owned();
                    let mut teller = Teller::new(&cursor, out);
                    // What was said to a user who was invited and hadn't joined. Batches have what comes after that,
                    // and may have some of this once more, under the same ids.
                    if let Some(invited) = &invited {
                        self.tell_between(ctx, &room, invited, None, &mut teller).await?;
                    }
                    teller.end(&after).await?;
                    cursor = after;
                    // That may have taken longer than a poll lasts.
                    if invited.is_some() {
                        break None;
                    }
                }
            };
            let Some(batch) = batch else { continue };
            let next = batch.next_batch.clone();
            let invited = batch.rooms.invite.keys().filter(|_| self.join);
            for room in invited {
                invitations.follow(&self.http, ctx, room.clone(), since.as_deref().unwrap_or(&next));
            }
            let told = invitations.held().unwrap_or(&next).to_owned();
            match since {
                Some(since) => {
                    let mut teller = Teller::new(&cursor, out);
                    self.tell(ctx, batch, &since, &mut teller).await?;
                    teller.end(&told).await?;
                }
                None => out.checkpoint(&told)?,
            }
            (cursor, since) = (told, Some(next));
            limit = limit.saturating_mul(2).min(TIMELINE);
            poll = POLL;
        }
    }

    /// The next batch. A failure is the subscription's affair, which knows how long to wait, so nothing is tried again
    /// here, but for what would fail again: an answer that is larger than the client takes. An event may have 64 KiB, and
    /// strangers write them. With fewer of each room it has room, and the others are in gaps, which are read by pages.
    async fn batch(&self, since: Option<&str>, me: &str, limit: &mut u32, poll: Duration) -> Result<Batch> {
        loop {
            let filter = sync::messages(me, *limit);
            let request = self.http.get(SYNC).query("filter", filter).query("timeout", poll.as_millis());
            let request = request.query_if("since", since).timeout(poll + ANSWER).retry(Retry::never());
            let answer = request.send().await.map_err(|error| refusal::of_cursor(error, since))?;
            match answer.bytes().await {
                Ok(body) => return serde_json::from_slice(&body).map_err(sync::unreadable),
                Err(error) if error.kind() == ErrorKind::Upstream && *limit > 1 => *limit /= 2,
                Err(error) => return Err(error),
            }
        }
    }

    /// Tells what a batch has.
    async fn tell(&self, ctx: &Context, batch: Batch, since: &str, teller: &mut Teller<'_>) -> Result<()> {
        let next = batch.next_batch;
        for (room, news) in batch.rooms.join {
            // The gap's end is that of the batch, so the timeline is among what it has.
            if news.timeline.limited && self.tell_between(ctx, &room, since, Some(&next), teller).await? {
                continue;
            }
            for message in news.timeline.events.into_messages(ctx, &room) {
                teller.tell(message).await?;
            }
        }
        for (room, news) in batch.rooms.leave {
            let Timeline { events, limited, prev_batch } = news.timeline;
            // A homeserver may answer what was said after this user left. The timeline has none of it, so the gap
            // ends where that begins.
            if limited && prev_batch.is_some() {
                self.tell_between(ctx, &room, since, prev_batch.as_deref(), teller).await?;
            }
            for message in events.into_messages(ctx, &room) {
                teller.tell(message).await?;
            }
        }
        Ok(())
    }
}
