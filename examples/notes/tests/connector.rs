//! The connector as a host has it: opened with settings, called with JSON.
#![expect(clippy::unwrap_used, reason = "the helpers of tests may panic as tests may")]

use std::fs;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::Mode;
use connector_sdk::serde_json::{Value, json};
use connector_sdk::{Choice, Context, ErrorKind, Factory, Result, Settings, factory};
use notes::Notes;
use tempfile::TempDir;

struct Opened {
    dir: TempDir,
    connection: Connection,
}

impl Opened {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().unwrap();
        for (path, content) in files {
            fs::write(dir.path().join(path), content).unwrap();
        }
        let settings = Settings::new().value("root", dir.path().to_str().unwrap());
        let connection = Connection::open("test", &factory::<Notes>(), &settings).unwrap();
        Self { dir, connection }
    }

    fn act(&self, mode: Mode, action: &str, input: Value) -> Result<Value> {
        let caller = Caller::new("test", mode).without_asking();
        run(self.connection.act(action, &input, &caller))?.parse()
    }

    fn refused(&self, mode: Mode, action: &str, input: Value) -> (ErrorKind, String) {
        let error = self.act(mode, action, input).unwrap_err();
        (error.kind(), error.message().to_owned())
    }

    fn choices(&self, query: &str) -> Vec<Choice> {
        run(self.connection.options("paths", query, Context::new())).unwrap()
    }
}

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[test]
fn it_is_what_its_source_says() {
    let factory = factory::<Notes>();
    let manifest = factory.manifest();
    let actions: Vec<_> = manifest
        .actions
        .iter()
        .map(|action| (action.name.as_str(), action.command.as_str(), action.permission.mode))
        .collect();
    assert_eq!(
        actions,
        [
            ("list_notes", "notes.list", Mode::Readonly),
            ("read_note", "notes.read", Mode::Readonly),
            ("search_notes", "notes.search", Mode::Readonly),
            ("create_note", "notes.create", Mode::Write),
            ("delete_note", "notes.delete", Mode::Admin),
        ]
    );
    assert_eq!(manifest.setting("root").unwrap().env, "NOTES_ROOT");
    assert!(manifest.health);
    assert!(manifest.credentials.is_empty());
}

#[test]
fn a_note_lives_from_its_making_to_its_end() {
    let notes = Opened::new(&[]);
    let made = notes
        .act(Mode::Write, "create_note", json!({"title": "Tea: green", "body": "Seventy degrees."}))
        .unwrap();
    assert_eq!(made, json!({"path": "Tea green.md"}));

    let read = notes.act(Mode::Readonly, "read_note", json!({"path": "Tea green.md"})).unwrap();
    assert_eq!(read["title"], "Tea: green");
    assert_eq!(read["text"], "---\ntitle: \"Tea: green\"\n---\n\nSeventy degrees.\n");

    let found = notes.act(Mode::Readonly, "search_notes", json!({"query": "degrees"})).unwrap();
    assert_eq!(
        found,
        json!([{"path": "Tea green.md", "title": "Tea: green", "line": 5, "context": "Seventy degrees."}])
    );
    let listed = notes.act(Mode::Readonly, "list_notes", json!({})).unwrap();
    assert_eq!(listed, json!([{"path": "Tea green.md", "title": "Tea: green", "tags": []}]));

    assert_eq!(notes.act(Mode::Admin, "delete_note", json!({"path": "Tea green.md"})).unwrap(), Value::Null);
    assert_eq!(fs::read_dir(notes.dir.path()).unwrap().count(), 0);
}

#[test]
fn nobody_does_more_than_they_may() {
    let notes = Opened::new(&[("a.md", "a")]);
    assert_eq!(
        notes.refused(Mode::Readonly, "create_note", json!({"title": "b", "body": ""})).0,
        ErrorKind::Denied
    );
    assert_eq!(notes.refused(Mode::Write, "delete_note", json!({"path": "a.md"})).0, ErrorKind::Denied);
    assert_eq!(fs::read_dir(notes.dir.path()).unwrap().count(), 1);
}

#[test]
fn bad_input_is_said_to_be_bad() {
    let notes = Opened::new(&[]);
    for (action, input, says) in [
        ("search_notes", json!({"query": "", "limit": 1}), "query"),
        ("search_notes", json!({"query": "x".repeat(201)}), "200"),
        ("search_notes", json!({"query": "x", "limit": 0}), "limit"),
        ("search_notes", json!({"querry": "x"}), "query"),
        ("list_notes", json!({"limit": 1001}), "limit"),
        ("list_notes", json!({"folder": ".."}), "out of the notes folder"),
        ("read_note", json!({"path": "../x.md"}), "out of the notes folder"),
        ("read_note", json!({"path": 7}), "path"),
        ("read_note", json!({}), "path"),
    ] {
        let (kind, message) = notes.refused(Mode::Readonly, action, input.clone());
        assert!(kind == ErrorKind::Usage && message.contains(says), "{action} {input}: {kind:?} {message}");
    }
}

#[test]
fn paths_can_be_chosen() {
    let notes = Opened::new(&[("a.md", "# Apples"), ("b.md", "# Bread\nwith apples")]);
    let all = [Choice::new("a.md", "Apples"), Choice::new("b.md", "Bread")];
    assert_eq!(notes.choices(""), all);
    assert_eq!(notes.choices("app"), all, "the title goes before the body");
    assert_eq!(notes.choices("bre"), all[1..]);
    assert!(notes.choices("nothing").is_empty());
}

#[test]
fn health_is_that_of_the_folder() {
    let Opened { dir, connection } = Opened::new(&[]);
    run(connection.health(Context::new())).unwrap();
    drop(dir);
    let error = run(connection.health(Context::new())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert!(error.message().contains("NOTES_ROOT"), "{error}");
}

#[test]
fn a_missing_setting_is_named() {
    let error = Connection::open("test", &factory::<Notes>(), &Settings::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert!(error.message().contains("root"), "{error}");
}
