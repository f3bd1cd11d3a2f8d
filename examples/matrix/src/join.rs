//! Invitations that are followed, beside the polling: whoever invites names a room whose homeserver may be slow, or away,
//! and nobody's messages wait for that.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use connector_sdk::http::{Http, Retry};
use connector_sdk::{Context, Level};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::refusal;

/// How long it may take to join a room, for which homeservers ask others. Theirs goes on with it after that, and says so
/// when it is asked again.
const JOIN: Duration = Duration::from_secs(10);

/// How many rooms are joined at once.
const AT_ONCE: usize = 4;

/// How long to wait before a room is tried again, where the homeserver doesn't say.
const PAUSE: Duration = Duration::from_secs(30);

/// However soon the homeserver says it may be.
const LEAST: Duration = Duration::from_secs(1);

/// How often a room is tried that gives no answer.
const TRIES: u32 = 5;

/// How long an invitation keeps the cursor that was before it, so that a run that begins anew comes upon it again. More
/// would have somebody who invites again and again to what can't be joined make all that was told come again.
const HOLD: Duration = Duration::from_secs(300);

/// An invitation that was not dealt with.
struct Invitation {
    room: String,
    /// The cursor of the batch that had it.
    since: String,
    at: Instant,
}

/// The invitations of a run that wait, in the order that they came. To drop it is to try no more.
pub(crate) struct Invitations {
    waiting: Vec<Invitation>,
    joins: JoinSet<(String, bool)>,
    slots: Arc<Semaphore>,
}

impl Invitations {
    pub(crate) fn new() -> Self {
        Self { waiting: Vec::new(), joins: JoinSet::new(), slots: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Begins to join a room.
    pub(crate) fn follow(&mut self, http: &Http, ctx: &Context, room: String, since: &str) {
        if self.waiting.iter().any(|invitation| invitation.room == room) {
            return;
        }
        let (http, ctx, slots) = (http.clone(), ctx.clone(), Arc::clone(&self.slots));
        let name = room.clone();
        self.joins.spawn(async move {
            let joined = join(&http, &ctx, &slots, &name).await;
            (name, joined)
        });
        self.waiting.push(Invitation { room, since: since.to_owned(), at: Instant::now() });
    }

    /// The next room that was joined or given up; none: none waits.
    pub(crate) async fn next(&mut self) -> Option<(String, bool)> {
        self.joins.join_next().await?.ok()
    }

    /// The cursor of the batch that had the invitation, which waits no longer.
    pub(crate) fn remove(&mut self, room: &str) -> Option<String> {
        let place = self.waiting.iter().position(|invitation| invitation.room == room)?;
        Some(self.waiting.remove(place).since)
    }

    /// The cursor that all of these come after.
    pub(crate) fn held(&self) -> Option<&str> {
        let held = self.waiting.iter().find(|invitation| invitation.at.elapsed() < HOLD)?;
        Some(&held.since)
    }
}

/// Joins a room, however often that has to be tried, and says whether it is.
async fn join(http: &Http, ctx: &Context, slots: &Semaphore, room: &str) -> bool {
    let mut unanswered = 0;
    loop {
        let request = http.post("/_matrix/client/v3/rooms/{room}/join").path("room", room);
        let request = request.json(&BTreeMap::<(), ()>::new()).timeout(JOIN).retry(Retry::never());
        let Ok(slot) = slots.acquire().await else { return false };
        let Err(error) = request.send().await else { return true };
        drop(slot);
        let goes_on = match refusal::status(&error) {
            Some(401 | 429) => true,
            // A room that nobody is left in, that this user is kept out of, or whose own homeserver is gone for good.
            Some(_) => false,
            None => {
                unanswered += 1;
                unanswered < TRIES
            }
        };
        if !goes_on {
            ctx.log(Level::Warn, format!("the room `{room}` can't be joined: {}", error.message()));
            return false;
        }
        sleep(error.retry_after().unwrap_or(PAUSE).max(LEAST)).await;
    }
}
