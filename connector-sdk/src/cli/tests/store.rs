//! What is stored by one command line, and used by the next ones.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::fake::{Outcome, run_with};
use super::super::{Process, Terminal};
use crate::traces::folder;

const TYPED: &str = "typed-s3cret";

/// A user whose store is in a folder of its own.
struct User(TempDir);

impl User {
    fn new() -> Self {
        Self(folder())
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("home")
    }

    /// Runs a command line with nothing but some variables around it.
    fn run_with(
        &self,
        line: &str,
        variables: &[(&'static str, &'static str)],
        change: impl FnOnce(Process) -> Process,
    ) -> Outcome {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let (folder, variables) = (self.folder(), variables.to_vec());
        run_with(&arguments, |process| {
            change(process.environment(move |name| match name {
                "CONNECTOR_HOME" => Some(folder.clone().into_os_string()),
                _ => variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()),
            }))
        })
    }

    fn run(&self, line: &str) -> Outcome {
        self.run_with(line, &[], |process| process)
    }

    fn json(&self, line: &str) -> Value {
        let outcome = self.run(&format!("--json {line}"));
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
        outcome.json()["data"].clone()
    }

    /// At a terminal, typing these lines.
    fn type_in(&self, line: &str, typed: &'static str) -> Outcome {
        self.run_with(line, &[], |process| process.terminal(Terminal::all()).stdin(typed.as_bytes()))
    }

    fn pipe(&self, line: &str, input: &'static str) -> Outcome {
        self.run_with(line, &[], |process| process.stdin(input.as_bytes()))
    }

    /// With a connection of that name in its store.
    fn connected(name: &str) -> Self {
        let user = Self::new();
        let line = format!("--json --mode write connect {name} --set root=/stored");
        let outcome = user.run_with(&line, &[("NOTES_TOKEN", TYPED)], |process| process);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        user
    }
}

fn message(outcome: &Outcome) -> String {
    outcome.json()["error"]["message"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_connect_stores_is_used_by_other_commands() {
    let user = User::new();
    let variables = [("NOTES_TOKEN", TYPED), ("NOTES_DEPTH", "7")];
    let line = "--json --mode write connect --set root=/stored";
    let first = user.run_with(line, &variables, |process| process);
    assert_eq!(
        first.json()["data"],
        json!({
            "workspace": "default", "connector": "notes", "connection": "default", "state": "added",
            "checked": true,
            "settings": [{"name": "root", "source": "flag"}, {"name": "depth", "source": "env"}],
            "credentials": [{"name": "token", "source": "env"}],
        })
    );
    assert_eq!(user.json("notes search x")["root"], "/stored");
    let shown = user.json("config show");
    assert_eq!(
        shown["settings"],
        json!([
            {"name": "root", "env": "NOTES_ROOT", "required": true, "set": true, "source": "stored", "value": "/stored"},
            {"name": "depth", "env": "NOTES_DEPTH", "required": false, "set": true, "source": "stored", "value": 7},
        ])
    );
    assert_eq!(
        shown["credentials"],
        json!([{"name": "token", "env": "NOTES_TOKEN", "required": false, "set": true, "source": "stored"}])
    );
    assert_eq!(user.json("health")["status"], "healthy");
    assert_eq!(user.json("doctor")["auth"]["credentials_set"]["NOTES_TOKEN"], true);
    assert_eq!(user.json("options folders")["items"][0]["id"], "a");
}

#[test]
fn what_is_stored_is_the_last_source_before_defaults() {
    let user = User::connected("default");
    let file = user.0.path().join("settings.toml");
    fs::write(&file, "root = \"/file\"").expect("written");
    let config = format!("--json notes search x --config {}", file.display());
    let root = |line: &str, variables: &[(&'static str, &'static str)]| {
        user.run_with(line, variables, |process| process).json()["data"]["root"].clone()
    };
    let environment = [("NOTES_ROOT", "/env")];
    assert_eq!(root(&format!("{config} --set root=/flag"), &environment), "/flag");
    assert_eq!(root(&config, &environment), "/env");
    assert_eq!(root(&config, &[]), "/file");
    assert_eq!(root("--json notes search x", &[]), "/stored");
}

#[test]
fn the_same_values_are_stored_once() {
    let user = User::connected("default");
    let again = user.json("--mode write connect");
    assert_eq!(again["state"], "unchanged");
    assert_eq!(again["settings"], json!([{"name": "root", "source": "stored"}]));
    assert_eq!(user.json("--mode write connect --set root=/stored")["state"], "unchanged");
    assert_eq!(user.json("--mode write connect --set root=/other")["state"], "replaced");
    assert_eq!(user.json("connections")["connections"].as_array().map(Vec::len), Some(1));
    assert_eq!(user.json("notes search x")["root"], "/other");
}

#[test]
fn what_does_not_work_is_not_stored() {
    let user = User::new();
    let down = user.run("--json --mode write connect --set root=down");
    assert_eq!((down.code, message(&down).as_str()), (5, "nothing was stored: the folder is gone"));
    let refused = user.pipe("--json --mode write connect --stdin", r#"{"root":"/x","token":"bad-s3cret"}"#);
    assert_eq!(
        (refused.code, message(&refused).as_str()),
        (4, "nothing was stored: the token [redacted] was refused")
    );
    let missing = user.run("--json --mode write connect");
    assert_eq!(
        (missing.code, &missing.json()["error"]["details"]["missing_keys"]),
        (4, &json!(["NOTES_ROOT"]))
    );
    assert!(!user.folder().exists());

    let user = User::connected("default");
    assert_eq!(user.pipe("--mode write connect --stdin", r#"{"token":"bad"}"#).code, 4);
    assert_eq!(user.json("health")["status"], "healthy", "what was stored before still is");
}

#[test]
fn standard_input_brings_settings_and_credentials() {
    let user = User::new();
    let line = "--json --mode write connect work --stdin";
    let outcome = user.pipe(line, r#"{"token": "typed-s3cret", "root": "/piped", "depth": null}"#);
    let data = outcome.json()["data"].clone();
    assert_eq!(data["settings"], json!([{"name": "root", "source": "stdin"}]));
    assert_eq!(data["credentials"], json!([{"name": "token", "source": "stdin"}]));
    assert!(!format!("{outcome:?}").contains(TYPED));
    for (input, words) in [
        ("\"typed-s3cret\"", "must be one JSON object of settings and credentials; line 1, column 14"),
        ("{\"root\": typed-s3cret}", "line 1, column 11 is something else"),
        ("{\"root\":1} 2", "must be one JSON object"),
        ("", "must be one JSON object"),
        ("{\"tokn\":\"typed-s3cret\"}", "there is no setting or credential `tokn`; did you mean `token`?"),
        ("{\"token\":7}", "credential `token` on standard input must be a text"),
        ("{\"root\":\"a\",\"root\":\"b\"}", "has `root` twice; give it once"),
    ] {
        let outcome = user.pipe(line, input);
        assert_eq!(outcome.code, 2, "{input}: {outcome:?}");
        assert!(message(&outcome).contains(words), "{input}: {outcome:?}");
        assert!(!format!("{outcome:?}").contains(TYPED), "{outcome:?}");
    }
    let endless = user.run_with(line, &[], |process| process.stdin(std::io::repeat(b' ')));
    assert!(message(&endless).contains("larger than 16 MiB"), "{endless:?}");
}

#[test]
fn somebody_at_a_terminal_is_asked_and_needs_no_mode() {
    let user = User::new();
    let outcome = user.type_in("connect", "\n/typed\nmany\n5\ntyped-s3cret\n");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(
        outcome.stderr,
        "root: it is required\nroot: depth [3]: expected a whole number\ndepth [3]: token (not shown, optional): \n"
    );
    assert!(outcome.stdout.starts_with("state: added\nconnection: default\n"), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains(TYPED));
    let shown = user.json("config show");
    assert_eq!(
        (&shown["settings"][0]["value"], &shown["settings"][1]["value"]),
        (&json!("/typed"), &json!(5))
    );
    assert_eq!(shown["credentials"][0]["source"], "stored");

    // What is stored is offered again, and kept by an empty line.
    let again = user.type_in("--json connect", "\n\n\n");
    assert_eq!(again.json()["data"]["state"], "unchanged");
    assert_eq!(again.stderr, "root [/typed]: depth [5]: token (not shown, nothing keeps what is stored): \n");
    // What is given otherwise is not asked for.
    let given = user.type_in("connect --set root=/x --set depth=1", "\n");
    assert_eq!((given.code, given.stderr.matches(": ").count()), (0, 1), "{given:?}");
    let agreed = user.type_in("connect --yes", "");
    assert_eq!((agreed.code, agreed.stderr.as_str()), (0, ""));
}

#[test]
fn answers_that_end_too_early_store_nothing() {
    let user = User::new();
    for typed in ["", "/typed\n", "/typed\n\n"] {
        let outcome = user.type_in("connect", typed);
        assert_eq!(outcome.code, 10, "{outcome:?}");
        assert!(
            outcome.stderr.ends_with("ended before all was answered; nothing was stored\n"),
            "{outcome:?}"
        );
    }
    assert!(!user.folder().exists());
}

#[test]
fn without_a_terminal_the_mode_decides_before_anything_is_read() {
    let user = User::connected("default");
    for line in
        ["connect", "connect --bogus", "connect a b c", "disconnect", "--mode readonly disconnect x y"]
    {
        let outcome =
            user.run_with(&format!("--json {line}"), &[], |process| process.stdin(std::io::repeat(b'x')));
        assert_eq!(
            (outcome.code, &outcome.json()["error"]["code"]),
            (3, &json!("PERMISSION_DENIED")),
            "{line}"
        );
        let details = outcome.json()["error"]["details"].clone();
        assert_eq!(details, json!({"required_mode": "write", "actual_mode": "readonly"}));
    }
    for line in ["--mode readonly connect", "disconnect --mode readonly"] {
        assert_eq!(user.type_in(line, "y\n").code, 3, "somebody said readonly");
    }
    assert_eq!(user.run("--json --mode write connect a yes").code, 2, "an option isn't given by a value");
    assert_eq!(user.json("connections")["connections"].as_array().map(Vec::len), Some(1));
}

#[test]
fn disconnect_asks_and_forgets() {
    let user = User::connected("work");
    let no = user.type_in("disconnect work", "n\n");
    assert_eq!(no.code, 3, "{no:?}");
    assert!(
        no.stderr.starts_with(
            "Notes: forget the settings and credentials of the connection `work` in the workspace `default`.\n\
             Proceed? [y/N] "
        ),
        "{no:?}"
    );
    assert_eq!(user.json("connections")["connections"].as_array().map(Vec::len), Some(1));
    let mistyped = user.run("--json --mode write disconnect wrok");
    assert_eq!(
        (mistyped.code, message(&mistyped).as_str()),
        (6, "nothing is stored of the connection `wrok` in the workspace `default`")
    );
    assert_eq!(user.type_in("disconnect work", "y\n").stdout, "done\n");
    assert_eq!(user.json("connections"), json!({"connections": []}));
    assert_eq!(user.run("connections").stdout, "none\n");
    assert_eq!(user.run("--mode write disconnect work").code, 6);
    assert_eq!(User::new().run("--mode write disconnect").code, 6);
}

#[test]
fn connections_are_chosen_by_name_and_workspace() {
    let user = User::connected("work");
    user.json("--mode write connect work --workspace other --set root=/other");
    user.json("--mode write --connection home connect --set root=/home");
    let listed = user.json("connections");
    let names: Vec<_> = listed["connections"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| (row["workspace"].as_str(), row["connection"].as_str()))
        .collect();
    assert_eq!(
        names,
        [(Some("default"), Some("home")), (Some("default"), Some("work")), (Some("other"), Some("work"))]
    );
    assert!(listed["connections"][0]["saved_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{listed}");
    assert_eq!(user.json("connections --workspace other")["connections"].as_array().map(Vec::len), Some(1));
    assert_eq!(user.json("notes search x --connection work")["root"], "/stored");
    assert_eq!(user.json("notes search x --connection work --workspace other")["root"], "/other");
    assert_eq!(user.run("--json notes search x").code, 4, "nothing is stored under the default name");
    for line in ["notes search x --set root=/x", "health", "config show"] {
        let unknown = user.run(&format!("--json --connection wrok {line}"));
        assert_eq!(unknown.code, 4, "{unknown:?}");
        assert!(message(&unknown).contains("nothing is stored of the connection `wrok`"), "{unknown:?}");
    }
    let twice = user.run("--json --mode write connect a --connection b --set root=/x");
    assert!(message(&twice).contains("is given twice"), "{twice:?}");
    let empty = user.run("--json connections --workspace=");
    assert_eq!((empty.code, message(&empty).contains("a workspace is empty")), (2, true), "{empty:?}");
}

#[test]
fn a_store_that_can_not_be_read_is_said_where_it_matters() {
    let user = User::connected("default");
    let file = user.folder().join("credentials");
    let whole = fs::read(&file).expect("the store");
    fs::write(&file, &whole[..whole.len() / 2]).expect("cut");
    for line in [
        "notes search x",
        "config show",
        "options folders",
        "--mode write connect --set root=/x",
        "connections",
        "--mode write disconnect",
    ] {
        let outcome = user.run(&format!("--json {line}"));
        assert_eq!(
            (outcome.code, &outcome.json()["error"]["code"]),
            (4, &json!("NOTES_SETUP_REQUIRED")),
            "{line}"
        );
        assert!(message(&outcome).contains("credentials` is damaged"), "{line}: {outcome:?}");
    }
    let doctor = user.json("doctor");
    assert_eq!(doctor["status"], "needs_setup");
    assert!(doctor.to_string().contains("credentials` is damaged"), "{doctor}");
    assert_eq!(fs::read(&file).expect("the store").len(), whole.len() / 2, "it was not written over");
    let all = [("NOTES_ROOT", "/env"), ("NOTES_DEPTH", "1"), ("NOTES_TOKEN", TYPED)];
    let outcome = user.run_with("--json notes search x", &all, |process| process);
    assert_eq!(outcome.code, 0, "it isn't needed: {outcome:?}");
    let other = [("CONNECTOR_KEY", "t0p-s3cret")];
    let outcome = user.run_with("--json notes search x", &other, |process| process);
    assert!(message(&outcome).contains("CONNECTOR_KEY: a key is 32 bytes"), "{outcome:?}");
}

#[test]
fn nothing_is_read_or_made_without_a_store() {
    let user = User::new();
    // Even a key that is none is nobody's trouble as long as nothing is stored.
    let variables = [("NOTES_ROOT", "/env"), ("CONNECTOR_KEY", "none")];
    for line in
        ["notes search x", "health", "doctor", "config show", "capabilities", "connections", "manifest"]
    {
        let outcome = user.run_with(&format!("--json {line}"), &variables, |process| process);
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
    }
    assert!(!user.folder().exists());
    let nowhere = run_with(&["--json", "--mode", "write", "connect"], |process| process);
    assert!(message(&nowhere).contains("set CONNECTOR_HOME to a folder of your own"), "{nowhere:?}");
}

#[test]
fn no_command_shows_what_is_stored() {
    let user = User::connected("default");
    for line in [
        "echo typed-s3cret",
        "fail panic",
        "config show --set root=/typed-s3cret",
        "connections",
        "connections --workspace typed-s3cret",
        "--mode write connect",
        "--mode write connect typed-s3cret",
        "--mode write connect --set token=typed-s3cret",
        "--mode write connect --set typed-s3cret",
        "doctor",
        "health --set root=typed-s3cret",
        "--mode write disconnect",
    ] {
        for extra in ["--json", "--verbose", ""] {
            let outcome = user.run(&format!("{line} {extra}"));
            let shown = format!("{}{}", outcome.stdout, outcome.stderr);
            assert!(!shown.contains(TYPED) && !shown.is_empty(), "{line} {extra}: {outcome:?}");
        }
    }
    for entry in fs::read_dir(user.folder()).expect("the folder") {
        let bytes = fs::read(entry.expect("an entry").path()).expect("readable");
        assert!(memchr::memmem::find(&bytes, TYPED.as_bytes()).is_none());
    }
}

#[test]
fn the_grammar_knows_the_commands() {
    let user = User::new();
    let help = user.run("connect --help").stdout;
    assert!(
        help.contains("--stdin") && help.contains("--name <NAME>") && help.contains("--workspace"),
        "{help}"
    );
    let unbroken = help.replace('\n', " ");
    assert!(unbroken.contains("Without a terminal it needs `--mode write`"), "{help}");
    assert!(user.run("--help").stdout.contains("disconnect"));
    assert!(user.run("__complete --word=conn").stdout.contains("\nconnections\tList the connections"));
    assert!(user.run("__complete --word=--w").stdout.starts_with("--workspace\tUse what was stored"));
    assert!(user.run("conect").stderr.contains("did you mean `connect`?"));
    let capabilities = user.json("capabilities").to_string();
    assert!(!capabilities.contains("disconnect"), "a platform isn't told: {capabilities}");
}
