//! `auth-ok`, `act` and `contacts`: one question, one answer.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::host::{ask, ticker};

fn act(action: &str, input: &[u8]) -> crate::host::Outcome {
    ask(&mut ticker(&["act", "work", action]), input)
}

#[test]
fn an_action_answers_with_one_value() {
    let outcome =
        act("echo", b"{\"text\":\"hi\",\"connection_slug\":\"work\",\"connector_slug\":\"ticker\"}\n");
    assert_eq!(
        outcome.json(),
        json!({"success": true, "summary": "`echo` is done", "output": {"text": "hi"}}),
        "and without what the host put into the input"
    );
    assert_eq!(outcome.stdout.matches('\n').count(), 1);
    assert!(
        outcome.stderr.contains("caller=puffer connection=work connector=ticker action=echo"),
        "{outcome:?}"
    );
    assert!(outcome.stderr.contains("decision=allowed outcome=ok"), "{outcome:?}");
    for input in [&b""[..], b"\n", b"{}", b"{\"connection_slug\":\"a\"}"] {
        assert_eq!(act("echo", input).json()["output"], json!({}));
    }
}

#[test]
fn answers_are_these_bytes() {
    for (line, input, answer) in [
        (
            &["act", "work", "echo"][..],
            "{\"text\": \"\u{e4}\"}",
            "{\"success\":true,\"summary\":\"`echo` is done\",\"output\":{\"text\":\"\u{e4}\"}}\n",
        ),
        (
            &["act", "work", "fail"],
            "{}",
            "{\"success\":false,\"summary\":\"slower, please (it can be tried again in 7 s)\",\
             \"error\":\"slower, please (it can be tried again in 7 s)\",\"retryable\":true}\n",
        ),
        (&["auth-ok", "work"], "", "{\"ok\":true}\n"),
        (&["auth-ok"], "", "{\"ok\":false,\"error\":\"the command line is `auth-ok CONNECTION`\"}\n"),
    ] {
        let outcome = ask(&mut ticker(line), input.as_bytes());
        assert_eq!((outcome.status.code(), outcome.stdout.as_str()), (Some(0), answer), "{line:?}");
    }
}

#[test]
fn failures_are_answers() {
    for (action, input, said, retryable) in [
        ("fail", "{}", "slower, please (it can be tried again in 7 s)", true),
        ("panic", "{}", "the connector panicked: at once", false),
        ("ech", "{}", "did you mean `echo`?", false),
        ("echo", "{\"txt\":1}", "unknown argument `txt`", false),
        ("echo", "[1]", "the input can't be read", false),
        ("echo", "{\"text\":", "is not a JSON object", false),
        ("echo", "{\"text\":\"\u{0}", "is not a JSON object", false),
    ] {
        let answer = act(action, input.as_bytes()).json();
        assert_eq!(
            (&answer["success"], &answer["retryable"]),
            (&json!(false), &json!(retryable)),
            "{answer}"
        );
        for key in ["summary", "error"] {
            assert!(answer[key].as_str().expect("a text").contains(said), "{answer}");
        }
    }
    let invalid = act("echo", b"{\"text\":\"\xff\"}").json();
    assert_eq!(invalid["success"], false);
}

#[test]
fn all_of_the_input_is_read_whatever_becomes_of_it() {
    let large = format!("{{\"text\":\"{}\"}}", "x".repeat(20 * 1024 * 1024));
    for (line, said) in [
        (&["act", "work", "echo"][..], "larger than 16 MiB"),
        (&["act", "work", "unknown"], "larger than 16 MiB"),
        (&["act", "work"], "`act CONNECTION ACTION`"),
        (&["act", "work", "echo", "--unknown"], "unknown"),
    ] {
        let answer = ask(&mut ticker(line), large.as_bytes()).json();
        assert_eq!(answer["success"], false);
        assert!(answer["summary"].as_str().expect("a text").contains(said), "{line:?}: {answer}");
    }
    let text = "y".repeat(1024 * 1024);
    let answer = act("echo", json!({"text": text}).to_string().as_bytes()).json();
    assert_eq!(answer["output"]["text"], text);
}

#[test]
fn whatever_a_connector_prints_is_no_answer() {
    let outcome = act("print", b"{}");
    assert_eq!(outcome.json()["success"], true);
    assert!(outcome.stderr.contains("a line that is no answer"), "{outcome:?}");
    assert!(outcome.stderr.contains("[info] ä line"), "{outcome:?}");
}

#[cfg(unix)]
#[test]
fn a_process_that_a_connector_starts_holds_nobody_up() {
    let began = Instant::now();
    assert_eq!(act("spawn", b"{}").json()["success"], true);
    assert!(began.elapsed() < Duration::from_secs(50), "it holds standard output");
}

#[test]
fn a_method_without_an_end_is_given_up_before_the_host_kills_it() {
    let began = Instant::now();
    let answer = act("hang", b"{}").json();
    assert!(began.elapsed() < Duration::from_secs(30));
    assert_eq!(answer["success"], false);
    assert_eq!(answer["summary"], "the call ran out of time");
}

#[test]
fn a_message_is_delivered_as_the_action_that_agents_know() {
    let input = br#"{"connection_slug":"work","chat_id":17,"text":"hi","thread":"t"}"#;
    let answer = act("send_message", input).json();
    assert_eq!(answer["output"], json!({"id": "17: hi"}), "{answer}");
    for (input, said) in [("{}", "no recipient"), ("{\"to\":\"a\",\"text\":\" \"}", "says nothing")] {
        let answer = act("send_message", input.as_bytes()).json();
        assert_eq!(answer["success"], false);
        assert!(answer["error"].as_str().expect("a text").contains(said), "{answer}");
    }
}

#[test]
fn auth_ok_is_about_the_credentials() {
    let ask = |failure: &str| ask(ticker(&["auth-ok", "work"]).env("TICKER_FAIL", failure), b"").json();
    for kind in ["unavailable", "rate_limited", "upstream", "cancelled"] {
        assert_eq!(ask(kind), json!({"ok": true, "error": "as it was told\nin two lines"}));
    }
    for kind in ["auth", "setup", "denied", "usage", "not_found", "internal"] {
        assert_eq!(ask(kind)["ok"], false, "{kind}");
    }
    let well = crate::host::ask(&mut ticker(&["auth-ok", "work"]), b"");
    assert_eq!((well.json(), well.stderr.as_str()), (json!({"ok": true}), ""));
    let nobody = crate::host::ask(&mut ticker(&["auth-ok"]), b"");
    assert_eq!(nobody.json()["ok"], false);
}

#[test]
fn contacts_are_refused_politely() {
    let outcome = ask(&mut ticker(&["contacts"]), b"{\"op\":\"list_contacts\",\"connection\":\"work\"}\n");
    assert!(!outcome.status.success());
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", "this connector has no contacts\n"));
}

#[test]
fn a_connection_is_the_stored_one_of_that_name() {
    let home = tempfile::tempdir().expect("a folder");
    let ticker = |line: &[&str]| {
        let mut command = ticker(line);
        command.env("CONNECTOR_HOME", home.path()).env("TICKER_TOKEN_WANTED", "1");
        command.env("CONNECTOR_KEYRING", "off");
        command
    };
    let unknown = ask(&mut ticker(&["act", "work", "echo"]), b"{}").json();
    assert_eq!(unknown["success"], false);
    assert!(
        unknown["summary"].as_str().expect("a text").contains("`ticker connect work` stores it"),
        "{unknown}"
    );
    assert_eq!(ask(&mut ticker(&["auth-ok", "work"]), b"").json()["ok"], false);

    for (name, token) in [("work", "t0ken-of-work"), ("home", "t0ken-of-home")] {
        let line = ["connect", name, "--stdin", "--mode", "write", "--json"];
        let stored = ask(&mut ticker(&line), json!({ "token": token }).to_string().as_bytes());
        assert!(stored.status.success(), "{stored:?}");
        assert_eq!(ask(&mut ticker(&["auth-ok", name]), b"").json(), json!({"ok": true}));
    }
    // A variable of the host's is every connection's, and so it is none's.
    let outcome = ask(ticker(&["act", "work", "token"]).env("TICKER_TOKEN", "t0ken-of-nobody"), b"{}");
    assert_eq!(outcome.json()["output"], "[redacted]", "it is the stored token, which nobody may see");
    let outcome =
        ask(&mut ticker(&["act", "work", "echo"]), b"{\"text\":\"t0ken-of-work and t0ken-of-home\"}");
    assert_eq!(
        outcome.json()["output"]["text"],
        "[redacted] and t0ken-of-home",
        "work's own and not the other's"
    );
    assert!(!outcome.stderr.contains("t0ken-of-work"), "{outcome:?}");
    let unknown = ask(&mut ticker(&["act", "play", "echo"]), b"{}").json();
    assert_eq!(unknown["success"], false, "another's connection is not this one");
}
