//! Messages of one batch on their way to the host.

use connector_sdk::Result;
use connector_sdk::event::{Event, Events};
use connector_sdk::message::Message;

/// Tells messages as they are found, with no more of them kept than one. Only the last one is after all of the batch:
/// where the others are the last that a host dealt with, the batch comes once more.
pub(crate) struct Teller<'a> {
    since: &'a str,
    out: &'a mut Events<Message>,
    last: Option<Message>,
}

impl<'a> Teller<'a> {
    /// `since`: the cursor that was told last.
    pub(crate) fn new(since: &'a str, out: &'a mut Events<Message>) -> Self {
        Self { since, out, last: None }
    }

    /// Tells the message before this one, and waits while the host is behind.
    pub(crate) async fn tell(&mut self, message: Message) -> Result<()> {
        match self.last.replace(message) {
            Some(before) => emit(self.out, before, self.since).await,
            None => Ok(()),
        }
    }

    /// Tells the last one, after which a run may begin at another cursor.
    pub(crate) async fn end(self, next: &str) -> Result<()> {
        match self.last {
            Some(last) => emit(self.out, last, next).await,
            None if next == self.since => Ok(()),
            None => self.out.checkpoint(&next),
        }
    }
}

async fn emit(out: &mut Events<Message>, message: Message, cursor: &str) -> Result<()> {
    out.emit(Event { id: message.id.clone(), cursor, payload: message }).await
}
