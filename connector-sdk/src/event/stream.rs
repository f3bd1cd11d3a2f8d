//! What lies between a method that emits and a host that takes: a queue, a window, and who waits for whom.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::window::{Offer, Window};
use super::{Health, Item, RawEvent};
use crate::call::Redactor;
use crate::{Error, Output, Result};

/// How many bytes of payloads may wait for a host that doesn't take them. One is always let in.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How long a method waits for room for many events before room for one is enough.
const SOON: Duration = Duration::from_millis(1);

/// One subscription, as both of its ends see it.
pub(super) struct Stream {
    /// How many events may be unacknowledged.
    limit: usize,
    state: Mutex<State>,
    /// Something is there to take, or nothing ever will be.
    items: Notify,
    /// There is room to emit.
    room: Notify,
    /// The subscription is to end.
    pub(super) stop: CancellationToken,
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
    /// The method is being polled: the host is woken once it waits, and not for each event.
    held: bool,
    /// The host is to be woken then.
    news: bool,
    stopping: bool,
    ended: bool,
}

impl Stream {
    pub(super) fn new(limit: usize, since: Option<Arc<str>>) -> Arc<Self> {
        Arc::new(Self {
            limit,
            state: Mutex::new(State {
                window: Window::new(limit, since),
                queue: VecDeque::new(),
                bytes: 0,
                failing: false,
                brought: 0,
                waits_for_room: None,
                held: false,
                news: false,
                stopping: false,
                ended: false,
            }),
            items: Notify::new(),
            room: Notify::new(),
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
        state.window.safe().cloned()
    }

    /// The subscription is to end.
    pub(super) fn stop(&self) {
        self.lock().stopping = true;
        self.stop.cancel();
    }

    /// Polls the method, and wakes the host for all that it brings meanwhile.
    pub(super) fn hold<T>(&self, poll: impl FnOnce() -> T) -> T {
        self.lock().held = true;
        let polled = poll();
        let mut state = self.lock();
        state.held = false;
        let news = std::mem::take(&mut state.news);
        drop(state);
        if news {
            self.items.notify_one();
        }
        polled
    }

    /// Wakes the host, or has it woken soon.
    fn wake(&self, mut state: MutexGuard<'_, State>) {
        if state.held {
            state.news = true;
            return;
        }
        drop(state);
        self.items.notify_one();
    }

    /// Whether the present run of the method brought anything.
    pub(super) fn has_brought(&self) -> bool {
        self.lock().brought > 0
    }

    /// Tells the host how the method is doing. What it hasn't heard yet of that is old news.
    pub(super) fn tell(&self, health: Health) {
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
    }

    pub(super) fn safe(&self) -> Option<Arc<str>> {
        self.lock().window.safe().cloned()
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

    /// Something came of the method.
    fn brings(&mut self) {
        self.brought += 1;
        if std::mem::take(&mut self.failing) {
            self.push_health(Health::Good);
        }
    }
}

/// Takes the events of one run of a method: what [`Connector::events`](crate::Connector::events) is given.
///
/// Methods that `#[connector]` knows write to [`Events`](super::Events), which is made of one.
pub struct Emitter {
    stream: Arc<Stream>,
    redactor: Arc<Redactor>,
}

impl Emitter {
    pub(super) fn new(stream: Arc<Stream>, redactor: Arc<Redactor>) -> Self {
        Self { stream, redactor }
    }

    /// Hands over an event whose payload is JSON already, and waits while too many are unacknowledged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`](crate::ErrorKind::Internal) when the id is empty or the cursor holds a
    /// credential of the connection, [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) when the
    /// subscription is to end.
    pub async fn emit(&mut self, id: &str, cursor: &str, payload: Output) -> Result<()> {
        if id.is_empty() {
            return Err(Error::internal("an event has an empty id; give it one that is its own"));
        }
        self.check_cursor(cursor)?;
        let id: Arc<str> = match self.redactor.text(id) {
            Some(redacted) => redacted.into(),
            None => id.into(),
        };
        let cursor: Arc<str> = cursor.into();
        let mut payload = Some(self.redactor.output(payload));
        // Room for one is soon room for many: a method that is woken for each costs more than what it brings.
        let mut wanted = (self.stream.limit / 4).max(1);
        loop {
            // A method that never waits for anything else would keep its thread for itself.
            tokio::task::coop::consume_budget().await;
            if self.offer(&id, &cursor, &mut payload, wanted)? {
                return Ok(());
            }
            tokio::select! {
                () = self.stream.room.notified() => {}
                () = self.stream.stop.cancelled() => return Err(stopped()),
                // The host is slow, so whatever there is will do from now on.
                () = tokio::time::sleep(SOON), if wanted > 1 => wanted = 1,
            }
        }
    }

    /// Says that everything up to a cursor was brought, for a search that found nothing. A host hears of
    /// it when it has acknowledged all events.
    ///
    /// # Errors
    ///
    /// As [`emit`](Self::emit).
    pub fn checkpoint(&mut self, cursor: &str) -> Result<()> {
        self.check_cursor(cursor)?;
        let mut state = self.stream.lock();
        if state.stopping {
            return Err(stopped());
        }
        state.window.mark(cursor.into());
        state.brings();
        state.push_checkpoint();
        self.stream.wake(state);
        Ok(())
    }

    /// What hosts store must lead back to the same place, so a credential can't be taken out of it.
    fn check_cursor(&self, cursor: &str) -> Result<()> {
        match self.redactor.text(cursor) {
            None => Ok(()),
            Some(_) => Err(Error::internal(
                "the cursor of an event holds a credential of the connection, and hosts store cursors; leave the \
                 credential out",
            )),
        }
    }

    /// Whether the event needs no more room. Where it does, the method is woken when there is room for
    /// `wanted`.
    fn offer(
        &self,
        id: &Arc<str>,
        cursor: &Arc<str>,
        payload: &mut Option<Output>,
        wanted: usize,
    ) -> Result<bool> {
        let mut state = self.stream.lock();
        if state.stopping {
            return Err(stopped());
        }
        if state.bytes >= MOST_BYTES {
            state.waits_for_room = Some(wanted);
            return Ok(false);
        }
        match state.window.offer(id, cursor) {
            Offer::Full => {
                state.waits_for_room = Some(wanted);
                return Ok(false);
            }
            // It may have moved the safe cursor over a checkpoint.
            Offer::Duplicate => {
                if state.push_checkpoint() {
                    self.stream.wake(state);
                }
            }
            Offer::Send => {
                let Some(payload) = payload.take() else { return Ok(true) };
                state.brings();
                state.bytes += payload.as_bytes().len();
                let (id, cursor) = (Arc::clone(id), Arc::clone(cursor));
                state.queue.push_back(Item::Event(RawEvent { id, cursor, payload }));
                self.stream.wake(state);
            }
        }
        Ok(true)
    }
}

#[cold]
fn stopped() -> Error {
    Error::cancelled("the subscription is to end")
}
