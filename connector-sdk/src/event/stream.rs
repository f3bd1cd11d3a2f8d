//! What lies between a method that emits and a host that takes: a queue, a window, and who waits for whom.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::names::{Names, place};
use super::raw::RawEvent;
use super::window::{Offer, Window};
use super::{Health, Item};
use crate::{Error, Result};

/// How many bytes of events may wait for a host that doesn't take them. One is always let in.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How many events, and how many bytes of them, are gathered before they are handed on.
const MOST_GATHERED: usize = 128;
const MOST_BATCH: usize = 64 * 1024;

/// One subscription, as both of its ends see it.
pub(super) struct Stream {
    /// How many events may be unacknowledged.
    pub(super) limit: usize,
    state: Mutex<State>,
    /// What the method brought since the state was locked for it last. Of the two locks this comes first.
    batch: Mutex<Batch>,
    /// The method is being polled: what it brings goes on once it waits, and not event by event. Each time
    /// the state is locked, somebody else may have to wait for it.
    held: AtomicBool,
    /// Something is there to take, or nothing ever will be.
    items: Notify,
    /// There is room to emit.
    pub(super) room: Notify,
    /// The host acknowledged something.
    pub(super) acknowledged: Notify,
    /// The subscription is to end.
    pub(super) stop: CancellationToken,
}

/// Events on their way into the window.
#[derive(Default)]
struct Batch {
    /// The id and the cursor of each, one after the other.
    names: String,
    payloads: Vec<u8>,
    /// Where the id, the cursor and the payload of each ends.
    ends: Vec<(u32, u32, u32)>,
    /// How many more there is room for.
    room: usize,
}

impl Batch {
    fn add(&mut self, id: &str, cursor: &str, payload: &[u8]) {
        self.names.push_str(id);
        let middle = place(self.names.len());
        self.names.push_str(cursor);
        self.payloads.extend_from_slice(payload);
        self.ends.push((middle, place(self.names.len()), place(self.payloads.len())));
    }

    fn bytes(&self) -> usize {
        self.names.len() + self.payloads.len()
    }
}

struct State {
    window: Window,
    queue: VecDeque<Item>,
    bytes: usize,
    /// Whether the host was told of a failure and of nothing good since.
    failing: bool,
    /// How many events and checkpoints the present run of the method brought.
    brought: u64,
    /// How many events there must be room for before the method is woken; none: it doesn't wait.
    waits_for_room: Option<usize>,
    stopping: bool,
    ended: bool,
}

impl Stream {
    pub(super) fn new(limit: usize, since: Option<&str>, failing: bool) -> Arc<Self> {
        Arc::new(Self {
            limit,
            state: Mutex::new(State {
                window: Window::new(limit, since),
                queue: VecDeque::new(),
                bytes: 0,
                failing,
                brought: 0,
                waits_for_room: None,
                stopping: false,
                ended: false,
            }),
            batch: Mutex::default(),
            held: AtomicBool::new(false),
            items: Notify::new(),
            room: Notify::new(),
            acknowledged: Notify::new(),
            stop: CancellationToken::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics halfway.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new run of the method begins, after that cursor.
    pub(super) fn restart(&self) -> Option<Arc<str>> {
        let mut state = self.lock();
        state.window.restart();
        state.brought = 0;
        let safe = state.window.safe().map(Arc::from);
        drop(state);
        *self.lock_batch() = Batch::default();
        safe
    }

    /// The subscription is to end.
    pub(super) fn stop(&self) {
        self.lock().stopping = true;
        self.stop.cancel();
    }

    /// Polls the method, and hands on all that it brings meanwhile.
    pub(super) fn hold<T>(&self, poll: impl FnOnce() -> T) -> T {
        self.held.store(true, Ordering::Relaxed);
        let polled = poll();
        self.held.store(false, Ordering::Relaxed);
        let mut batch = self.lock_batch();
        if !batch.ends.is_empty() {
            self.hand_on(&mut batch);
        }
        polled
    }

    fn lock_batch(&self) -> MutexGuard<'_, Batch> {
        self.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an event to others, if there is room. Says whether there was.
    pub(super) fn gather(&self, id: &str, cursor: &str, payload: &[u8]) -> Result<bool> {
        let mut batch = self.lock_batch();
        // A large one goes alone, without being copied, and keeps no others in memory.
        if batch.room == 0 || payload.len() >= MOST_BATCH {
            return Ok(false);
        }
        batch.room -= 1;
        batch.add(id, cursor, payload);
        let held = self.held.load(Ordering::Relaxed);
        if held && batch.ends.len() < MOST_GATHERED && batch.bytes() < MOST_BATCH {
            return Ok(true);
        }
        if self.hand_on(&mut batch) { Err(stopped()) } else { Ok(true) }
    }

    /// Puts gathered events into the window. Says whether the subscription is to end.
    fn hand_on(&self, batch: &mut Batch) -> bool {
        // What follows is about as large.
        let more = (String::with_capacity(batch.names.len()), Vec::with_capacity(batch.payloads.len()));
        let names = std::mem::replace(&mut batch.names, more.0);
        let payloads = Arc::new(std::mem::replace(&mut batch.payloads, more.1));
        let ends = batch.ends.iter().map(|(middle, to, _)| (*middle, *to));
        let mut from = 0;
        let mut state = self.lock();
        for (names, (.., to)) in Names::of_all(names, ends).zip(&batch.ends) {
            // There is room for all of them: whoever takes room does it here.
            if state.window.offer(&names) == Offer::Send {
                state.send(RawEvent::one(names, &payloads, from, *to));
            }
            from = *to;
        }
        state.push_checkpoint();
        batch.room = state.room();
        let stopping = state.stopping;
        drop(state);
        batch.ends.clear();
        self.items.notify_one();
        stopping
    }

    /// Offers an event for which there may be no room; one that is known takes none. Gives it back if it
    /// has to wait until there is room for `wanted`.
    pub(super) fn offer(&self, event: RawEvent, wanted: usize) -> Result<Option<RawEvent>> {
        let mut batch = self.lock_batch();
        if !batch.ends.is_empty() {
            self.hand_on(&mut batch);
        }
        let mut state = self.lock();
        if state.stopping {
            return Err(stopped());
        }
        let offer = match state.room() {
            0 if state.window.is_new(event.id()) => Offer::Full,
            _ => state.window.offer(&event.names),
        };
        match offer {
            Offer::Full => {
                state.waits_for_room = Some(wanted);
                return Ok(Some(event));
            }
            // It may have moved the safe cursor over a checkpoint.
            Offer::Duplicate => drop(state.push_checkpoint()),
            Offer::Send => state.send(event),
        }
        batch.room = state.room();
        drop(state);
        self.items.notify_one();
        Ok(None)
    }

    /// Puts a checkpoint behind all that the method brought.
    pub(super) fn mark(&self, cursor: &str) -> Result<()> {
        let mut batch = self.lock_batch();
        let stopping = self.hand_on(&mut batch);
        if stopping {
            return Err(stopped());
        }
        let mut state = self.lock();
        state.window.mark(cursor);
        state.brings();
        state.push_checkpoint();
        drop(state);
        self.items.notify_one();
        Ok(())
    }

    /// Whether the present run of the method brought anything.
    pub(super) fn has_brought(&self) -> bool {
        self.lock().brought > 0
    }

    /// Tells the host how the method is doing. What it hasn't heard yet of that is old news.
    pub(super) fn tell(&self, health: Health) {
        // What was brought before it is told before it: an event says that all is well.
        let mut batch = self.lock_batch();
        if !batch.ends.is_empty() {
            self.hand_on(&mut batch);
        }
        let mut state = self.lock();
        let good = matches!(health, Health::Good);
        if good && !state.failing {
            return;
        }
        state.failing = !good;
        state.push_health(health);
        drop(state);
        self.items.notify_one();
    }

    /// Nothing more will come.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.items.notify_one();
    }

    pub(super) fn acknowledge(&self, acknowledge: impl FnOnce(&mut Window)) {
        let mut state = self.lock();
        acknowledge(&mut state.window);
        let news = state.push_checkpoint();
        let enough = state.waits_for_room.is_some_and(|wanted| state.window.room() >= wanted);
        let room = enough && state.waits_for_room.take().is_some();
        drop(state);
        if room {
            self.room.notify_one();
        }
        if news {
            self.items.notify_one();
        }
        self.acknowledged.notify_one();
    }

    /// How many of these events, from the first on, the host has acknowledged.
    pub(super) fn leading(&self, ids: &mut dyn Iterator<Item = Cow<'_, str>>) -> usize {
        // What was only gathered isn't in the window, where it would be taken for one that was settled long ago.
        let mut batch = self.lock_batch();
        if !batch.ends.is_empty() {
            self.hand_on(&mut batch);
        }
        let state = self.lock();
        ids.take_while(|id| !state.window.is_outstanding(id)).count()
    }

    pub(super) fn safe(&self) -> Option<Arc<str>> {
        self.lock().window.safe().map(Arc::from)
    }

    pub(super) fn outstanding(&self) -> usize {
        self.lock().window.outstanding()
    }

    /// Waits until there is something, and takes all of it. Says whether there was anything before the end.
    pub(super) async fn take(&self, into: &mut VecDeque<Item>) -> bool {
        loop {
            {
                let mut state = self.lock();
                if !state.queue.is_empty() {
                    if into.is_empty() {
                        std::mem::swap(into, &mut state.queue);
                    } else {
                        into.append(&mut state.queue);
                    }
                    let room = state.bytes >= MOST_BYTES && state.waits_for_room.take().is_some();
                    state.bytes = 0;
                    drop(state);
                    if room {
                        self.room.notify_one();
                    }
                    return true;
                }
                if state.ended {
                    return false;
                }
            }
            self.items.notified().await;
        }
    }
}

impl State {
    fn push_health(&mut self, health: Health) {
        if let Some(Item::Health(last)) = self.queue.back_mut() {
            *last = health;
        } else {
            self.queue.push_back(Item::Health(health));
        }
    }

    fn push_checkpoint(&mut self) -> bool {
        let Some(cursor) = self.window.take_checkpoint() else { return false };
        match self.queue.back_mut() {
            Some(Item::Checkpoint(last)) => *last = cursor,
            _ => self.queue.push_back(Item::Checkpoint(cursor)),
        }
        true
    }

    /// How many events may come before somebody has to wait.
    fn room(&self) -> usize {
        if self.bytes >= MOST_BYTES { 0 } else { self.window.room() }
    }

    fn send(&mut self, event: RawEvent) {
        self.brings();
        // A host that takes nothing keeps names as well, which may be longer than what they are of.
        self.bytes += event.id().len() + event.cursor().len() + event.payload().len();
        self.queue.push_back(Item::Event(event));
    }

    /// Something came of the method.
    fn brings(&mut self) {
        self.brought += 1;
        if std::mem::take(&mut self.failing) {
            self.push_health(Health::Good);
        }
    }
}

#[cold]
pub(super) fn stopped() -> Error {
    Error::cancelled("the subscription is to end")
}
