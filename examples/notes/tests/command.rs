//! The notes as a program that another program runs: all that its actions do comes through.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::fs;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use connector_sdk::call::{Caller, Connection};
use connector_sdk::event::{Item, SubscribeOptions};
use connector_sdk::manifest::Mode;
use connector_sdk::platform::puffer::CommandConnector;
use connector_sdk::serde_json::{Value, json};
use connector_sdk::{Context, Error, ErrorKind, Result, Settings};
use tempfile::TempDir;

const NOTES: &str = env!("CARGO_BIN_EXE_notes");

/// A folder of notes that the connection `work` is of, in a home of its own.
struct User {
    home: TempDir,
    connector: CommandConnector,
}

impl User {
    fn new() -> Self {
        let home = TempDir::new().expect("a folder");
        let (root, store) = (home.path().join("notes"), home.path().join("store"));
        fs::create_dir(&root).expect("a folder");
        let notes = |arguments: &[&str]| {
            let mut command = Command::new(NOTES);
            command.args(arguments).env_clear().env("CONNECTOR_HOME", &store).stdin(Stdio::null());
            let output = command.output().expect("it runs");
            assert!(output.status.success(), "{output:?}");
        };
        notes(&["connect", "work", "--set", &format!("root={}", root.display()), "--mode", "write"]);
        notes(&[
            "manifest",
            "--format",
            "puffer",
            "--out",
            &home.path().join("puffer").display().to_string(),
        ]);
        let template = home.path().join("puffer/connectors/notes/template.json");
        let template = fs::read_to_string(template).expect("a template");
        let store = format!("CONNECTOR_HOME={}", store.display());
        let connector = CommandConnector::from_template(&template).expect("a template");
        let connector = connector.command(["env", "-i", &store, NOTES]).expect("a command");
        Self { home, connector }
    }

    fn open(&self, name: &str) -> Arc<Connection> {
        Arc::new(Connection::open(name, &self.connector, &Settings::new()).expect("opened"))
    }
}

async fn act(notes: &Connection, action: &str, input: Value) -> Result<Value> {
    let caller = Caller::new("test", Mode::Admin).without_asking();
    notes.act(action, &input, &caller).await?.parse()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

#[test]
fn every_action_is_called_through_the_program() {
    let user = User::new();
    let notes = user.open("work");
    run(async {
        notes.health(Context::new()).await.expect("well");
        let body = "Two litres.\nAnd ä \"quoted\" word.";
        let created =
            act(&notes, "create_note", json!({"title": "Milk", "body": body})).await.expect("created");
        let path = created["path"].as_str().expect("a path").to_owned();
        let read = act(&notes, "read_note", json!({"path": path})).await.expect("read");
        assert!(read.to_string().contains("quoted"), "{read}");
        let listed = act(&notes, "list_notes", json!({"limit": 5})).await.expect("listed");
        assert_eq!(listed[0]["path"], path.as_str(), "{listed}");
        let found = act(&notes, "search_notes", json!({"query": "litres"})).await.expect("found");
        assert_eq!(found[0]["path"], path.as_str(), "{found}");
        act(&notes, "delete_note", json!({"path": path})).await.expect("deleted");
        let gone = act(&notes, "read_note", json!({"path": path})).await.expect_err("gone");
        assert_eq!(gone.kind(), ErrorKind::Upstream, "{gone}");

        // What the host can see to, it sees to before the program is started.
        let refused =
            async |action, input| act(&notes, action, input).await.map(drop).map_err(|e: Error| e.kind());
        assert_eq!(refused("list_notes", json!({"limit": 5000})).await, Err(ErrorKind::Usage));
        assert_eq!(refused("list_notes", json!({"limt": 5})).await, Err(ErrorKind::Usage));
        assert_eq!(refused("search_notes", json!({})).await, Err(ErrorKind::Usage));
        let readonly = Caller::new("test", Mode::Readonly);
        let denied = notes.act("delete_note", &json!({"path": "a.md"}), &readonly).await.expect_err("denied");
        assert_eq!(denied.kind(), ErrorKind::Denied);
        let other = act(&user.open("home"), "list_notes", json!({})).await.expect_err("another's");
        assert!(other.message().contains("nothing is stored of the connection `home`"), "{other}");
    });
}

#[test]
fn changes_are_told_through_the_program() {
    let user = User::new();
    run(async {
        let began = Instant::now();
        let mut subscription =
            user.open("work").subscribe(None, SubscribeOptions::new("test")).expect("subscribed");
        // What there is when it begins is no news, and when that is, it doesn't say.
        let path = loop {
            let file = tempfile::Builder::new()
                .prefix("note")
                .suffix(".md")
                .tempfile_in(user.home.path().join("notes"));
            let (_, path) = file.expect("a note").keep().expect("kept");
            let item = tokio::time::timeout(Duration::from_millis(500), subscription.next()).await;
            if let Ok(Some(Item::Event(event))) = item {
                subscription.acknowledge(event.id());
                break event.parse::<Value>().expect("JSON")["path"].as_str().expect("a path").to_owned();
            }
            assert!(path.exists() && began.elapsed() < Duration::from_secs(60), "nothing is told");
        };
        assert!(user.home.path().join("notes").join(&path).exists(), "{path}");
        subscription.stop().await;
    });
}
