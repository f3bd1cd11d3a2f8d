//! What a connector does to its process, and what the host hears of it all the same.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::host::{Outcome, Stream, User, ask, rude, ticker};
use crate::traces::leave;

const TOKEN: &str = "s3cret-token-of-work";

/// The line of standard error that says where a panic was.
const PLACE: &str = "connector panicked at tests/src/bin/ticker.rs:";

/// All that a process wrote, of which nothing may be a secret.
#[track_caller]
fn keeps_its_secret(written: &str) {
    leave(written);
    assert!(!written.contains("s3cret"), "{written}");
}

#[test]
fn a_method_that_keeps_its_thread_is_answered_for_before_the_host_kills_it() {
    let acting = thread::spawn(|| ask(&mut rude(&["act", "work", "block"]), b"{}"));
    let health = ask(ticker(&["auth-ok", "work"]).env("TICKER_DEAF", "1"), b"");
    let late = "the call ran out of time, and the connector didn't stop by itself";
    assert_eq!(health.json(), json!({"ok": true, "error": late}), "it says nothing of the credentials");
    let answer = acting.join().expect("asked").json();
    assert_eq!(answer, json!({"success": false, "summary": late, "error": late, "retryable": false}));
}

#[test]
fn a_panic_that_nobody_can_catch_is_an_answer() {
    let answer = ask(&mut rude(&["act", "work", "panic_twice"]), b"{}").json();
    let said = "the connector panicked, and the process can't go on after it";
    assert_eq!((&answer["success"], &answer["error"]), (&json!(false), &json!(said)));
}

#[test]
fn what_a_panic_says_is_told_without_its_secrets() {
    let user = User::connected(TOKEN);
    let told = |outcome: &Outcome| {
        keeps_its_secret(&format!("{}{}", outcome.stdout, outcome.stderr));
        assert!(outcome.stderr.contains(PLACE), "{outcome:?}");
        outcome.json()
    };
    let said = "the connector panicked: at once, [redacted]";
    let acted = ask(&mut user.ticker(&["act", "work", "panic"]), b"{}");
    assert_eq!(told(&acted)["error"], said);
    let health = ask(user.ticker(&["auth-ok", "work"]).env("TICKER_FAIL", "panic"), b"");
    assert_eq!(told(&health), json!({"ok": false, "error": said}));
}

#[test]
fn what_a_panic_says_is_no_secret_of_a_stream() {
    let user = User::connected(TOKEN);
    for line in ["subscribe", "subscriber"] {
        let mut command = user.ticker(&[line]);
        command.env("TICKER_FAIL", "panic").env("PUFFER_SKILL_ID", "work");
        command.env("PUFFER_SKILL_STATE_DIR", user.path("state"));
        let mut stream = Stream::subscribe(&mut command, None);
        let said = stream.errors_until("the connector panicked: at once, ");
        assert!(said.contains(PLACE), "{said}");
        stream.close();
        keeps_its_secret(&(said + &stream.errors_until("no more")));
    }
}

#[test]
fn standard_error_is_text_and_open_to_the_end() {
    let mut stream = Stream::subscribe(ticker(&["subscribe"]).env("TICKER_BABBLE", "1"), Some("9"));
    assert_eq!(stream.frame()["id"], "e10");
    let said = stream.errors_until("no \u{fffd} text");
    assert!(said.contains("the connector prints, which is none of the protocol"), "{said}");
    // What is said later comes as well.
    stream.write(b"nonsense\n");
    stream.errors_until("a line of the host is left out");
    assert!(!stream.errors_are_over());
    assert!(stream.close().0.success());
    stream.errors_until("no more");
    assert!(stream.errors_are_over());
}

#[cfg(unix)]
#[test]
fn a_process_that_a_connector_starts_holds_no_output() {
    let began = Instant::now();
    let health = ask(ticker(&["auth-ok", "work"]).env("TICKER_SPAWN", "1"), b"");
    assert_eq!(health.json(), json!({"ok": true}));
    assert!(began.elapsed() < Duration::from_secs(50), "it holds an output for 60 s");
    let mut stream = Stream::subscribe(ticker(&["subscribe"]).env("TICKER_SPAWN", "1"), Some("9"));
    assert_eq!(stream.frame()["id"], "e10");
    assert!(stream.close().0.success());
    assert!(stream.outputs_end_within(Duration::from_secs(50)), "it holds an output for 60 s");
}

/// A store that somebody else holds, as long as this is there.
struct Held(std::fs::File);

impl Held {
    fn of(user: &User) -> Self {
        let lock = user.path("store/credentials.lock");
        let file = std::fs::File::options().write(true).open(lock).expect("a lock");
        file.lock().expect("locked");
        Self(file)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.unlock().expect("unlocked");
    }
}

#[cfg(unix)]
#[test]
fn the_end_of_standard_input_is_heard_while_a_connection_is_opened() {
    let user = User::connected(TOKEN);
    for line in ["subscribe", "subscriber"] {
        let held = Held::of(&user);
        let mut command = user.ticker(&[line]);
        command.env("PUFFER_SKILL_ID", "work").env("PUFFER_SKILL_STATE_DIR", user.path("state"));
        // That the store is held for too long would be said, and in a frame as well.
        let outcome = ask(&mut command, b"{\"op\":\"subscribe\",\"connection\":\"work\"}\n");
        assert!(outcome.status.success(), "{outcome:?}");
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", ""), "{line}");
        drop(held);
        // It is opened as ever where the host stays.
        let stream = Stream::subscribe(&mut command, None);
        let first: Value = stream.frame();
        assert!(first["id"] == "e1" || first["dedup_key"] == "e1", "{first}");
    }
}
