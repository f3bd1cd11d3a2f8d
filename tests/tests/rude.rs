//! A program has one answer, whatever its connector does to the process.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::process::{Command, Stdio};

use serde_json::Value;

/// The one envelope of a command line, with the number that it ended with.
fn run(line: &str, stdin: Stdio) -> (Option<i32>, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rude"));
    command.arg("--json").args(line.split(' ')).env_clear().stdin(stdin);
    let output = command.output().expect("the program runs");
    let envelope = serde_json::from_slice(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    (output.status.code(), envelope.unwrap_or_else(|error| panic!("{line}: {error}; {stderr}")))
}

fn failure(line: &str, stdin: Stdio) -> (Option<i32>, String) {
    let (code, envelope) = run(line, stdin);
    assert_eq!(envelope["ok"], false, "{envelope}");
    (code, envelope["error"]["message"].as_str().expect("a message").to_owned())
}

#[test]
fn a_method_that_blocks_its_thread_is_not_waited_for() {
    let late = "the call ran out of time, and the connector didn't stop by itself".to_owned();
    assert_eq!(failure("block --timeout 20ms", Stdio::null()), (Some(10), late.clone()));
    assert_eq!(failure("block-too-long", Stdio::null()), (Some(10), late));
}

#[test]
fn a_panic_that_nobody_can_catch_is_an_internal_error() {
    let (code, message) = failure("panic-twice", Stdio::null());
    assert_eq!(code, Some(10));
    assert_eq!(message, "the connector panicked, and the process can't go on after it");
}

#[test]
fn an_input_that_never_ends_is_given_up_when_the_time_is_over() {
    let (reader, _writer) = std::io::pipe().expect("a pipe");
    let (code, message) = failure("echo --timeout 20ms --text -", reader.into());
    assert_eq!(code, Some(10));
    assert_eq!(message, "the time was over before standard input came to its end");
}

#[cfg(unix)]
#[test]
fn a_settings_file_that_never_ends_is_given_up_when_the_time_is_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let fifo = folder.path().join("settings.toml");
    let made = Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs");
    assert!(made.success());
    let line = format!("echo x --timeout 20ms --config {}", fifo.display());
    let (code, message) = failure(&line, Stdio::null());
    assert_eq!(
        (code, message.as_str()),
        (Some(10), "the time was over before the settings file came to its end")
    );
}
