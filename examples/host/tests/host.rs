//! The program as somebody runs it, with the connectors of this repository.
#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

#[path = "../../../connector-sdk/src/traces.rs"]
mod traces;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

struct User(TempDir);

impl User {
    fn new() -> Self {
        let home = traces::folder();
        fs::create_dir(home.path().join("notes")).expect("a folder");
        fs::write(home.path().join("notes/a.md"), "# Apples\n\nRed ones.\n").expect("written");
        Self(home)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_host"));
        command.args(arguments).env_clear().stdin(Stdio::null()).current_dir(examples());
        command
            .env("CONNECTOR_HOME", self.0.path().join("home"))
            .env("CONNECTOR_KEYRING", "off")
            .env("NOTES_ROOT", self.0.path().join("notes"));
        command
    }

    fn run(&self, line: &str) -> Output {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let output = self.command(&arguments).output().expect("the program runs");
        traces::leave(&output.stdout);
        traces::leave(&output.stderr);
        output
    }

    fn records(&self) -> Vec<Value> {
        let trail = fs::read_to_string(self.0.path().join("home/audit.jsonl")).expect("a trail");
        trail.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn envelope(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("an envelope")
}

#[test]
fn the_connectors_of_this_repository_load_and_nothing_is_noted() {
    let user = User::new();
    for line in ["--json list", "--connectors connectors list --json"] {
        let output = user.run(line);
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{line}");
        let data = &envelope(&output)["data"];
        assert_eq!(data["failed"], json!([]));
        let rows = data["connectors"].as_array().expect("rows");
        let ids: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
        assert_eq!(ids, ["github", "notes", "mastodon", "open-meteo", "stripe"]);
        assert!(rows.iter().all(|row| row["notes"] == json!([])), "{data}");
    }
    assert_eq!(user.run("doctor").status.code(), Some(0));
}

#[test]
fn a_linked_connector_is_called() {
    let user = User::new();
    let output = user.run("--json call notes search_notes --query apples");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(envelope(&output)["data"].as_array().map(Vec::len), Some(1), "{output:?}");
}

#[test]
fn what_wants_approval_is_not_sent_without_it() {
    let user = User::new();
    // Its service is not on this machine, so that something was sent would be another error.
    for (line, code) in [
        ("call stripe create_customer --name x", 3),
        ("call stripe create_customer --name x --mode write", 3),
        ("call stripe create_refund --payment_intent x --mode admin", 3),
        ("call stripe create_refund --payment_intent x --mode write --yes", 3),
        ("call stripe list_customers", 4),
        ("call notes create_note Title Text --mode write", 3),
    ] {
        assert_eq!(user.run(line).status.code(), Some(code), "{line}");
    }
    assert_eq!(user.records().len(), 6);
    assert_eq!(fs::read_dir(user.0.path().join("notes")).expect("a folder").count(), 1);
}

#[test]
fn what_is_stored_is_shown_by_nothing() {
    let user = User::new();
    // It is checked by nothing, since its service is not on this machine.
    for line in [
        "connect stripe --set STRIPE_API_KEY=sk_s3cret_value --mode write",
        "connections",
        "status --json",
        "list stripe --json",
        "call stripe create_customer --name sk_s3cret_value --mode write",
        "call stripe no_such_action --key sk_s3cret_value",
        "audit --json",
    ] {
        let output = user.run(line);
        let shown = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8_lossy(&shown).contains("s3cret"), "{line}");
    }
    assert_eq!(user.run("disconnect stripe --mode write").status.code(), Some(0));
}

#[test]
fn lines_of_many_programs_do_not_mix() {
    const PROGRAMS: usize = 12;
    let user = User::new();
    let programs: Vec<_> = (0..PROGRAMS)
        .map(|at| {
            let query = format!("apples{at}");
            let mut command = user.command(&["call", "notes", "search_notes", &query]);
            command.stdout(Stdio::null()).spawn().expect("it starts")
        })
        .collect();
    for mut program in programs {
        assert!(program.wait().expect("it ends").success());
    }
    let records = user.records();
    assert_eq!(records.len(), PROGRAMS);
    let inputs: std::collections::HashSet<_> =
        records.iter().map(|record| record["input"].to_string()).collect();
    assert_eq!(inputs.len(), PROGRAMS, "each had an input of its own");
}

#[cfg(unix)]
#[test]
fn the_file_of_subscriptions_is_read() {
    let user = User::new();
    let never = user.run("status --run hosts.yml");
    assert!(String::from_utf8_lossy(&never.stderr).contains("`hosts.yml` was never run"), "{never:?}");
    let file = user.0.path().join("hosts.yml");
    fs::write(&file, "connectors: [{ name: notes, connector: nots }]\n").expect("written");
    let mistaken = user.run(&format!("run {}", file.display()));
    assert_eq!(mistaken.status.code(), Some(4));
    let said = String::from_utf8_lossy(&mistaken.stderr).into_owned();
    assert!(
        said.contains("notes: unusable: usage: there is no connector `nots`; did you mean `notes`?"),
        "{said}"
    );
}
