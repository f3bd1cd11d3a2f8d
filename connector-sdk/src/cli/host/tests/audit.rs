//! The audit trail: a line for whatever was asked, and no call without one.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::{KEY, TOKEN, User};

fn connected() -> User {
    let mut user = User::new();
    user.set("SHOP_KEY", KEY);
    user
}

#[test]
fn every_call_leaves_a_line_the_refused_ones_too() {
    let user = connected();
    for (line, told) in [
        ("call shop list_orders --limit 3", ["call", "shop", "list_orders", "allowed", "ok"]),
        ("call nope list_orders", ["call", "none", "none", "undecided", "usage"]),
        ("call", ["call", "none", "none", "undecided", "usage"]),
        ("call shop nope", ["call", "shop", "none", "undecided", "usage"]),
        ("call shop list_orders --limit many", ["call", "shop", "list_orders", "undecided", "usage"]),
        ("call shop list_orders --input {", ["call", "shop", "list_orders", "undecided", "usage"]),
        ("call shop list_orders --state gone", ["call", "shop", "list_orders", "undecided", "usage"]),
        ("call shop list_orders --bogus", ["call", "shop", "list_orders", "undecided", "usage"]),
        ("call shop create_order x", ["call", "shop", "create_order", "denied", "denied"]),
        ("call shop create_order x --mode root", ["call", "shop", "create_order", "undecided", "usage"]),
        ("call shop list_orders --connection nope", ["call", "shop", "list_orders", "undecided", "setup"]),
        ("call notes fail auth", ["call", "notes", "fail", "allowed", "auth"]),
        ("call notes fail panic", ["call", "notes", "fail", "allowed", "internal"]),
        ("call notes fail hang --timeout 20ms", ["call", "notes", "fail", "allowed", "cancelled"]),
        ("connect nope --mode write", ["connect", "none", "none", "undecided", "usage"]),
    ] {
        let before = user.records().len();
        user.run(line);
        assert_eq!(user.last(), told, "{line}");
        assert_eq!(user.records().len(), before + 1, "{line}");
    }
    for line in ["list", "status", "connections", "audit", "call shop --help", "doctor"] {
        let before = user.records().len();
        user.run(line);
        assert_eq!(user.records().len(), before, "{line} calls nothing");
    }
}

#[test]
fn a_line_says_who_and_when_and_never_what() {
    let user = connected();
    user.with(
        &[
            "call",
            "shop",
            "create_order",
            "--input",
            r#"{"item":"pr1vate"}"#,
            "--mode",
            "write",
            "--yes",
            "--workspace",
            "W",
        ],
        |process| process,
    );
    user.run("call notes search_notes pr1vate");
    let text = fs::read_to_string(user.trail()).expect("a trail");
    for hidden in ["pr1vate", KEY, TOKEN] {
        assert!(!text.contains(hidden), "{text}");
    }
    let line = user.records().remove(0);
    assert_eq!(
        (&line["workspace"], &line["mode"], &line["connection"]),
        (&json!("W"), &json!("write"), &json!("default"))
    );
    let input = line["input"].as_str().expect("a digest");
    assert!(input.starts_with("sha256:") && input.len() == 7 + 64, "{input}");
    let at = humantime::parse_rfc3339(line["at"].as_str().expect("a time")).expect("RFC 3339");
    assert!(at.elapsed().is_ok_and(|age| age.as_secs() < 600));
    assert!(line["duration_ms"].is_u64());
    assert_eq!(fs::metadata(user.trail()).expect("there").permissions().mode() & 0o777, 0o600);
}

#[test]
fn nothing_is_called_that_can_not_be_recorded() {
    let mut user = connected();
    fs::create_dir_all(user.trail()).expect("a folder in the way");
    let outcome = user.run("call shop list_orders");
    assert_eq!((outcome.code, user.received().len()), (4, 0), "{outcome:?}");
    assert!(outcome.stderr.contains("audit.jsonl` is not a file"), "{outcome:?}");
    assert_eq!(user.run("connect shop --mode write").code, 4);
    assert_eq!(user.json("connections"), json!({ "connections": [] }));
    fs::remove_dir(user.trail()).expect("removed");
    fs::write(user.trail(), "").expect("written");
    fs::set_permissions(user.trail(), fs::Permissions::from_mode(0o644)).expect("changed");
    let outcome = user.run("call shop list_orders");
    assert_eq!((outcome.code, user.received().len()), (4, 0), "others may read it: {outcome:?}");
    user.set("CONNECTOR_AUDIT", "/nowhere/audit.jsonl");
    let outcome = user.run("call shop list_orders");
    assert_eq!((outcome.code, user.received().len()), (4, 0), "{outcome:?}");
    assert!(outcome.stderr.contains("nothing is called without a record of it"), "{outcome:?}");
}

#[test]
fn a_variable_names_another_file() {
    let mut user = connected();
    let other = user.home.path().join("elsewhere.jsonl");
    user.set("CONNECTOR_AUDIT", &other);
    assert_eq!(user.run("call shop list_orders").code, 0);
    assert!(!user.trail().exists());
    assert_eq!(user.json("audit")["file"], json!(other));
    assert_eq!(user.json("audit")["records"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_last_ones_are_shown_of_those_that_are_wanted() {
    let user = connected();
    for line in ["list_orders", "list_orders 1", "create_order x", "list_orders 2"] {
        user.run(&format!("call shop {line}"));
    }
    user.run("call notes search_notes x");
    let shown = |line: &str| -> Vec<Value> {
        let data = user.json(&format!("audit {line}"));
        data["records"].as_array().expect("records").iter().map(|row| row["action"].clone()).collect()
    };
    assert_eq!(shown("").len(), 5);
    assert_eq!(shown("--limit 2"), ["list_orders", "search_notes"]);
    assert_eq!(shown("--connector shop --limit 2"), ["create_order", "list_orders"]);
    assert_eq!(shown("--outcome denied"), ["create_order"]);
    assert_eq!(shown("--action search_notes"), ["search_notes"]);
    assert!(shown("--workspace other").is_empty());
    assert!(user.run("audit --limit 1").stdout.contains("search_notes"));
}

#[test]
fn a_line_that_was_cut_off_is_told_and_harms_no_other() {
    let user = connected();
    user.run("call shop list_orders");
    let mut file = fs::OpenOptions::new().append(true).open(user.trail()).expect("a trail");
    file.write_all(b"{\"at\":\"2026-01-01T00:0").expect("written");
    let cut = user.run("audit --json");
    assert_eq!((cut.code, &cut.json()["data"]["damaged"]), (0, &json!([2])), "{cut:?}");
    assert!(cut.stderr.contains("line 2"), "{cut:?}");
    user.run("call shop list_orders");
    let data = user.json("audit");
    assert_eq!((data["records"].as_array().map(Vec::len), &data["damaged"]), (Some(2), &json!([2])));
    file.write_all(&vec![b'x'; 200_000]).expect("written");
    user.run("call shop list_orders");
    let data = user.json("audit");
    assert_eq!((data["records"].as_array().map(Vec::len), &data["damaged"]), (Some(3), &json!([2, 4])));
}

#[test]
fn lines_of_many_at_once_do_not_mix() {
    const THREADS: usize = 8;
    const EACH: usize = 12;
    let user = connected();
    let home = user.home.path().join("home").into_os_string();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..EACH {
                    let home = home.clone();
                    let process = super::Process::new("host", ["call", "notes", "search_notes", "x"])
                        .environment(move |name| match name {
                            "CONNECTOR_HOME" => Some(home.clone()),
                            "NOTES_ROOT" => Some("/notes".into()),
                            _ => None,
                        });
                    let linked: Box<dyn crate::Factory> = Box::new(super::Fake::new());
                    assert_eq!(super::run(super::Host::builder().connectors([linked]), process), 0);
                }
            });
        }
    });
    assert_eq!(user.records().len(), THREADS * EACH);
}
