//! What every program must do that Puffer starts, whatever its connector does (contract 1.4). The tests' own
//! are those that are always built; what is shared by all is in the library.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const PROGRAMS: [&str; 2] = [env!("CARGO_BIN_EXE_chimes"), env!("CARGO_BIN_EXE_mailer")];

fn run(program: &str, arguments: &[&str], input: &[u8]) -> Output {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("CONNECTOR_HOME", home.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    // A program that ends before it has read this breaks the host's call.
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads all of it");
    child.wait_with_output().expect("it ends")
}

#[test]
fn auth_ok_is_one_value_with_a_bool_and_exit_code_0() {
    for program in PROGRAMS {
        let output = run(program, &["auth-ok", "work"], b"");
        assert!(output.status.success(), "{output:?}");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("one value");
        assert!(answer["ok"].is_boolean(), "{answer}");
    }
}

#[test]
fn an_action_that_is_not_there_reads_its_input_and_answers_with_exit_code_0() {
    let mut input = br#"{"connection_slug":"work","connector_slug":"x","text":""#.to_vec();
    input.resize(1024 * 1024, b'x');
    input.extend_from_slice(b"\"}\n");
    for program in PROGRAMS {
        let output = run(program, &["act", "work", "none_of_that_name"], &input);
        assert!(output.status.success(), "{output:?}");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("one value");
        assert_eq!(answer["success"], false, "{answer}");
        assert!(answer["retryable"].is_boolean() && answer["summary"].is_string(), "{answer}");
    }
}

#[test]
fn a_stream_ends_with_standard_input() {
    for program in PROGRAMS {
        let output = run(program, &["subscribe"], b"{\"op\":\"subscribe\",\"connection\":\"work\"}\n");
        assert!(output.status.success(), "{output:?}");
        for line in String::from_utf8(output.stdout).expect("UTF-8").lines() {
            let frame: Value = serde_json::from_str(line).expect("JSON");
            assert!(["event", "checkpoint", "health"].iter().any(|known| frame["type"] == *known), "{line}");
        }
    }
}

#[test]
fn contacts_are_refused_by_the_exit_code() {
    for program in PROGRAMS {
        let output = run(program, &["contacts"], b"{\"op\":\"list_contacts\",\"connection\":\"work\"}\n");
        assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    }
}
