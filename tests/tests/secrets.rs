//! No secret in anything that a connector's program writes, whatever it is asked and whatever it is
//! told: results, errors, logs with `--verbose`, panics, listings, and what is asked of people.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

#[path = "../../connector-sdk/src/traces.rs"]
#[expect(dead_code, reason = "nothing here needs a folder")]
mod traces;

use std::process::{Command, Output, Stdio};

use serde_json::Value;

const PASSWORD: &str = "s3cret-P4ssw0rd/+\"\\";
const SPARE: &str = "another.one_999";

fn vault(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vault"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command.env("VAULT_PASSWORD", PASSWORD).env("VAULT_SPARE", SPARE).env("RUST_BACKTRACE", "full");
    command
}

fn run(arguments: &[&str]) -> Output {
    vault(arguments).output().expect("the program runs")
}

/// All that it wrote, as text.
fn written(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn keeps_secrets(what: &[&str], output: &Output) {
    let written = written(output);
    traces::leave(&written);
    for secret in [PASSWORD, SPARE, "s3cret-P4ssw0rd", "another.one", "czNjcmV0"] {
        assert!(!written.contains(secret), "{what:?} shows {secret}: {written}");
    }
}

const COMMANDS: [&[&str]; 20] = [
    &["capabilities"],
    &["health"],
    &["doctor"],
    &["config", "show"],
    &["manifest"],
    &["options", "choices"],
    &["options", "choices", "--query", PASSWORD],
    &["show"],
    &["show", "--text", PASSWORD],
    &["show", "--txet", PASSWORD],
    &["fail"],
    &["panic_early"],
    &["panic_late"],
    &["store", "--what", SPARE],
    &["--mode", "write", "store", "--what", SPARE],
    &["--mode", "write", "--yes", "store", "--what", PASSWORD],
    &["call", "show", "--input", "{\"text\":\"s3cret-P4ssw0rd/+\\\"\\\\\"}"],
    &["call", "show", "--input", "{\"text\":s3cret-P4ssw0rd/+\"\\"],
    &["call", PASSWORD],
    &[SPARE],
];

#[test]
fn no_command_shows_a_secret() {
    for command in COMMANDS {
        for before in [&[][..], &["--json"], &["--verbose"], &["--json", "--verbose"]] {
            let line = [before, command].concat();
            keeps_secrets(&line, &run(&line));
        }
    }
}

#[test]
fn what_stood_beside_a_secret_is_still_there() {
    let shown = run(&["--json", "show", "--text", "plain"]);
    let envelope: Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    assert_eq!(envelope["data"][0]["password"], "[redacted]", "{envelope}");
    assert_eq!(envelope["data"][1]["password"], "plain");
    assert_eq!(envelope["data"][2]["password"], "me:[redacted] and [redacted], 1 times");

    let failed = run(&["--json", "fail"]);
    let envelope: Value = serde_json::from_slice(&failed.stdout).expect("JSON");
    let message = envelope["error"]["message"].as_str().expect("a message");
    assert!(message.contains("me:[redacted]"), "{envelope}");
    assert_eq!((failed.status.code(), envelope["ok"].clone()), (Some(5), false.into()));

    let panicked = run(&["--json", "--verbose", "panic_late"]);
    let envelope: Value = serde_json::from_slice(&panicked.stdout).expect("JSON");
    assert_eq!(envelope["error"]["code"], "INTERNAL_ERROR");
    assert_eq!(panicked.status.code(), Some(10));
    let stderr = String::from_utf8_lossy(&panicked.stderr);
    assert!(stderr.contains("vault.rs"), "it says where: {stderr}");
}

#[test]
fn a_connection_that_does_not_open_shows_no_secret() {
    let settings: [&[&str]; 4] = [
        &["--set", "count=12"],
        &["--set", "count=another.one_999"],
        &["--set", "password=another.one_999"],
        &["--set", "cuont=another.one_999"],
    ];
    for setting in settings {
        for command in
            [&["--json", "show"][..], &["show"], &["--json", "--verbose", "doctor"], &["config", "show"]]
        {
            let line = [setting, command].concat();
            keeps_secrets(&line, &run(&line));
        }
    }
    let mut without = vault(&["--json", "show"]);
    without.env_remove("VAULT_PASSWORD");
    let without = without.output().expect("the program runs");
    assert_eq!(without.status.code(), Some(4));
    assert!(written(&without).contains("VAULT_PASSWORD"));
    keeps_secrets(&["without"], &without);
}
