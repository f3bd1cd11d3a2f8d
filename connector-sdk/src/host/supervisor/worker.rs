//! One subscription: its events are written, then acknowledged, then its cursor is kept.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::state::{State, Whose};
use super::status::{Board, Condition};
use crate::call::Connection;
use crate::event::{Health, Item, RawEvent, SubscribeOptions, Subscription};
use crate::{BoxFuture, Error, ErrorKind, Result};

/// How long a write may go on that is under way when all is to stop.
const PARTING: Duration = Duration::from_secs(2);

/// Where events go.
pub(crate) type Output = Arc<Mutex<Box<dyn Write + Send>>>;

/// Opens a connection with what is stored by then.
pub(crate) type Opener = Box<dyn Fn() -> BoxFuture<'static, Result<Connection>> + Send>;

/// A subscription that has not begun.
pub(crate) struct Job {
    /// Its place on the board.
    pub(crate) place: usize,
    pub(crate) name: Arc<str>,
    pub(crate) whose: Whose,
    pub(crate) connection: Connection,
    /// Opens it again after a failure that somebody has to mend: it was opened with what is wrong.
    pub(crate) opener: Opener,
    pub(crate) options: SubscribeOptions,
    /// The cursor that was kept.
    pub(crate) since: Option<String>,
}

/// What all subscriptions share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) state: Arc<State>,
    pub(crate) board: Arc<Board>,
    pub(crate) output: Output,
    /// Where the output leads, if that is a file: nothing else survives a power cut.
    pub(crate) file: Option<Arc<File>>,
    pub(crate) stop: CancellationToken,
}

/// One line of the output.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    connector: &'a str,
    workspace: &'a str,
    connection: &'a str,
    id: &'a str,
    cursor: &'a str,
    payload: &'a RawValue,
}

struct Worker {
    place: usize,
    name: Arc<str>,
    whose: Arc<Whose>,
    shared: Shared,
    /// The cursor that is on disk.
    kept: Option<Arc<str>>,
    /// Why the one after it couldn't be kept.
    unkept: Option<(ErrorKind, String)>,
}

/// Runs a subscription until all are to stop.
///
/// # Errors
///
/// `unavailable` when the output can't be written: no other subscription can go on then.
pub(crate) async fn work(job: Job, shared: Shared) -> Result<()> {
    let Job { place, name, whose, connection, opener, options, since } = job;
    let (board, stop) = (Arc::clone(&shared.board), shared.stop.clone());
    let mut since: Option<Arc<str>> = since.map(Arc::from);
    let kept = since.clone();
    let mut worker = Worker { place, name, whose: Arc::new(whose), shared, kept, unkept: None };
    let mut options = options.end_on_failure();
    let mut opened: Result<Connection> = Ok(connection);
    let result = loop {
        match opened {
            Ok(connection) => {
                let mut subscription = match Arc::new(connection).subscribe(since.as_deref(), options.clone())
                {
                    Ok(subscription) => subscription,
                    Err(error) => {
                        board.refuse(place, &error);
                        return Ok(());
                    }
                };
                if !options.failing {
                    board.set_state(place, Condition::Running);
                }
                let result = worker.run(&mut subscription).await;
                // What it emits on its way out comes again, since nobody acknowledges it.
                subscription.stop().await;
                since = subscription.cursor();
                if result.is_err() {
                    break result;
                }
                if !stop.is_cancelled() && !board.is(place, Condition::Failed) {
                    // Nobody told them to, so something in them broke.
                    let why = "its events ended without a reason; report it to whoever made it";
                    board.fail(place, Condition::Failed, (ErrorKind::Internal, why), None);
                }
            }
            Err(error) => board.fail(place, Condition::Failed, (error.kind(), error.message()), None),
        }
        if stop.run_until_cancelled(sleep(options.failed_wait)).await.is_none() {
            break Ok(());
        }
        // It is well again when something comes of it.
        options.failing = true;
        opened = match stop.run_until_cancelled(opener()).await {
            Some(opened) => opened.and_then(|connection| worker.same_connector(connection)),
            None => break Ok(()),
        };
    };
    if stop.is_cancelled() {
        board.set_state(place, Condition::Stopped);
    }
    result
}

impl Worker {
    /// A template may be another's by now, and a cursor is of one connector.
    fn same_connector(&self, connection: Connection) -> Result<Connection> {
        let (id, known) = (&connection.manifest().id, &self.whose.connector);
        if id == known {
            return Ok(connection);
        }
        Err(Error::setup(format!("it is the connector `{id}` now and was `{known}`; start `run` again")))
    }

    async fn run(&mut self, subscription: &mut Subscription) -> Result<()> {
        let stop = self.shared.stop.clone();
        let mut items = VecDeque::new();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                more = subscription.next_all(&mut items) => if !more { return Ok(()) },
            }
            let late = async {
                stop.cancelled().await;
                sleep(PARTING).await;
            };
            tokio::select! {
                result = self.pass(subscription, &mut items) => result?,
                // Nobody reads what is written. It is written again the next time.
                () = late => return Ok(()),
            }
        }
    }

    /// Writes what came, and keeps the cursor that is safe then.
    async fn pass(&mut self, subscription: &Subscription, items: &mut VecDeque<Item>) -> Result<()> {
        let mut events = Vec::new();
        for item in items.drain(..) {
            match item {
                Item::Event(event) => events.push(event),
                // It is what the safe cursor is then.
                Item::Checkpoint(_) => {}
                Item::Health(health) => self.health(&health),
            }
        }
        let acknowledger = subscription.acknowledger();
        let (name, whose) = (Arc::clone(&self.name), Arc::clone(&self.whose));
        let Shared { state, output, file, board, .. } = self.shared.clone();
        let (place, kept) = (self.place, self.kept.clone());
        // Disks and readers of pipes take their time.
        let passed = spawn_blocking(move || {
            if let Some(last) = events.last() {
                write(&output, file.as_deref(), &lines(&name, &whose, &events))?;
                acknowledger.acknowledge_all(events.iter().map(|event| event.id()));
                board.count(place, events.len(), last.id());
            }
            match acknowledger.cursor() {
                Some(cursor) if Some(&cursor) != kept.as_ref() => {
                    Ok(Some(state.keep(&name, &whose, &cursor).map(|()| cursor)))
                }
                _ => Ok(None),
            }
        });
        let passed: Result<Option<Result<Arc<str>>>> =
            passed.await.map_err(|error| Error::internal(format!("events can't be written: {error}")))?;
        match passed? {
            Some(Ok(cursor)) => {
                self.kept = Some(cursor);
                if self.unkept.take().is_some() {
                    self.shared.board.set_state(self.place, Condition::Running);
                }
            }
            // Events are still written, and after a restart they come again from the one that is on disk.
            Some(Err(error)) if self.unkept.is_none() => {
                self.unkept = Some((error.kind(), error.message().to_owned()));
                self.tell_unkept();
            }
            Some(Err(_)) | None => {}
        }
        Ok(())
    }

    /// Says that the cursor isn't kept. Says whether that is so.
    fn tell_unkept(&self) -> bool {
        let Some((kind, message)) = &self.unkept else { return false };
        self.shared.board.fail(self.place, Condition::Failed, (*kind, message), None);
        true
    }

    fn health(&self, health: &Health) {
        let board = &self.shared.board;
        match health {
            // A connector that is well again writes no cursor.
            Health::Good if self.tell_unkept() => {}
            Health::Good => board.set_state(self.place, Condition::Running),
            Health::Retrying { failure, wait, .. } => {
                let failure = (failure.kind, failure.message.as_str());
                board.fail(self.place, Condition::Retrying, failure, Some(*wait));
            }
            Health::Failed { failure } => {
                board.fail(self.place, Condition::Failed, (failure.kind, failure.message.as_str()), None);
            }
        }
    }
}

/// Events as lines of JSON.
fn lines(name: &str, whose: &Whose, events: &[RawEvent]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(events.len() * 256);
    for event in events {
        let Ok(payload) = event.parse() else { continue };
        let Whose { connector, workspace, connection } = whose;
        let line =
            Line { name, connector, workspace, connection, id: event.id(), cursor: event.cursor(), payload };
        let begin = lines.len();
        // Texts and JSON that was read before can always be written.
        let _ = serde_json::to_writer(&mut lines, &line);
        // Inside texts a line end is escaped; what is left stands between the tokens of a payload.
        lines[begin..].iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
        lines.push(b'\n');
    }
    lines
}

/// Writes to the output, and to the disk where it leads to one.
fn write(output: &Output, file: Option<&File>, lines: &[u8]) -> Result<()> {
    // A stream stays usable when whoever held it panicked: bytes have no state to break.
    let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
    let written = output.write_all(lines).and_then(|()| output.flush());
    // Others may write meanwhile: what waits for the disk is the cursor.
    drop(output);
    written.and_then(|()| file.map_or(Ok(()), File::sync_data)).map_err(|error| {
        Error::new(ErrorKind::Unavailable, format!("standard output can't be written: {error}"))
    })
}

#[cfg(test)]
mod tests;
