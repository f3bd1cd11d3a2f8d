//! `subscribe`: events as lines, for as long as Puffer keeps standard input open (contract 1.4).
//!
//! A thread each, so that none waits for what another does: one reads the host's lines, one runs the
//! connector, one writes, and one waits for the end of these. When standard input ends, all of it ends within a few
//! seconds, even where the connector keeps its thread or nobody reads what is written.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;
#[cfg(feature = "oauth")]
use std::time::Instant;

use tokio::runtime::{Handle, Runtime};
use tokio_util::sync::CancellationToken;

use super::frames::{self, Line};
use super::lines::{Lines, Piece};
use crate::call::Connection;
use crate::event::{Acknowledger, Failure, Health, Item, SubscribeOptions, Subscription};
use crate::runtime::runtime;
use crate::{Error, ErrorKind, Level, Observer, Result};

/// Puffer shuts down a stream that says that it isn't well, and starts it again within a minute. So a retry says so only
/// when failures have gone on for that long, and never at the beginning of as long a wait, which only a service asks
/// for: it would be asked again each minute of it.
const BRIEF: Duration = Duration::from_secs(120);

/// How long the writer may take after standard input ended. With the time that a method gets to stop (1 s)
/// it is less than the 5 s after which the process is gone.
const PARTING: Duration = Duration::from_secs(3);

/// How long all of it may take when tokens are being renewed, which would be lost.
#[cfg(feature = "oauth")]
const RENEWAL: Duration = Duration::from_millis(4500);

/// How many bytes are written at once.
const PIECE: usize = 32 * 1024;

/// What a stream has around it.
pub struct Streams {
    /// Standard input: the host's lines.
    pub input: Box<dyn Read + Send>,
    /// Standard output: frames and nothing else.
    pub output: Box<dyn Write + Send>,
    /// Where the connector's log and what went wrong goes: standard error.
    pub log: Arc<dyn Observer>,
    /// Is cancelled when standard input ends: what opens a connection then needn't go on.
    pub closed: CancellationToken,
}

/// What the host's first line asks for.
struct Wanted {
    connection: String,
    cursor: Result<Option<String>>,
}

/// Serves one stream until standard input ends or nobody reads standard output.
///
/// A failure of the service or of the credentials doesn't end it: that is a frame and a line of the log.
///
/// # Errors
///
/// [`ErrorKind::Unavailable`] when standard output can't be written, [`ErrorKind::Internal`] when a thread
/// or the runtime can't be started.
pub fn subscribe(streams: Streams, open: impl FnOnce(&str) -> Result<Connection>) -> Result<()> {
    let Streams { input, mut output, log, closed } = streams;
    let host = Host::new(log, closed);
    let (sender, wanted) = channel();
    let reading = Arc::clone(&host);
    thread::Builder::new().name("host's lines".to_owned()).spawn(move || reading.read(input, &sender))?;
    // Gone without having asked for anything.
    let Ok(wanted) = wanted.recv() else { return Ok(()) };
    let runtime = runtime()?;
    let subscription = wanted.cursor.and_then(|cursor| {
        let connection = open(&wanted.connection)?;
        let messages = connection.manifest().events.as_ref().is_some_and(|events| events.messages);
        let options = SubscribeOptions::new("puffer").observer(Arc::clone(&host.log));
        let _entered = runtime.enter();
        Ok((Arc::new(connection).subscribe(cursor.as_deref(), options)?, messages))
    });
    match subscription {
        Ok((subscription, messages)) => {
            let frames = Frames { log: Arc::clone(&host.log), messages, status: "ok" };
            host.serve(runtime, subscription, output, frames)
        }
        Err(error) if host.has_left(&error) => Ok(()),
        Err(error) => runtime.block_on(host.refuse(&mut *output, &error)),
    }
}

/// What is known of the host.
pub(super) struct Host {
    /// Standard input has ended.
    pub(super) closed: CancellationToken,
    acks: OnceLock<Acknowledger>,
    pub(super) log: Arc<dyn Observer>,
}

/// Makes lines of what a subscription brings.
pub(super) trait Framing: Send + 'static {
    /// Writes one of them.
    fn write(&mut self, item: &Item, out: &mut Vec<u8>);

    /// What was written has left the process.
    fn sent(&mut self, _: &VecDeque<Item>) {}
}

impl Host {
    pub(super) fn new(log: Arc<dyn Observer>, closed: CancellationToken) -> Arc<Self> {
        Arc::new(Self { closed, acks: OnceLock::new(), log })
    }

    /// Whether a connection wasn't opened because nobody is there to hear of it.
    pub(super) fn has_left(&self, error: &Error) -> bool {
        self.closed.is_cancelled() && error.kind() == ErrorKind::Cancelled
    }

    /// Runs a subscription of that runtime until standard input ends or nobody reads standard output.
    pub(super) fn serve(
        &self,
        runtime: Runtime,
        subscription: Subscription,
        output: Box<dyn Write + Send>,
        frames: impl Framing,
    ) -> Result<()> {
        let acks = subscription.acknowledger();
        let _ = self.acks.set(acks.clone());
        let (done, mut written) = tokio::sync::oneshot::channel();
        let handle = runtime.handle().clone();
        thread::Builder::new().name("frames".to_owned()).spawn(move || {
            let _ = done.send(write(subscription, &handle, output, frames));
        })?;
        // The connector may keep its thread for itself, and the end of standard input must be heard all the same.
        let over = CancellationToken::new();
        let _ends = over.clone().drop_guard();
        let waiting = crate::runtime::runtime()?;
        thread::Builder::new().name("connector".to_owned()).spawn(move || {
            runtime.block_on(over.cancelled());
            // Nobody waits for what it blocks.
            runtime.shutdown_background();
        })?;
        #[cfg(feature = "oauth")]
        let mut ended = None;
        let result = waiting.block_on(async {
            tokio::select! {
                result = &mut written => result,
                () = self.closed.cancelled() => {
                    #[cfg(feature = "oauth")]
                    ended.get_or_insert_with(Instant::now);
                    acks.stop();
                    // Nobody reads what it writes, or the method goes on: the process ends without it.
                    tokio::time::timeout(PARTING, written).await.unwrap_or(Ok(Ok(())))
                }
            }
        });
        #[cfg(feature = "oauth")]
        let taken = ended.map_or(Duration::ZERO, |ended| ended.elapsed());
        #[cfg(feature = "oauth")]
        waiting.block_on(crate::oauth::renewed(RENEWAL.saturating_sub(taken)));
        match result {
            Ok(Err(error)) if !self.closed.is_cancelled() => {
                Err(Error::unavailable(format!("standard output can't be written: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Reads the host's lines to the end, whatever they are.
    fn read(&self, mut input: Box<dyn Read + Send>, wanted: &Sender<Wanted>) {
        let mut lines = Lines::new();
        let mut asked = false;
        loop {
            let some = match lines.next(&mut *input) {
                Ok(Some(Piece::Lines(some))) => some,
                Ok(Some(Piece::TooLong)) => {
                    self.warn("a line of the host is longer than 1 MiB and left out");
                    continue;
                }
                Ok(None) => break,
                Err(error) => {
                    self.warn(&format!("standard input can't be read: {error}"));
                    break;
                }
            };
            let mut acks = Vec::new();
            let ends = memchr::memchr_iter(b'\n', some);
            let mut begin = 0;
            for end in ends {
                let line = some[begin..end].trim_ascii();
                begin = end + 1;
                if line.is_empty() {
                    continue;
                }
                if let Some(id) = frames::acknowledged(line) {
                    acks.push(Ack::Event(id.into()));
                    continue;
                }
                match serde_json::from_slice::<Line<'_>>(line) {
                    Ok(line) => match &*line.op {
                        "ack" => match (line.event_id(), line.cursor()) {
                            (Some(id), _) => acks.push(Ack::Event(id)),
                            (None, Some(cursor)) => acks.push(Ack::Cursor(cursor)),
                            (None, None) => {}
                        },
                        "subscribe" if !asked => {
                            asked = true;
                            let cursor = line.since();
                            let _ = wanted.send(Wanted { connection: line.connection.into_owned(), cursor });
                        }
                        "subscribe" => self.warn("the host subscribes twice; the second time is left out"),
                        // Hosts get new ones.
                        _ => {}
                    },
                    Err(error) => self.warn(&format!("a line of the host is left out: {error}")),
                }
            }
            if let (Some(known), false) = (self.acks.get(), acks.is_empty()) {
                known.acknowledge_lines(&acks);
            }
        }
        self.closed.cancel();
    }

    fn warn(&self, message: &str) {
        self.log.log(Level::Warn, message);
    }

    /// Says why there is nothing to hear, and waits for the host to go. Whoever ends instead is started
    /// again every minute.
    async fn refuse(&self, output: &mut dyn Write, error: &Error) -> Result<()> {
        self.warn(error.message());
        let mut frame = Vec::new();
        frames::health(status(error.kind()), Some(error.message()), &mut frame);
        output.write_all(&frame)?;
        output.flush()?;
        self.closed.cancelled().await;
        Ok(())
    }
}

/// What the host is done with.
enum Ack<'a> {
    Event(Cow<'a, str>),
    /// Everything up to there.
    Cursor(Cow<'a, str>),
}

impl Acknowledger {
    /// All at once: each is a lock that the connector waits for.
    fn acknowledge_lines(&self, acks: &[Ack<'_>]) {
        let mut rest = acks;
        while let Some(first) = rest.first() {
            if let Ack::Cursor(cursor) = first {
                self.acknowledge_cursor(cursor);
                rest = &rest[1..];
                continue;
            }
            let events = rest.iter().take_while(|ack| matches!(ack, Ack::Event(_))).count();
            self.acknowledge_all(rest[..events].iter().filter_map(|ack| match ack {
                Ack::Event(id) => Some(&**id),
                Ack::Cursor(_) => None,
            }));
            rest = &rest[events..];
        }
    }
}

/// Writes lines until the subscription ends or nobody reads.
fn write(
    mut subscription: Subscription,
    runtime: &Handle,
    mut output: Box<dyn Write + Send>,
    mut frames: impl Framing,
) -> io::Result<()> {
    let mut items = VecDeque::new();
    let mut lines = Vec::with_capacity(2 * PIECE);
    let mut flush = |lines: &mut Vec<u8>| {
        output.write_all(lines)?;
        output.flush()?;
        lines.clear();
        // One large event is no reason to keep its room.
        lines.shrink_to(2 * PIECE);
        io::Result::Ok(())
    };
    while runtime.block_on(subscription.next_all(&mut items)) {
        for item in &items {
            frames.write(item, &mut lines);
            if lines.len() >= PIECE {
                flush(&mut lines)?;
            }
        }
        flush(&mut lines)?;
        frames.sent(&items);
        items.clear();
    }
    Ok(())
}

/// The frames of a stream.
struct Frames {
    log: Arc<dyn Observer>,
    messages: bool,
    /// What the host was told last.
    status: &'static str,
}

impl Framing for Frames {
    fn write(&mut self, item: &Item, out: &mut Vec<u8>) {
        match item {
            Item::Event(event) => frames::event(event, self.messages, out),
            Item::Checkpoint(cursor) => frames::checkpoint(cursor, out),
            Item::Health(health) => self.health(health, out),
        }
    }
}

impl Frames {
    fn health(&mut self, health: &Health, out: &mut Vec<u8>) {
        let (status, detail) = match health {
            Health::Good => ("ok", None),
            Health::Retrying { failure: Failure { kind, message }, wait, lasting } => {
                let seconds = wait.as_secs_f64();
                let log = format!("{}: {message}; trying again in {seconds:.1} s", kind.as_str());
                self.log.log(Level::Warn, &log);
                if *lasting < BRIEF || *wait >= BRIEF {
                    return;
                }
                ("retrying", Some(message))
            }
            Health::Failed { failure: Failure { kind, message } } => {
                self.log.log(Level::Warn, &format!("{}: {message}", kind.as_str()));
                (status(*kind), Some(message))
            }
        };
        if std::mem::replace(&mut self.status, status) != status {
            frames::health(status, detail.map(String::as_str), out);
        }
    }
}

/// What Puffer calls a failure that no retry mends.
pub(super) fn status(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Auth | ErrorKind::Denied | ErrorKind::Setup => "auth_required",
        _ => "offline",
    }
}

#[cfg(test)]
mod tests;
