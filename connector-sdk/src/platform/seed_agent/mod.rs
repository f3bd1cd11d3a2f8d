//! How it is made: one process an instance, which takes the connector's messages into the agent's inbox and
//! delivers what lies in the instance's outbox.
//!
//! All of it is known from the host's own source; what is written here answers to the sections of the
//! contract that the modules cite. Nobody talks to this process. Files are the whole interface, so what
//! matters is in which order they are written, moved and removed: `incoming` and `outgoing` say how each
//! order survives a process that is killed.

mod failed;
mod file;
mod files;
mod home;
mod inbox;
mod incoming;
mod letter;
mod names;
mod outbox;
mod outgoing;
mod queue;
mod seen;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

pub use files::files;
use tokio_util::sync::CancellationToken;

use crate::call::Connection;
use crate::manifest::Manifest;
use crate::{Error, ErrorKind, Observer, Result};

/// What records call the agent.
const CALLER: &str = "seed-agent";

/// What a mailbox is told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The agent's folder, `SEED_HOME`.
    pub home: PathBuf,
    /// What this connection is called there: the name of its outbox.
    pub instance: String,
    /// Whether what is written outlives a loss of power. It does unless this says otherwise; a process that is
    /// killed loses nothing either way.
    pub durable: bool,
    /// Whether a message that may have arrived is sent once more, after a crash in the middle of its delivery or
    /// where the service didn't answer, although the connector can't tell a repetition.
    pub resend: bool,
    /// How many of the instance's messages may lie in the inbox. Beyond them events stay unacknowledged until the
    /// agent has read some, so an agent that is away fills no disk. 100,000 unless this says otherwise.
    pub most_unread: usize,
}

impl Options {
    /// A mailbox of an agent.
    pub fn new(home: impl Into<PathBuf>, instance: impl Into<String>) -> Self {
        let (home, instance) = (home.into(), instance.into());
        Self { home, instance, durable: true, resend: false, most_unread: 100_000 }
    }
}

/// Runs a mailbox until it is told to stop.
///
/// # Errors
///
/// What a restart can't mend, such as a home that isn't there or credentials that are refused, and `conflict`
/// when another process serves the instance. What may mend itself is retried inside.
pub async fn mailbox(
    connection: Arc<Connection>,
    options: &Options,
    log: Arc<dyn Observer>,
    stop: CancellationToken,
) -> Result<()> {
    let manifest = connection.manifest();
    if !manifest.is_messaging() {
        return Err(no_messages(manifest));
    }
    let home = Arc::new(home::Home::open(&options.home, &options.instance)?);
    let writer = incoming::Writer::open(&home, manifest, options, Arc::clone(&log))?;
    let delivery = outgoing::Delivery::new(Arc::clone(&connection), home, options, log);
    // Whichever ends first takes the other with it.
    let both = stop.child_token();
    let (received, delivered) = tokio::join!(
        async {
            let _ends = both.clone().drop_guard();
            incoming::receive(&connection, writer, &both).await
        },
        async {
            let _ends = both.clone().drop_guard();
            delivery.run(&both).await
        },
    );
    received.and(delivered)
}

fn no_messages(manifest: &Manifest) -> Error {
    let id = &manifest.id;
    Error::usage(format!(
        "`{id}` carries no messages: that needs events over `Message` and a way to send one"
    ))
}

/// The number that the process ends with: 2 where a restart can't help, as the contract of the agent's manager has it, and
/// 1 where it may.
pub const fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Usage | ErrorKind::Setup | ErrorKind::Auth | ErrorKind::Denied => 2,
        _ => 1,
    }
}

/// Runs what waits for a disk beside what waits for the network.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::internal(format!("work on the mailbox's files was lost: {error}")))
}
