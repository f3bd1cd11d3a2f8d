//! What takes a mailbox minutes, in time that passes only where somebody waits; a file system that lacks something;
//! and events that end.

mod endings;
mod patience;
mod places;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::call::Redactor;
use crate::event::{Emitter, Event, typed};
use crate::manifest::{Delivery, Events};
use crate::message::{Message, OutgoingMessage, Receipt, Sender};
use crate::{BoxFuture, Call, Connector, Context, Level, Run};

/// What becomes of the message that is delivered for the nth time.
type Fate = Box<dyn Fn(usize) -> Result<()> + Send + Sync>;

/// Tells some messages, and delivers as a test says.
struct Post {
    manifest: Manifest,
    messages: u64,
    delivered: Arc<Mutex<Vec<tokio::time::Instant>>>,
    fate: Fate,
    /// How many deliveries never end.
    hangs: usize,
}

impl Post {
    fn new(messages: u64, fate: impl Fn(usize) -> Result<()> + Send + Sync + 'static) -> Self {
        let mut manifest = Manifest::new("post", "Post", "1.0.0");
        let mut events = Events::new("Messages.", json!({"type": "object"}));
        events.messages = true;
        manifest.events = Some(events);
        manifest.delivery = Some(Delivery::new("Deliver a message."));
        Self { manifest, messages, delivered: Arc::default(), fate: Box::new(fate), hangs: 0 }
    }

    fn that_hangs_at_first(mut self) -> Self {
        self.hangs = 1;
        self
    }

    fn that_tells_repetitions(mut self) -> Self {
        self.manifest.delivery.as_mut().expect("it delivers").idempotent = true;
        self
    }

    fn connection(self) -> Arc<Connection> {
        Arc::new(Connection::over("work", Box::new(self), Redactor::new(&[])))
    }
}

impl Connector for Post {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, _: Call<'a>) -> Result<Run<'a>> {
        Err(Error::usage("it has no actions"))
    }

    fn events<'a>(
        &'a self,
        since: Option<&'a str>,
        out: Emitter,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (since, mut out) = typed::<u64, Message>(since, out)?;
            for n in since.unwrap_or(0) + 1..=self.messages {
                let payload = Message::new(format!("m{n}"), Sender::new("ann"), "C", format!("number {n}"));
                out.emit(Event { id: format!("e{n}"), cursor: n, payload }).await?;
            }
            std::future::pending().await
        })
    }

    fn send<'a>(&'a self, _: &'a OutgoingMessage, _: &'a Context) -> BoxFuture<'a, Result<Receipt>> {
        Box::pin(async {
            let time = {
                let mut delivered = self.delivered.lock().expect("whole");
                delivered.push(tokio::time::Instant::now());
                delivered.len()
            };
            if time <= self.hangs {
                std::future::pending::<()>().await;
            }
            (self.fate)(time).map(|()| Receipt::default())
        })
    }
}

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Observer for Log {
    fn log(&self, _: Level, message: &str) {
        self.0.lock().expect("whole").push(message.to_owned());
    }
}

/// An agent's folder.
struct Agent(TempDir);

impl Agent {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn options(&self) -> Options {
        let mut options = Options::new(self.0.path(), "work");
        options.durable = false;
        options
    }

    fn home(&self) -> Arc<home::Home> {
        Arc::new(home::Home::open(self.0.path(), "work").expect("a home"))
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join("messages").join(path)
    }

    fn say(&self, name: &str, text: &str) {
        let outbox = self.path("outbox/work");
        fs::create_dir_all(&outbox).expect("a folder");
        fs::write(outbox.join(name), json!({"channel": "C", "text": text}).to_string()).expect("written");
    }
}

/// The names of a folder's files with an ending, in their order.
fn names(folder: &Path, ending: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("one").file_name();
    let mut names: Vec<_> = entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(ending));
    names.sort();
    names
}
