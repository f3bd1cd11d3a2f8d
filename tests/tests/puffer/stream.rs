//! `subscribe`: what a stream does with the lines that it gets, and that nothing is lost on it.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::host::{LONG, Stream, ask, noting, ticker};

fn subscribe() -> std::process::Command {
    ticker(&["subscribe"])
}

fn event(n: u64) -> Value {
    let payload = json!({"message": json!({ "n": n }).to_string(), "n": n});
    json!({"type": "event", "id": format!("e{n}"), "cursor": n.to_string(), "payload": payload})
}

#[test]
fn events_come_after_the_cursor() {
    for first in [
        "{\"op\":\"subscribe\",\"connection\":\"work\",\"cursor\":\"8\"}\n",
        "{\"contact_ids\":[],\"new\":{\"a\":1},\"connection\":\"work\",\"cursor\":\"8\",\"op\":\"subscribe\"}\r\n",
        "\n{\"op\":\"hello\"}\nnonsense\n{\"op\":\"subscribe\",\"connection\":\"work\",\"cursor\":\"8\"}\n",
    ] {
        let mut stream = Stream::start(&mut subscribe(), first.as_bytes());
        assert_eq!([stream.frame(), stream.frame()], [event(9), event(10)]);
        let (status, _) = stream.close();
        assert!(status.success());
    }
    let stream = Stream::subscribe(&mut subscribe(), None);
    assert_eq!(stream.frame(), event(1));
}

#[test]
fn frames_are_these_bytes() {
    let stream = Stream::subscribe(&mut subscribe(), Some("9"));
    let event = r#"{"type":"event","id":"e10","cursor":"10","payload":{"message":"{\"n\":10}","n":10}}"#;
    assert_eq!(stream.line(), format!("{event}\n"));
    let stream = Stream::subscribe(subscribe().env("TICKER_FAIL", "auth"), None);
    let health = r#"{"type":"health","status":"auth_required","detail":"as it was told\nin two lines"}"#;
    assert_eq!(stream.line(), format!("{health}\n"));
}

#[test]
fn nothing_that_a_host_writes_ends_a_stream() {
    let mut stream = Stream::subscribe(subscribe().env("TICKER_LAST", "1500"), None);
    for n in 1..=1000 {
        assert_eq!(stream.frame(), event(n));
    }
    let long = vec![b'x'; 10 * 1024 * 1024];
    stream.write(&long);
    stream.write(b"\n\xff\xfe\n{\"op\":\"ack\"\n{\"op\":\"ack\"}\n{\"op\":\"ack\",\"cursor\":5,\"event_id\":[]}\n[]\n7\n");
    stream.write(b"{\"op\":\"ack\",\"cursor\":\"x\",\"event_id\":\"unknown\"}\n{\"op\":\"rewind\"}\n");
    stream.write(b"{\"op\":\"subscribe\",\"connection\":\"other\"}\n");
    assert_eq!(stream.frame_within(Duration::from_millis(300)), None, "1,000 are unacknowledged");
    // Cut in half, with a pause.
    stream.write(b"{\"op\":\"ack\",\"cursor\":\"1\",");
    std::thread::sleep(Duration::from_millis(50));
    stream.write(b"\"event_id\":\"e1\"}\n{\"op\":\"ack\",\"cursor\":\"1\",\"event_id\":\"e1\"}\n");
    assert_eq!(stream.frame(), event(1001));
    assert_eq!(stream.frame_within(Duration::from_millis(300)), None, "one acknowledgement counts once");
    stream.write(b"{\"op\":\"ack\",\"cursor\":\"401\"}\n");
    for n in 1002..=1401 {
        assert_eq!(stream.frame(), event(n), "all to a cursor");
    }
    let errors = stream.errors_until("subscribes twice");
    for said in ["is longer than 1 MiB", "a line of the host is left out"] {
        assert!(errors.contains(said), "{errors}");
    }
    let (status, took) = stream.close();
    assert!(status.success() && took < Duration::from_secs(5), "{status} after {took:?}");
}

#[test]
fn a_line_that_is_too_long_is_told_of_though_nothing_comes_after_it() {
    let said = "a line of the host is longer than 1 MiB and left out";
    let long = vec![b'x'; 10 * 1024 * 1024];
    let outcome = ask(&mut subscribe(), &long);
    assert!(outcome.status.success() && outcome.stdout.is_empty(), "{outcome:?}");
    assert_eq!(outcome.stderr.matches(said).count(), 1, "{}", outcome.stderr);
    let mut stream = Stream::start(&mut subscribe(), &long);
    stream.write(b"\n");
    stream.errors_until(said);
}

#[test]
fn the_end_of_standard_input_ends_the_process() {
    // Before anything was asked.
    let outcome = ask(&mut subscribe(), b"");
    assert!(outcome.status.success() && outcome.stdout.is_empty(), "{outcome:?}");
    let outcome = ask(&mut subscribe(), b"{\"op\":\"subscribe\"");
    assert!(outcome.status.success() && outcome.stdout.is_empty(), "{outcome:?}");
    // While the method waits.
    let mut stream = Stream::subscribe(&mut subscribe(), Some("10"));
    assert_eq!(stream.frame_within(Duration::from_millis(200)), None);
    let (status, took) = stream.close();
    assert!(status.success() && took < Duration::from_secs(5), "{took:?}");
    // While the method keeps its thread and hears of nothing.
    let mut stream = Stream::subscribe(subscribe().env("TICKER_LAST", "1").env("TICKER_DEAF", "1"), None);
    assert_eq!(stream.frame_within(LONG), Some(event(1)), "what it told before is not kept back");
    let (status, took) = stream.close();
    assert!(status.success() && took < Duration::from_secs(5), "{status} after {took:?}");
    // While nobody reads what is written.
    let mut child =
        subscribe().env("TICKER_LAST", "1000000").stderr(Stdio::null()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut stdin, b"{\"op\":\"subscribe\",\"connection\":\"work\"}\n")
        .expect("written");
    std::thread::sleep(Duration::from_millis(300));
    drop(stdin);
    let began = std::time::Instant::now();
    let status = child.wait().expect("it ends");
    assert!(status.success() && began.elapsed() < Duration::from_secs(5), "{status}, {:?}", began.elapsed());
}

#[test]
fn a_host_that_is_gone_ends_the_process() {
    let mut child = subscribe().env("TICKER_LAST", "1000000").spawn().expect("it starts");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut stdin, b"{\"op\":\"subscribe\",\"connection\":\"work\"}\n")
        .expect("written");
    let output = child.wait_with_output().expect("it ends");
    assert!(!output.status.success());
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("standard output can't be written"),
        "{output:?}"
    );
}

#[test]
fn a_brief_failure_is_no_frame() {
    let stream = Stream::subscribe(subscribe().env("TICKER_FAIL", "unavailable"), None);
    let errors = stream.errors_until("unavailable: as it was told in two lines; trying again in ");
    assert!(errors.lines().all(|line| !line.is_empty()), "{errors}");
    assert_eq!(stream.frame_within(Duration::from_millis(500)), None, "the host would shut the stream down");
}

#[test]
fn refused_credentials_are_a_frame_and_no_loop() {
    for (kind, status) in [("auth", "auth_required"), ("denied", "auth_required"), ("usage", "offline")] {
        let mut stream = Stream::subscribe(subscribe().env("TICKER_FAIL", kind), None);
        let detail = "as it was told\nin two lines";
        assert_eq!(stream.frame(), json!({"type": "health", "status": status, "detail": detail}));
        assert_eq!(stream.frame_within(Duration::from_millis(500)), None);
        let (exit, _) = stream.close();
        assert!(exit.success());
        assert_eq!(stream.errors_until("never").matches(kind).count(), 1, "it is tried once");
    }
}

#[test]
fn a_cursor_of_another_connector_is_never_the_beginning() {
    for cursor in ["s72595_4483_1934", "{\"uid\":1}", "", "\u{0}\"\\"] {
        let stream = Stream::subscribe(&mut subscribe(), Some(cursor));
        let frame = stream.frame();
        assert_eq!(
            (&frame["type"], &frame["status"]),
            (&json!("health"), &json!("auth_required")),
            "{frame}"
        );
        assert!(
            frame["detail"].as_str().expect("a text").contains("is not one of this connector"),
            "{frame}"
        );
    }
}

/// It would be asked for everything once more.
#[test]
fn a_cursor_that_is_no_text_is_never_the_beginning() {
    for cursor in ["42", "{\"uid\":1}", "[]", "false"] {
        let first = format!("{{\"op\":\"subscribe\",\"connection\":\"work\",\"cursor\":{cursor}}}\n");
        let mut stream = Stream::start(&mut subscribe(), first.as_bytes());
        let frame = stream.frame();
        assert_eq!((&frame["type"], &frame["status"]), (&json!("health"), &json!("auth_required")));
        let detail = frame["detail"].as_str().expect("a text");
        assert!(detail.contains(&format!("cursor `{cursor}` is not one of this connector")), "{detail}");
        assert_eq!(stream.frame_within(Duration::from_millis(200)), None);
        assert!(stream.close().0.success());
    }
    let none = b"{\"op\":\"subscribe\",\"connection\":\"work\",\"cursor\":null}\n";
    assert_eq!(Stream::start(&mut subscribe(), none).frame(), event(1));
}

#[test]
fn a_connection_that_is_not_stored_is_a_frame() {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = subscribe();
    command
        .env("CONNECTOR_HOME", home.path())
        .env("TICKER_TOKEN_WANTED", "1")
        .env("TICKER_TOKEN", "of nobody");
    let mut stream = Stream::subscribe(&mut command, None);
    let frame = stream.frame();
    assert_eq!(frame["status"], "auth_required", "{frame}");
    assert!(frame["detail"].as_str().expect("a text").contains("nothing is stored"), "{frame}");
    assert_eq!(stream.frame_within(Duration::from_millis(200)), None);
    let (exit, took) = stream.close();
    assert!(exit.success() && took < Duration::from_secs(5));
}

/// Puffer saves a cursor, then acknowledges; a connector that is killed at any moment begins at what was
/// saved last.
#[test]
fn nothing_is_lost_when_the_process_is_killed() {
    const LAST: u64 = 5000;
    let (mut seen, mut saved) = (BTreeSet::new(), None::<String>);
    let mut kills: u32 = 0;
    loop {
        let mut stream =
            Stream::subscribe(subscribe().env("TICKER_LAST", LAST.to_string()), saved.as_deref());
        // After some events, and elsewhere each time.
        let mut left = 100 + kills * 37 % 331;
        let killed = stream.take_until(noting(&format!("e{LAST}"), &mut seen), || {
            left = left.saturating_sub(1);
            left == 0 && kills < 20
        });
        saved = stream.saved.clone();
        if !killed {
            break;
        }
        kills += 1;
    }
    assert_eq!(kills, 20);
    assert!((1..=LAST).all(|n| seen.contains(&n)), "{} of {LAST}", seen.len());
}

#[test]
fn a_topic_keeps_its_own_cursor() {
    let state = tempfile::tempdir().expect("a folder");
    let folder = state.path().join("state");
    let mut seen = Vec::new();
    for last in ["3", "5"] {
        let mut command = ticker(&["subscriber"]);
        command.env("PUFFER_SKILL_ID", "ticker").env("PUFFER_SKILL_TOPIC", "ticks");
        command.env("PUFFER_SKILL_STATE_DIR", &folder).env("TICKER_LAST", last);
        let mut stream = Stream::start(&mut command, b"{\"kind\":\"custom\",\"op\":\"x\",\"args\":{}}\n");
        while seen.last().is_none_or(|line: &Value| line["dedup_key"] != format!("e{last}").as_str()) {
            seen.push(stream.frame_within(LONG).expect("a line"));
        }
        let saved = folder.join("cursor");
        let began = std::time::Instant::now();
        while std::fs::read_to_string(&saved).unwrap_or_default() != last {
            assert!(began.elapsed() < LONG, "the cursor is not saved");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(stream.close().0.success());
    }
    assert_eq!(seen.len(), 5, "nothing came twice");
    let payload = json!({"message": "{\"n\":1}", "n": 1});
    let expected = json!({"topic": "ticks", "kind": "message", "dedup_key": "e1", "text": "{\"n\":1}", "payload": payload});
    assert_eq!(seen[0], expected);
}

/// Its host starts again what has ended and nothing else, and whatever was mended meanwhile is read by opening anew.
#[test]
fn a_topic_ends_where_somebody_has_to_mend_something() {
    let home = tempfile::tempdir().expect("a folder");
    let run = |line: &[&str]| {
        let mut command = ticker(line);
        command.env("CONNECTOR_HOME", home.path().join("store")).env("CONNECTOR_KEYRING", "off");
        command.env("TICKER_TOKEN_WANTED", "1");
        command
    };
    let start = |failure: Option<&str>| {
        let mut command = run(&["subscriber"]);
        // As the written manifest has it: the id of the connector.
        command.env("PUFFER_SKILL_ID", "ticker").env("PUFFER_SKILL_TOPIC", "ticks");
        command.env("PUFFER_SKILL_STATE_DIR", home.path().join("state"));
        if let Some(failure) = failure {
            command.env("TICKER_FAIL", failure);
        }
        Stream::start(&mut command, b"")
    };
    let mut stream = start(None);
    let said = stream.errors_until("what only its end says");
    assert!(said.contains("`ticker connect ticker` stores it"), "{said}");
    assert!(!stream.close().0.success());

    let token = json!({ "token": "t0ken-s3cret" }).to_string();
    let line = ["connect", "ticker", "--stdin", "--mode", "write", "--json"];
    let stored = ask(&mut run(&line), token.as_bytes());
    assert!(stored.status.success(), "{stored:?}");
    let mut stream = start(Some("auth"));
    let payload =
        json!({"status": "auth_required", "reason": "auth", "detail": "as it was told\nin two lines"});
    let told = json!({"topic": "ticks", "kind": "connection_health", "control": true, "payload": payload});
    assert_eq!(stream.frame(), told);
    let said = stream.errors_until("what only its end says");
    assert!(said.contains("error: as it was told"), "{said}");
    assert_eq!(stream.close().0.code(), Some(4), "the exit code of refused credentials");
    // What a retry may mend doesn't end it.
    let mut stream = start(Some("unavailable"));
    assert_eq!(stream.frame()["payload"]["status"], "retrying");
    assert!(stream.close().0.success());
    assert_eq!(start(None).frame()["dedup_key"], "e1");
}

/// A frame that can't be said again is worse than one that comes twice.
#[test]
fn a_topic_whose_cursor_has_no_room_goes_on_and_begins_where_it_was() {
    let state = tempfile::tempdir().expect("a folder");
    let folder = state.path().join("state");
    std::fs::create_dir_all(&folder).expect("a folder");
    // A disk of which nothing is left.
    if !std::path::Path::new("/dev/full").exists() {
        connector_tests::left_out("there is no /dev/full here");
        return;
    }
    std::os::unix::fs::symlink("/dev/full", folder.join("cursor.tmp")).expect("a link");
    let run = |last: &str| {
        let mut command = ticker(&["subscriber"]);
        command.env("PUFFER_SKILL_ID", "ticker").env("PUFFER_SKILL_TOPIC", "ticks");
        command.env("PUFFER_SKILL_STATE_DIR", &folder).env("TICKER_LAST", last);
        let mut stream = Stream::start(&mut command, b"");
        let line = stream.frame();
        let said = stream.errors_until("the cursor can't be written to");
        assert!(said.contains("No space left"), "{said}");
        assert!(stream.close().0.success());
        line
    };
    assert_eq!(run("1"), run("1"), "it comes again");
    assert!(!folder.join("cursor").exists());
}
