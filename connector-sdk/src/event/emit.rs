//! What the author of an `#[events]` method sees.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cursor;
use super::emitter::Emitter;
use crate::{Error, Output, Result};

/// Something that happened, as a method tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<P, C> {
    /// Its own name, the same whenever it is told: an event that comes with the id of one that was sent
    /// shortly before is dropped. For a thing that changes, the name of the change and not of the thing.
    pub id: String,
    /// Where a later run has to begin so that this event and those before it don't come again.
    pub cursor: C,
    /// What happened.
    pub payload: P,
}

/// Reads a stored cursor.
type Reads = fn(&str) -> Result<()>;

/// Where an `#[events]` method writes to, with payloads of the type `P`.
///
/// Events of one run are emitted in the order of their cursors: a host stores the cursor of an event once
/// it and all before it are dealt with. Several may have the same, such as all of one page but the last,
/// which then come again together.
pub struct Events<P> {
    emitter: Emitter,
    /// What the method's own `since` is read with, until a cursor that it emits was.
    unread: Option<Reads>,
    buffer: Vec<u8>,
    /// What the last payload was written into.
    spare: Vec<u8>,
    payload: PhantomData<fn(P)>,
}

impl<P: Serialize> Events<P> {
    /// Tells of an event, and waits while too many are unacknowledged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) when the subscription is to end: return it.
    /// [`ErrorKind::Internal`](crate::ErrorKind::Internal) when the event can't be told: its payload or
    /// cursor can't be JSON, its id is empty, its cursor is of another type than the method's `since` or
    /// holds a credential of the connection.
    pub async fn emit<C: Serialize>(&mut self, event: Event<P, C>) -> Result<()> {
        let payload = Output::serialize_into(std::mem::take(&mut self.spare), &event.payload)?;
        let cursor = written(&event.cursor, &mut self.buffer, &mut self.unread)?;
        self.spare = self.emitter.tell(&event.id, &cursor, payload).await?;
        Ok(())
    }

    /// Says that everything up to a cursor was told, for a search that found nothing: the next run begins
    /// there.
    ///
    /// # Errors
    ///
    /// As [`emit`](Self::emit).
    pub fn checkpoint<C: Serialize>(&mut self, cursor: &C) -> Result<()> {
        let cursor = written(cursor, &mut self.buffer, &mut self.unread)?;
        self.emitter.checkpoint(&cursor)
    }
}

/// A cursor as hosts store it. One of a run is read back, which is enough to tell a cursor of the wrong type
/// before a host stores it for good.
fn written<'b, C: Serialize>(
    cursor: &C,
    buffer: &'b mut Vec<u8>,
    unread: &mut Option<Reads>,
) -> Result<Cow<'b, str>> {
    let cursor = cursor::encode(cursor, buffer)?;
    if let Some(reads) = unread.take() {
        reads(&cursor).map_err(|_| unreadable())?;
    }
    Ok(cursor)
}

#[cold]
fn unreadable() -> Error {
    Error::internal(
        "a cursor that the method emits can't be read as the type of its `since`; use one type for both",
    )
}

impl<P> fmt::Debug for Events<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// What an `#[events]` method is called with: the cursor that a host stored as the method's own type `C`,
/// and where its payloads of type `P` go.
///
/// ```
/// use connector_sdk::event::{Emitter, Event, typed};
/// use connector_sdk::Result;
///
/// // The body of a hand-written `Connector::events`.
/// async fn events(since: Option<&str>, out: Emitter) -> Result<()> {
///     let (since, mut out) = typed::<u64, String>(since, out)?;
///     let next = since.unwrap_or(0) + 1;
///     out.emit(Event { id: next.to_string(), cursor: next, payload: format!("number {next}") }).await
/// }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Setup`](crate::ErrorKind::Setup) when the stored cursor is not one of this connector.
pub fn typed<C: DeserializeOwned, P>(since: Option<&str>, out: Emitter) -> Result<(Option<C>, Events<P>)> {
    let since = since.map(cursor::decode).transpose()?;
    let reads: Reads = |stored| cursor::decode::<C>(stored).map(drop);
    Ok((
        since,
        Events {
            emitter: out,
            unread: Some(reads),
            buffer: Vec::new(),
            spare: Vec::new(),
            payload: PhantomData,
        },
    ))
}
