//! Calls, and who may make them.

use serde_json::json;

use super::super::super::process::Terminal;
use super::{KEY, User};

fn connected() -> User {
    let mut user = User::new();
    user.set("SHOP_KEY", KEY);
    user
}

#[test]
fn an_action_takes_json_or_options_or_values() {
    let user = connected();
    for arguments in [
        &["call", "shop", "list_orders", "--input", r#"{"limit":3}"#, "--json"][..],
        &["call", "shop", "list_orders", "--limit", "3", "--json"],
        &["--json", "call", "shop", "list-orders", "3"],
    ] {
        let outcome = user.with(arguments, |process| process);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(outcome.json()["data"], json!({ "ok": true }));
        assert_eq!(outcome.json()["tool"], "aos-shop");
    }
    let piped = user.with(&["call", "shop", "list_orders", "--input", "-"], |process| {
        process.stdin(&b"{\"limit\":3}"[..])
    });
    assert_eq!((piped.code, piped.stdout.as_str()), (0, "ok: true\n"), "{piped:?}");
    let sent = user.received();
    assert_eq!(sent.len(), 4);
    for request in sent {
        assert_eq!(request.url.query(), Some("limit=3"));
        assert_eq!(request.headers["authorization"], format!("Bearer {KEY}"));
    }
    let both = user.run("call shop list_orders --input {} --limit 3");
    assert_eq!(both.code, 2);
    assert!(both.stderr.contains("either it or the arguments"), "{both:?}");
}

#[test]
fn a_linked_connector_is_called_by_either_name() {
    let user = User::new();
    for line in
        ["call notes search_notes --query x", "call notes notes search x", "call notes notes.search x"]
    {
        let data = user.json(line);
        assert_eq!(
            (&data["action"], &data["input"]["query"]),
            (&json!("search_notes"), &json!("x")),
            "{line}"
        );
    }
}

#[test]
fn trust_is_enforced_by_every_way_to_call() {
    let user = connected();
    let order = [r#"{"item":"x"}"#, r#"{"order":"1"}"#];
    let refused = |line: &str, last: Option<&str>| {
        let mut arguments: Vec<&str> = line.split_whitespace().collect();
        arguments.extend(last);
        let outcome = user.with(&arguments, |process| process);
        assert_eq!(outcome.code, 3, "{line}: {outcome:?}");
        assert_eq!(user.received().len(), 0, "{line}: something was sent");
        assert_eq!(user.last()[3..], ["denied", "denied"], "{line}");
    };
    for mode in ["", "--mode readonly", "--mode write", "--mode admin", "--yes"] {
        refused(&format!("call shop create_order --item x {mode}"), None);
        refused(&format!("{mode} call shop create-order x"), None);
        refused(&format!("call {mode} shop create_order --input"), Some(order[0]));
    }
    for mode in ["", "--yes", "--mode write --yes", "--mode full --yes", "--mode admin"] {
        refused(&format!("call shop refund --order 1 {mode}"), None);
        refused(&format!("call {mode} shop refund --input"), Some(order[1]));
    }
    refused("call notes notes create a b --mode write", None);
    refused("call notes delete_note a --mode admin", None);
    assert_eq!(user.run("call shop create_order x --mode write --yes").code, 0);
    assert_eq!(user.run("call shop refund --order 1 --mode admin -y").code, 0);
    assert_eq!(user.run("call shop create_order x --mode admin --yes").code, 0);
    assert_eq!(user.run("call notes notes create a b --mode write --yes").code, 0);
    assert_eq!(user.received().len(), 3);
    assert_eq!(user.last(), ["call", "notes", "create_note", "allowed", "ok"]);
}

#[test]
fn a_refusal_says_what_would_allow_it() {
    let user = connected();
    let outcome = user.run("--json call shop create_order x --mode write");
    let error = &outcome.json()["error"];
    assert_eq!(
        (&error["code"], &error["details"]["required_option"]),
        (&json!("PERMISSION_DENIED"), &json!("--yes"))
    );
    assert!(error["message"].as_str().unwrap_or_default().ends_with("`--yes` approves it"), "{error}");
    let outcome = user.run("--json call shop create_order x --yes");
    assert_eq!(outcome.json()["error"]["details"]["required_mode"], "write");
}

#[test]
fn somebody_at_a_terminal_is_asked() {
    let user = connected();
    let ask = |answer: &'static str| {
        user.with(&["call", "shop", "create_order", "x", "--mode", "write"], |process| {
            process.terminal(Terminal::all()).stdin(answer.as_bytes())
        })
    };
    let no = ask("n\n");
    assert_eq!((no.code, user.received().len()), (3, 0), "{no:?}");
    assert_eq!(user.last(), ["call", "shop", "create_order", "denied", "denied"]);
    let yes = ask("y\n");
    assert_eq!((yes.code, user.received().len()), (0, 1), "{yes:?}");
    assert_eq!(user.last(), ["call", "shop", "create_order", "approved", "ok"]);
}

#[test]
fn a_connector_that_is_not_set_up_says_which_command_does_it() {
    let user = User::new();
    let outcome = user.run("call shop list_orders");
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(outcome.stderr.contains("`host connect shop` asks for it and stores it"), "{outcome:?}");
    let named = user.run("call shop list_orders --connection work");
    assert!(
        named.stderr.contains("`host connect shop` stores one, `host connections shop` lists them"),
        "{named:?}"
    );
    assert_eq!(user.received().len(), 0);
    // What is to be written again is all there.
    let elsewhere = user.folder().display().to_string();
    let line = ["--connectors", &elsewhere, "call", "shop", "list_orders", "--workspace", "My Business"];
    let outcome = user.with(&line, |process| process);
    let says =
        format!("hint: `host --connectors {elsewhere} connect shop --workspace 'My Business'` asks for it");
    assert!(outcome.stderr.contains(&says), "{outcome:?}");
    let help = user.run(&format!("--connectors {elsewhere} call shop nope"));
    assert!(help.stderr.contains(&format!("`host --connectors {elsewhere} call shop --help`")), "{help:?}");
}

#[test]
fn nobody_is_sent_to_connect_where_that_helps_nothing() {
    let mut user = connected();
    user.set("CONNECTOR_AUDIT", user.home.path().join("none/audit.jsonl"));
    let outcome = user.run("call shop list_orders");
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(!outcome.stderr.contains("hint:"), "{outcome:?}");
    user.write("broken.yaml", "name: [");
    let outcome = user.run("doctor");
    assert_eq!((outcome.code, outcome.stderr.contains("hint:")), (4, false), "{outcome:?}");
}

#[test]
fn help_says_where_arguments_go() {
    let help = connected().run("call --help").stdout;
    assert!(help.contains("call CONNECTOR ACTION [--input JSON | ARGUMENTS ..]\n"), "{help}");
}

#[test]
fn the_folder_stands_before_the_connector() {
    let user = connected();
    let outcome = user.run("call shop list_orders --connectors x");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stderr.contains("unknown option `--connectors`"), "{outcome:?}");
}
