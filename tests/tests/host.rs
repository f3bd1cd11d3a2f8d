//! A host whose process ends in the midst of a call.
#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

fn run(home: &TempDir, line: &str) -> Option<i32> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blocked"));
    command.args(line.split_whitespace()).env_clear().env("CONNECTOR_HOME", home.path().join("home"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().expect("the program runs").code()
}

#[test]
fn a_call_that_is_given_up_leaves_its_line() {
    let home = TempDir::new().expect("a folder");
    assert_eq!(run(&home, "call blocked block --timeout 20ms"), Some(10));
    let trail = std::fs::read_to_string(home.path().join("home/audit.jsonl")).expect("a trail");
    let lines: Vec<Value> = trail.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 1, "{trail}");
    assert_eq!(
        (&lines[0]["action"], &lines[0]["outcome"]),
        (&"block".into(), &"cancelled".into()),
        "{trail}"
    );
}
