//! What Puffer finds in a connector that `#[connector]` made, with `#[events]` and `#[send]`.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::host::{Stream, ask, program};

fn chimes(arguments: &[&str]) -> Command {
    program(env!("CARGO_BIN_EXE_chimes"), arguments)
}

fn cursor(hour: u64) -> String {
    json!({ "hour": hour }).to_string()
}

/// Whether an hour was struck, and with which cursor.
fn assert_struck(frame: &Value, hour: u64) {
    assert_eq!(frame["type"], "event", "{frame}");
    assert_eq!(frame["id"], format!("hour-{hour}"), "{frame}");
    assert_eq!(frame["cursor"], cursor(hour), "{frame}");
    assert_eq!(frame["payload"]["message"], format!("{hour} o'clock"), "{frame}");
}

#[test]
fn no_more_is_told_than_the_attribute_s_window() {
    let mut stream = Stream::subscribe(&mut chimes(&["subscribe"]), None);
    for hour in 1..=3 {
        assert_struck(&stream.frame(), hour);
    }
    assert_eq!(stream.frame_within(Duration::from_millis(400)), None, "the window of the attribute is full");
    stream.write(ack(1).as_bytes());
    assert_struck(&stream.frame(), 4);
    // The first run is over with these; another finds nothing to tell.
    (2..=4).for_each(|hour| stream.write(ack(hour).as_bytes()));
    for hour in 5..=12 {
        assert_struck(&stream.frame(), hour);
        stream.write(ack(hour).as_bytes());
    }
    assert_eq!(stream.frame_within(Duration::from_millis(400)), None, "nothing comes twice");
    let (status, took) = stream.close();
    assert!(status.success() && took < Duration::from_secs(5), "{status} after {took:?}");
}

fn ack(hour: u64) -> String {
    format!("{}\n", json!({ "op": "ack", "event_id": format!("hour-{hour}"), "cursor": cursor(hour) }))
}

#[test]
fn a_stored_cursor_is_the_method_s_own_type() {
    let mut stream = Stream::subscribe(&mut chimes(&["subscribe"]), Some(&cursor(7)));
    assert_struck(&stream.frame(), 8);
    let (status, _) = stream.close();
    assert!(status.success());
}

#[test]
fn the_manifest_has_both() {
    let outcome = ask(&mut chimes(&["manifest"]), b"");
    let manifest = outcome.json();
    let events = &manifest["events"];
    assert_eq!(events["description"], "Each hour that is struck.");
    assert_eq!((&events["every"], &events["window"]), (&json!(50), &json!(3)));
    assert_eq!(events["messages"], true);
    assert_eq!(events["payload_schema"]["properties"]["sender"]["type"], "object");
    assert_eq!(
        manifest["delivery"],
        json!({ "description": "Pin a note to the tower.", "idempotent": true })
    );
}
