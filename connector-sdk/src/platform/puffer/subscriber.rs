//! Events on a topic, for a `subscribers/<id>/manifest.toml` (contract 1.8).
//!
//! There is no acknowledgement on this way and no host that stores cursors. What was written is taken for
//! delivered, and the cursor lies in the folder that the host names.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{fs, io, thread};

use serde_json::value::RawValue;

use super::frames::{self, string};
use super::payload;
use super::subscribe::{Framing, Host};
use crate::call::Connection;
use crate::event::{Acknowledger, Failure, Health, Item, SubscribeOptions};
use crate::runtime::runtime;
use crate::{Error, Level, Observer, Result};

/// What the host says by its environment.
#[derive(Clone, Debug)]
pub struct Topic {
    /// `PUFFER_SKILL_TOPIC`.
    pub name: String,
    /// `PUFFER_SKILL_STATE_DIR`.
    pub state: PathBuf,
}

/// Serves a topic until standard input ends or nobody reads standard output.
///
/// # Errors
///
/// [`ErrorKind::Setup`](crate::ErrorKind::Setup) when the stored cursor can't be read, or as for
/// [`subscribe`](super::subscribe()). A failure that the method can't mend by going on, such as refused credentials, is one
/// as well: this host shows why a process ended and starts it again later and later, and that one opens the connection
/// with what is stored then.
pub fn subscriber(
    streams: super::Streams,
    topic: &Topic,
    open: impl FnOnce() -> Result<Connection>,
) -> Result<()> {
    let super::Streams { mut input, output, log, closed } = streams;
    let file = topic.state.join("cursor");
    let cursor = match fs::read_to_string(&file) {
        Ok(cursor) => Some(cursor),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(Error::setup(format!("the cursor in `{}` can't be read: {error}", file.display())));
        }
    };
    let host = Host::new(log, closed);
    let reading = Arc::clone(&host);
    // What it says is for connectors that take orders from a topic.
    thread::Builder::new().name("host's lines".to_owned()).spawn(move || {
        let mut rest = [0; 4096];
        while input.read(&mut rest).is_ok_and(|read| read > 0) {}
        reading.closed.cancel();
    })?;
    let connection = match open() {
        Err(error) if host.has_left(&error) => return Ok(()),
        opened => opened?,
    };
    let runtime = runtime()?;
    let messages = connection.manifest().events.as_ref().is_some_and(|events| events.messages);
    let entered = runtime.enter();
    let options = SubscribeOptions::new("puffer").observer(Arc::clone(&host.log)).end_on_failure();
    let subscription = Arc::new(connection).subscribe(cursor.as_deref(), options)?;
    drop(entered);
    let failed = Arc::new(OnceLock::new());
    let envelopes = Envelopes {
        topic: topic.name.clone(),
        file,
        messages,
        acks: subscription.acknowledger(),
        log: Arc::clone(&host.log),
        saved: cursor,
        failed: Arc::clone(&failed),
    };
    host.serve(runtime, subscription, output, envelopes)?;
    match failed.get() {
        Some(Failure { kind, message }) => Err(Error::new(*kind, message.clone())),
        None => Ok(()),
    }
}

/// The lines of a topic.
struct Envelopes {
    topic: String,
    file: PathBuf,
    messages: bool,
    acks: Acknowledger,
    log: Arc<dyn Observer>,
    saved: Option<String>,
    /// What ends it.
    failed: Arc<OnceLock<Failure>>,
}

impl Framing for Envelopes {
    fn write(&mut self, item: &Item, out: &mut Vec<u8>) {
        // Nobody but this file stores a cursor.
        if matches!(item, Item::Checkpoint(_)) {
            return;
        }
        out.extend_from_slice(br#"{"topic":"#);
        string(&self.topic, out);
        match item {
            Item::Event(event) => {
                out.extend_from_slice(br#","kind":"message","dedup_key":"#);
                string(event.id(), out);
                let mut payload = Vec::with_capacity(event.payload().len() + 64);
                payload::write(event.payload(), self.messages, &mut payload);
                frames::one_line(&mut payload);
                out.extend_from_slice(br#","text":"#);
                out.extend_from_slice(message_of(&payload).map_or("\"\"", RawValue::get).as_bytes());
                out.extend_from_slice(br#","payload":"#);
                out.extend_from_slice(&payload);
            }
            Item::Checkpoint(_) => {}
            Item::Health(health) => {
                out.extend_from_slice(br#","kind":"connection_health","control":true,"payload":{"status":"#);
                let (status, reason) = match health {
                    Health::Good => ("ok", None),
                    Health::Retrying { failure, .. } => ("retrying", Some(failure)),
                    Health::Failed { failure } => {
                        let _ = self.failed.set(failure.clone());
                        (super::subscribe::status(failure.kind), Some(failure))
                    }
                };
                string(status, out);
                if let Some(failure) = reason {
                    self.log.log(Level::Warn, &format!("{}: {}", failure.kind.as_str(), failure.message));
                    out.extend_from_slice(br#","reason":"#);
                    string(failure.kind.as_str(), out);
                    out.extend_from_slice(br#","detail":"#);
                    string(&failure.message, out);
                }
                out.push(b'}');
            }
        }
        out.extend_from_slice(b"}\n");
    }

    fn sent(&mut self, items: &VecDeque<Item>) {
        let events = items.iter().filter_map(|item| match item {
            Item::Event(event) => Some(event.id()),
            _ => None,
        });
        self.acks.acknowledge_all(events);
        let cursor = self.acks.cursor();
        if cursor.as_deref() != self.saved.as_deref()
            && let Some(cursor) = cursor
        {
            match save(&self.file, &cursor) {
                Ok(()) => self.saved = Some((*cursor).to_owned()),
                // What was sent comes once more after a restart, which is better than not at all.
                Err(error) => {
                    let file = self.file.display();
                    self.log.log(Level::Warn, &format!("the cursor can't be written to `{file}`: {error}"));
                }
            }
        }
    }
}

fn message_of(payload: &[u8]) -> Option<&RawValue> {
    #[derive(serde::Deserialize)]
    struct Payload<'a> {
        #[serde(borrow)]
        message: &'a RawValue,
    }
    serde_json::from_slice::<Payload<'_>>(payload).ok().map(|payload| payload.message)
}

/// Nobody ever sees half of it.
fn save(file: &Path, cursor: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let temporary = file.with_extension("tmp");
    let mut written = fs::File::create(&temporary)?;
    written.write_all(cursor.as_bytes())?;
    written.sync_data()?;
    fs::rename(&temporary, file)
}
