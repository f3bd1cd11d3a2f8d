//! Programs as connectors: those of this crate's own making, and some that are rude.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

mod acks;
mod answers;
mod made;
mod rude;
mod streams;

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use connector_sdk::call::{Caller, Connection};
use connector_sdk::event::{Item, RawEvent, SubscribeOptions, Subscription};
use connector_sdk::manifest::Mode;
use connector_sdk::platform::puffer::CommandConnector;
use connector_sdk::{Context, Level, Observer, Result, Settings};
use serde_json::{Value, json};

/// Longer than anything takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// A template with an action `run` of which nothing is known, over a script for the shell. `$1` is the question, `$2` the connection.
fn script(script: &str) -> CommandConnector {
    let template = json!({
        "slug": "script", "description": "A script.", "skill": "script", "binary": "sh",
        "command": ["sh", "-c", script, "script"], "requires_auth": true, "can_subscribe": true,
        "actions": {"run": {
            "slug": "run", "permission": {"category": "external_read", "summary": "Run it."}
        }}
    });
    CommandConnector::from_template(&template.to_string()).expect("a template")
}

fn open(connector: &CommandConnector) -> Arc<Connection> {
    Arc::new(Connection::open("work", connector, &Settings::new()).expect("opened"))
}

/// What the script answers to `run`.
async fn run(text: &str) -> Result<String> {
    call(&open(&script(text)), Context::new()).await
}

async fn call(connection: &Connection, context: Context) -> Result<String> {
    let caller = Caller::new("test", Mode::Admin).without_asking();
    let output = connection.call("run", b"{}", &caller, context).await?;
    Ok(String::from_utf8(output.into_bytes()).expect("UTF-8"))
}

fn caller() -> Caller {
    Caller::new("test", Mode::Admin).without_asking()
}

/// Restarts at once.
fn options() -> SubscribeOptions {
    let mut options = SubscribeOptions::new("test");
    (options.first_wait, options.longest_wait) = (Duration::from_millis(1), Duration::from_millis(5));
    options.grace = Duration::from_secs(20);
    options
}

async fn next(subscription: &mut Subscription) -> Item {
    tokio::time::timeout(LONG, subscription.next()).await.expect("in time").expect("not its end")
}

async fn event(subscription: &mut Subscription) -> RawEvent {
    loop {
        if let Item::Event(event) = next(subscription).await {
            return event;
        }
    }
}

/// Keeps a log.
#[derive(Default)]
struct Log(Mutex<String>);

impl Log {
    fn text(&self) -> String {
        self.0.lock().expect("a log").clone()
    }

    async fn until(&self, said: &str) -> String {
        wait(|| self.text().contains(said)).await;
        self.text()
    }
}

impl Observer for Log {
    fn log(&self, level: Level, message: &str) {
        let mut log = self.0.lock().expect("a log");
        *log += &format!("[{}] {message}\n", level.as_str());
    }
}

async fn wait(mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < LONG, "it never comes");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whether a process is there and not only waits to be waited for.
fn is_alive(id: &str) -> bool {
    let state = std::process::Command::new("ps").args(["-o", "stat=", "-p", id]).output().expect("ps");
    let state = String::from_utf8_lossy(&state.stdout);
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

/// The number of a process that wrote it to a file.
async fn number_in(file: &Path) -> String {
    wait(|| fs::read_to_string(file).is_ok_and(|text| text.ends_with('\n'))).await;
    fs::read_to_string(file).expect("a number").trim().to_owned()
}

async fn is_gone(id: &str) {
    wait(|| !is_alive(id)).await;
}

fn json_of(event: &RawEvent) -> Value {
    event.parse().expect("JSON")
}
