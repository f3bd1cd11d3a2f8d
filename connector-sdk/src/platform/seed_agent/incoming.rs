//! From the connector's events to files in the inbox, each once.
//!
//! The order of the steps is what a crash at any moment is survived by: files are written beside the inbox,
//! then their ids are remembered, then they appear, and only then are their events acknowledged. Whoever
//! starts next lets those appear that are remembered and still lie beside, and removes the others.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::file::file;
use super::home::Home;
use super::inbox::{Inbox, Pending};
use super::names::Moments;
use super::seen::Seen;
use super::{blocking, failed};
use crate::call::Connection;
use crate::event::{
    Acknowledger, Failure, Health, Item, RawEvent, SubscribeOptions, Subscription, most_repeated,
};
use crate::manifest::Manifest;
use crate::{Error, Level, Observer, Result};

/// How many ids of messages are remembered at least, since a service may bring again what is before the cursor.
const LEAST_KEPT: usize = 20_000;

/// How many files are written before any of them appears.
const BATCH: usize = 500;

/// The longest wait before what could not be written is written again.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long a file waits in the inbox before the agent is woken for it once more, and the longest time
/// between two times: each costs the agent a run.
const WAKE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(3600));

/// Writes what is told.
pub(super) struct Writer {
    home: Arc<Home>,
    connector: String,
    inbox: Inbox,
    seen: Seen,
    moments: Moments,
    durable: bool,
    /// Remembered, and not in the inbox yet.
    pending: Vec<Pending>,
    log: Arc<dyn Observer>,
}

impl Writer {
    pub(super) fn open(
        home: &Arc<Home>,
        manifest: &Manifest,
        options: &super::Options,
        log: Arc<dyn Observer>,
    ) -> Result<Self> {
        let connector = &manifest.id;
        let kept = manifest.events.as_ref().map_or(0, most_repeated).max(LEAST_KEPT);
        let seen = Seen::open(&home.state, connector, kept, options.durable)?;
        let mut inbox = Inbox::new(Arc::clone(home), options.durable, options.most_unread);
        let pending = inbox.left(|id| seen.contains(id)).map_err(|error| {
            Error::setup(format!("what an earlier run wrote beside the inbox can't be read: {error}"))
        })?;
        let (home, connector, durable) = (Arc::clone(home), connector.clone(), options.durable);
        Ok(Self { home, connector, inbox, seen, moments: Moments::default(), durable, pending, log })
    }

    pub(super) fn cursor(&self) -> Option<&str> {
        self.seen.cursor.as_deref()
    }

    /// Writes what isn't written yet. After an error it is called again with the same.
    fn write(&mut self, events: &[RawEvent]) -> io::Result<()> {
        self.inbox.publish(&mut self.pending)?;
        self.inbox.has_room(events.len())?;
        let mut written: Vec<Pending> = Vec::with_capacity(events.len());
        let prepared = self.prepare(events, &mut written);
        if prepared.is_err() {
            // The first of them may have room where all haven't, and what remembers them needs some as well.
            written.drain(written.len() * 3 / 4..).for_each(|one| Inbox::discard(&one));
        }
        if !written.is_empty() {
            let ids: Vec<Uuid> = written.iter().map(|one| one.id).collect();
            if let Err(error) = self.inbox.settle().and_then(|()| self.seen.add(&ids)) {
                written.iter().for_each(Inbox::discard);
                return Err(error);
            }
            self.pending = written;
            self.inbox.publish(&mut self.pending)?;
        }
        prepared
    }

    fn prepare(&mut self, events: &[RawEvent], written: &mut Vec<Pending>) -> io::Result<()> {
        let mut here: HashSet<Uuid> = HashSet::new();
        for event in events {
            match file(event.payload(), &self.connector, &self.home.instance) {
                Ok((id, contents)) => {
                    if !self.seen.contains(&id) && here.insert(id) {
                        written.push(self.inbox.write(id, &contents)?);
                    }
                }
                Err(error) => self.keep(event, &error)?,
            }
        }
        Ok(())
    }

    /// What is no message would come again and again, so it is put where somebody finds it.
    fn keep(&mut self, event: &RawEvent, error: &Error) -> io::Result<()> {
        let id = super::names::derived("event", &[&self.connector, &self.home.instance, event.id()]);
        if self.seen.contains(&id) {
            return Ok(());
        }
        let why = format!("the event `{}` of the connector can't be a message: {error}", event.id());
        let path = failed::keep(&self.home, &mut self.moments, event.payload(), &why, self.durable)?;
        self.log.log(Level::Warn, &format!("{why}; it is kept in `{}`", path.display()));
        self.seen.add(&[id])
    }

    fn acknowledge(&mut self, events: &[RawEvent], acks: &Acknowledger) {
        acks.acknowledge_all(events.iter().map(|event| event.id()));
        if let Some(cursor) = acks.cursor()
            && let Err(error) = self.seen.save_cursor(&cursor)
        {
            // What comes again is known.
            self.log.log(Level::Warn, &format!("the cursor can't be written: {error}"));
        }
    }
}

/// Takes messages until it is told to stop or nothing can be mended by going on.
pub(super) async fn receive(
    connection: &Arc<Connection>,
    mut writer: Writer,
    stop: &CancellationToken,
) -> Result<()> {
    let log = Arc::clone(&writer.log);
    let options = SubscribeOptions::new(super::CALLER).observer(Arc::clone(&log)).end_on_failure();
    let mut subscription = connection.subscribe(writer.cursor(), options)?;
    let mut items = VecDeque::new();
    let mut wake = Wake::new();
    let mut failure = None;
    writer = put(writer, Vec::new(), &subscription, &mut wake, stop).await?;
    loop {
        let more = tokio::select! {
            more = subscription.next_all(&mut items) => Some(more),
            () = sleep(wake.left()) => None,
            () = stop.cancelled() => break,
        };
        match more {
            Some(false) => break,
            None => writer = wake.look(writer).await?,
            Some(true) => {}
        }
        while !items.is_empty() && !stop.is_cancelled() {
            let mut events = Vec::new();
            while let Some(item) = items.pop_front() {
                match item {
                    Item::Event(event) => events.push(event),
                    // It is the acknowledger's cursor as well.
                    Item::Checkpoint(_) => {}
                    Item::Health(health) => failure = log_health(&*log, health).or(failure),
                }
                if events.len() == BATCH {
                    break;
                }
            }
            if !events.is_empty() {
                wake.reset();
            }
            writer = put(writer, events, &subscription, &mut wake, stop).await?;
        }
    }
    subscription.stop().await;
    match failure {
        _ if stop.is_cancelled() => Ok(()),
        Some(Failure { kind, message }) => Err(Error::new(kind, message)),
        // Nobody told them to, so something in them broke. A restart may mend it, and must be asked for.
        None => Err(Error::internal(
            "the connector's events ended without a reason; report it to whoever made it",
        )),
    }
}

/// Writes and acknowledges events, however long the disk or the inbox is full. The agent that is to empty it may have
/// missed what came.
async fn put(
    mut writer: Writer,
    events: Vec<RawEvent>,
    subscription: &Subscription,
    wake: &mut Wake,
    stop: &CancellationToken,
) -> Result<Writer> {
    let events = Arc::new(events);
    let mut wait = Duration::from_millis(100);
    let mut told = None;
    loop {
        let (these, acks) = (Arc::clone(&events), subscription.acknowledger());
        let (back, result) = blocking(move || {
            let result = writer.write(&these);
            if result.is_ok() {
                writer.acknowledge(&these, &acks);
            }
            (writer, result)
        })
        .await?;
        writer = back;
        let Err(error) = result else { return Ok(writer) };
        if told != Some(error.kind()) {
            told = Some(error.kind());
            let text = format!("{} messages can't be put into the inbox and are kept: {error}", events.len());
            writer.log.log(Level::Warn, &text);
        }
        if wake.left().is_zero() {
            writer = wake.look(writer).await?;
        }
        tokio::select! {
            () = sleep(wait) => wait = wait.saturating_mul(2).min(LONGEST_WAIT),
            // They are not acknowledged, and come again.
            () = stop.cancelled() => return Ok(writer),
        }
    }
}

/// Says how the connector fares, and returns what it can't go on with.
fn log_health(log: &dyn Observer, health: Health) -> Option<Failure> {
    match health {
        Health::Good => None,
        Health::Retrying { failure: Failure { kind, message }, wait, .. } => {
            let (kind, wait) = (kind.as_str(), wait.as_secs_f64());
            log.log(Level::Warn, &format!("{kind}: {message}; trying again in {wait:.1} s"));
            None
        }
        Health::Failed { failure } => Some(failure),
    }
}

/// When the agent is woken for files that it missed.
struct Wake {
    at: Instant,
    wait: Duration,
}

impl Wake {
    fn new() -> Self {
        Self { at: Instant::now() + WAKE.0, wait: WAKE.0 }
    }

    fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Something appears, which wakes the agent by itself.
    fn reset(&mut self) {
        *self = Self::new();
    }

    async fn look(&mut self, writer: Writer) -> Result<Writer> {
        let (writer, woken) = blocking(move || {
            let woken = writer
                .inbox
                .has_waiting(WAKE.0 / 2)
                .and_then(|waits| if waits { writer.inbox.wake().map(|()| true) } else { Ok(false) });
            (writer, woken)
        })
        .await?;
        self.wait = match woken {
            Ok(false) => WAKE.0,
            // An agent that leaves files alone is not to be run for them for ever.
            Ok(true) | Err(_) => self.wait.saturating_mul(2).min(WAKE.1),
        };
        self.at = Instant::now() + self.wait;
        Ok(writer)
    }
}
