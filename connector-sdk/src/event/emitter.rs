//! What a run of a method writes its events to, and where it hears what became of them.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::names::{self, Names};
use super::raw::{MOST_PAYLOAD, RawEvent};
use super::stream::{Stream, stopped};
use super::{Failure, Health};
use crate::call::Redactor;
use crate::{Error, Output, Result};

/// How long a method waits for room for many events before room for one is enough.
const SOON: Duration = Duration::from_millis(1);

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
    /// [`ErrorKind::Internal`](crate::ErrorKind::Internal) when the id is empty, the cursor holds a credential of
    /// the connection, or one of them is longer than 64 KiB or the payload than 1 GiB,
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) when the subscription is to end.
    pub async fn emit(&mut self, id: &str, cursor: &str, payload: Output) -> Result<()> {
        self.tell(id, cursor, payload).await.map(drop)
    }

    /// Does so and gives back what the payload was in, for the next one, unless it was a large one.
    pub(super) async fn tell(&mut self, id: &str, cursor: &str, payload: Output) -> Result<Vec<u8>> {
        if id.is_empty() {
            return Err(Error::internal("an event has an empty id; give it one that is its own"));
        }
        self.check_cursor(cursor)?;
        let redacted = self.redactor.id(id);
        let id = redacted.as_deref().unwrap_or(id);
        let Output(payload) = self.redactor.output(payload);
        if id.len() > names::MOST {
            return Err(too_long("id"));
        }
        if payload.len() > MOST_PAYLOAD {
            return Err(Error::internal(
                "the payload of an event is longer than 1 GiB; tell where the rest is instead",
            ));
        }
        // A method that never waits for anything else would keep its thread for itself.
        tokio::task::coop::consume_budget().await;
        if self.stream.gather(id, cursor, &payload)? {
            return Ok(payload);
        }
        let mut event = RawEvent::new(Names::new(id, cursor), payload);
        // Room for one is soon room for many: a method that is woken for each costs more than what it brings.
        let mut wanted = (self.stream.limit / 4).max(1);
        loop {
            event = match self.stream.offer(event, wanted)? {
                Some(event) => event,
                None => return Ok(Vec::new()),
            };
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
        self.stream.mark(cursor)
    }

    /// Says how the source of the events fares, where the method itself goes on: for one that passes on what a
    /// program or service tells of itself. The next event says that all is well again.
    pub fn health(&self, health: Health) {
        self.stream.tell(match health {
            Health::Good => Health::Good,
            Health::Retrying { failure, wait, lasting } => {
                Health::Retrying { failure: self.redacted(failure), wait, lasting }
            }
            Health::Failed { failure } => Health::Failed { failure: self.redacted(failure) },
        });
    }

    fn redacted(&self, failure: Failure) -> Failure {
        let message = self.redactor.text(&failure.message).unwrap_or(failure.message);
        Failure { message, ..failure }
    }

    /// Tells which events the host has acknowledged, for a method that passes it on.
    pub fn acknowledgements(&self) -> Acknowledgements {
        Acknowledgements { stream: Arc::clone(&self.stream), redactor: Arc::clone(&self.redactor) }
    }

    /// What hosts store must lead back to the same place, so a credential can't be taken out of it. A short one stands
    /// in cursors that have nothing to do with it, and to refuse those would be the end of the stream: a mailbox with
    /// the password `1234` has a message 12345.
    fn check_cursor(&self, cursor: &str) -> Result<()> {
        if cursor.len() > names::MOST {
            return Err(too_long("cursor"));
        }
        if self.redactor.surely_finds(cursor) {
            return Err(Error::internal(
                "the cursor of an event holds a credential of the connection, and hosts store cursors; leave the \
                 credential out",
            ));
        }
        Ok(())
    }
}

/// Which events of a subscription the host has acknowledged, as the method sees it that emits them.
///
/// A method needs it only where its source wants to hear of them, such as a queue that keeps what nobody
/// acknowledged. Cursors are the host's to store, and it stores them without the method.
///
/// A host acknowledges in any order. A source that takes an acknowledgement to be of all that came before hears of
/// events in the order in which they were emitted: [`leading`](Self::leading) counts them so.
pub struct Acknowledgements {
    stream: Arc<Stream>,
    redactor: Arc<Redactor>,
}

impl Acknowledgements {
    /// Waits until the host has acknowledged something since this was waited for the last time. One waits at a time.
    pub async fn changed(&mut self) {
        self.stream.acknowledged.notified().await;
    }

    /// How many of these events, from the first on, the host has acknowledged. They are ids that this run of the method
    /// emitted; one that it emitted again after the host had acknowledged it counts as well.
    pub fn leading<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> usize {
        let redacted = |id: &'a str| self.redactor.id(id).map_or(Cow::Borrowed(id), Cow::Owned);
        self.stream.leading(&mut ids.into_iter().map(redacted))
    }
}

#[cold]
fn too_long(what: &str) -> Error {
    let most = names::MOST / 1024;
    Error::internal(format!(
        "the {what} of an event is longer than {most} KiB, which hosts can't store; use a shorter one"
    ))
}
