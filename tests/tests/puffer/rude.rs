//! What a connector does to its process, and what the host hears of it all the same.

use std::thread;

use serde_json::json;

use crate::host::{ask, rude, ticker};

#[test]
fn a_method_that_keeps_its_thread_is_answered_for_before_the_host_kills_it() {
    let acting = thread::spawn(|| ask(&mut rude(&["act", "work", "block"]), b"{}"));
    let health = ask(ticker(&["auth-ok", "work"]).env("TICKER_DEAF", "1"), b"");
    let late = "the call ran out of time, and the connector didn't stop by itself";
    assert_eq!(health.json(), json!({"ok": true, "error": late}), "it says nothing of the credentials");
    let answer = acting.join().expect("asked").json();
    assert_eq!(answer, json!({"success": false, "summary": late, "error": late, "retryable": false}));
}
