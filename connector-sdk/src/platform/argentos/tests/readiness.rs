//! That each of ArgentOS's readers is told of readiness in its own words.

use serde_json::{Map, Value, json};

use super::super::*;
use super::everything;
use crate::manifest::Manifest;
use crate::{Error, ErrorKind};

/// What the catalogue and the canvas make of an answer, told in our own words.
fn verdicts(data: &Value, top: &Map<String, Value>) -> (bool, &'static str) {
    let catalogue = matches!(data["status"].as_str(), Some("healthy" | "ok"));
    let is = |fact: &str| top.get(fact) == Some(&json!(true));
    let canvas = match top.get("status").and_then(Value::as_str) {
        Some("ready") if is("runtime_ready") && is("write_bridge_available") => "write_ready",
        Some("ready") if is("runtime_ready") && is("live_read_available") => "read_ready",
        _ => "setup_required",
    };
    (catalogue, canvas)
}

#[test]
fn readiness_is_told_in_the_words_of_each_reader() {
    let manifest = everything();
    let set = || State::new().setting("root", "/srv", Source::Env).credential("token", Source::Env);
    let refused = Error::auth("the token was refused");
    let down = Error::unavailable("no route to the service");
    let broken = Error::setup("setting `root`: there is no folder");

    let ready = [set(), set().checked(Ok(()))];
    for state in ready {
        let (data, top) = health(&manifest, &state);
        assert_eq!(verdicts(&data, &top), (true, "write_ready"));
        assert_eq!(data["next_steps"], json!([]));
    }
    for (state, status, step) in [
        (State::new(), "needs_setup", "Set MY_NOTES_TOKEN."),
        (set().failed_to_open(&broken), "needs_setup", "setting `root`: there is no folder."),
        (set().checked(Err(&refused)), "needs_setup", "the token was refused. Check MY_NOTES_TOKEN."),
        (set().checked(Err(&down)), "degraded", "no route to the service."),
    ] {
        let (data, top) = health(&manifest, &state);
        assert_eq!(verdicts(&data, &top), (false, "setup_required"));
        assert_eq!((&data["status"], &top["status"]), (&json!(status), &json!(status)));
        assert_eq!(top["next_steps"][0], json!(step));
        assert_eq!(data["checks"], top["checks"]);
        let (data, top) = doctor(&manifest, &state);
        assert_eq!(data["runtime"], top["runtime"]);
        let ready = &top["runtime"]["command_readiness"];
        assert_eq!((&ready["notes.list"], &ready["health"]), (&json!(false), &json!(true)));
    }
}

#[test]
fn what_is_missing_is_named_by_its_variable() {
    let manifest = everything();
    // What opening found counts too: a variable that is set to nothing is as good as not set.
    let error =
        Error::setup("credential `token` is missing").with_detail("missing_keys", vec!["MY_NOTES_TOKEN"]);
    let state = State::new().credential("token", Source::Env).failed_to_open(&error);
    let (data, top) = health(&manifest, &state);
    let required = json!({
        "name": "required_env", "ok": false,
        "details": { "missing_keys": ["MY_NOTES_TOKEN", "MY_NOTES_ROOT"] },
    });
    assert_eq!(top["checks"][0], required);
    assert_eq!(data["summary"], json!("credential `token` is missing"));
    assert_eq!(data["auth"]["credentials_set"]["MY_NOTES_TOKEN"], json!(true));
    let nothing = Manifest::new("x", "X", "1.0.0");
    let (data, top) = health(&nothing, &State::new());
    assert_eq!(verdicts(&data, &top), (true, "read_ready"));
    assert_eq!(error_code(&nothing, ErrorKind::Setup), "X_SETUP_REQUIRED");
}
