//! Mails as Puffer gets them.

use std::time::Duration;

use serde_json::{Value, json};

use super::program::{Program, number, numbered};
use crate::puffer::{LONG, Stream, ask};
use crate::servers::Post;

/// The next event, whatever is said of health before it.
pub(super) fn event(stream: &mut Stream) -> Value {
    loop {
        // A server that was away for long is tried again after a minute at most.
        let frame = stream.frame_within(LONG * 3).expect("a frame");
        match frame["type"].as_str() {
            Some("event") => return frame,
            Some("checkpoint") => stream.saved = frame["cursor"].as_str().map(str::to_owned),
            _ => {}
        }
    }
}

/// Waits until the stream has begun, which it says by the cursor of now.
pub(super) fn begun(stream: &mut Stream) {
    let frame = stream.frame();
    assert_eq!(frame["type"], "checkpoint", "{frame}");
    stream.saved = frame["cursor"].as_str().map(str::to_owned);
}

#[test]
#[ignore = "needs dovecot"]
fn mails_are_told_as_they_come_and_stay_unread() {
    let post = Post::new();
    post.deliver(numbered(1));
    let program = Program::connected(&post);
    let mut stream = program.subscribe(None);
    begun(&mut stream);
    post.deliver(numbered(2));
    let told = event(&mut stream);
    assert_eq!(number(&told["payload"]), 2, "what was there before is known: {told}");
    let payload = &told["payload"];
    assert_eq!(payload["message"], "number 2");
    assert_eq!(
        (&payload["sender"]["id"], &payload["sender"]["display_name"]),
        (&json!("ann@example.org"), &json!("Ann"))
    );
    assert_eq!(payload["conversation"]["thread_id"], "<n2@example.org>");
    assert_eq!(payload["timestamp"], "2026-11-20T10:00:00.000000+00:00");
    stream.acknowledge(&told);
    let read = program.act("read_mail", &json!({ "uid": payload["metadata"]["uid"] }));
    assert_eq!(read["output"]["text"], "number 2", "{read}");
    let found = program.act("search_mail", &json!({ "query": "number" }));
    let found = found["output"].as_array().expect("a list").clone();
    assert_eq!(found.iter().map(|mail| &mail["subject"]).collect::<Vec<_>>(), ["2", "1"]);
    let (status, _) = stream.close();
    assert!(status.success());
    let files = post.files();
    assert_eq!(files.len(), 2);
    assert!(files.iter().all(|name| !name.split(',').nth(1).unwrap_or_default().contains('S')), "{files:?}");

    // It goes on where it was.
    for number in 3..=5 {
        post.deliver(numbered(number));
    }
    let mut stream = program.subscribe(stream.saved.as_deref());
    for expected in 3..=5 {
        let told = event(&mut stream);
        assert_eq!(number(&told["payload"]), expected);
        stream.acknowledge(&told);
    }
    assert_eq!(stream.frame_within(Duration::from_millis(500)), None, "nothing comes twice");
}

#[test]
#[ignore = "needs dovecot"]
fn a_folder_that_is_numbered_anew_is_told_once_more_under_the_same_ids() {
    let mut post = Post::new();
    let program = Program::connected(&post);
    let mut stream = program.subscribe(None);
    begun(&mut stream);
    let mut ids = Vec::new();
    for number in 1..=3 {
        post.deliver(numbered(number));
        let told = event(&mut stream);
        ids.push(told["id"].clone());
        stream.acknowledge(&told);
    }
    stream.close();
    let before: Value = serde_json::from_str(stream.saved.as_deref().expect("a cursor")).expect("JSON");
    post.stop();
    post.forget_numbers();
    post.deliver(numbered(4));
    // The validity is the time in seconds.
    std::thread::sleep(Duration::from_millis(1100));
    post.start();
    let mut stream = program.subscribe(stream.saved.as_deref());
    let mut again = Vec::new();
    for _ in 1..=4 {
        let told = event(&mut stream);
        let cursor: Value = serde_json::from_str(told["cursor"].as_str().expect("a text")).expect("JSON");
        assert_ne!(cursor["validity"], before["validity"]);
        again.push(told["id"].clone());
        stream.acknowledge(&told);
    }
    assert!(ids.iter().all(|id| again.contains(id)), "{ids:?} {again:?}");
    stream.errors_until("numbered the folder anew");
    assert_eq!(stream.frame_within(Duration::from_millis(500)), None, "and then no more");
}

#[test]
#[ignore = "needs dovecot"]
fn a_server_that_was_away_is_found_again() {
    let mut post = Post::new();
    let program = Program::connected(&post);
    let mut stream = program.subscribe(None);
    begun(&mut stream);
    post.deliver(numbered(1));
    let told = event(&mut stream);
    stream.acknowledge(&told);
    post.stop();
    post.deliver(numbered(2));
    // Many tries, whose waits grow, and not yet so many that a host is told.
    std::thread::sleep(Duration::from_secs(60));
    let auth = ask(&mut program.command(&["auth-ok", "work"]), b"").json();
    assert_eq!(auth["ok"], true, "that nobody answers says nothing of the password: {auth}");
    post.start();
    post.deliver(numbered(3));
    for expected in 2..=3 {
        let told = event(&mut stream);
        assert_eq!(number(&told["payload"]), expected);
        stream.acknowledge(&told);
    }
    let (status, took) = stream.close();
    assert!(status.success() && took < Duration::from_secs(5), "{status} after {took:?}");
}

#[test]
#[ignore = "needs dovecot"]
fn a_wrong_password_is_said_once_and_not_tried_in_a_loop() {
    let mut post = Post::new();
    let program = Program::connected(&post);
    let refused = program.connect(&post, "s3cret-but-wrong");
    assert!(!refused.status.success(), "{refused:?}");
    assert!(refused.stdout.contains("refuses the user or the password"), "{refused:?}");
    // The password is changed after the connection was stored.
    post.change_password("s3cret-and-new");
    let auth = ask(&mut program.command(&["auth-ok", "work"]), b"").json();
    assert_eq!(auth["ok"], false, "{auth}");
    let stream = program.subscribe(None);
    let health = stream.frame_within(LONG).expect("a frame");
    assert_eq!((&health["type"], &health["status"]), (&json!("health"), &json!("auth_required")), "{health}");
    assert_eq!(stream.frame_within(Duration::from_secs(3)), None);
    assert_eq!(post.refusals(), 2, "one of `auth-ok` and one of `subscribe`");
}
