//! Connections that a host stores, and calls with later.

use serde_json::{Value, json};

use super::{KEY, User};
use crate::cli::Terminal;

fn connect(user: &User, workspace: &str, key: &str) -> super::Outcome {
    let key = format!("SHOP_KEY={key}");
    user.with(
        &["connect", "shop", "--workspace", workspace, "--set", &key, "--mode", "write", "--json"],
        |process| process,
    )
}

#[test]
fn what_is_connected_is_called_with() {
    let user = User::new();
    let outcome = connect(&user, "My Business", KEY);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(outcome.json()["data"]["state"], "added");
    assert!(!format!("{outcome:?}").contains(KEY), "{outcome:?}");
    assert!(outcome.stderr.contains("warning: others on this machine can see"), "{outcome:?}");
    assert_eq!(user.last(), ["connect", "shop", "none", "allowed", "ok"]);
    let arguments = ["call", "shop", "list_orders", "--workspace", "My Business", "--json"];
    assert_eq!(user.with(&arguments, |process| process).code, 0);
    assert_eq!(user.received()[0].headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(user.records().pop().expect("a record")["workspace"], "My Business");
    assert_eq!(user.run("call shop list_orders").code, 4, "another workspace knows nothing of it");
    for file in std::fs::read_dir(user.home.path().join("home")).expect("a folder") {
        let bytes = std::fs::read(file.expect("an entry").path()).expect("a file");
        assert!(
            !bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes()),
            "the key is stored in the clear"
        );
    }
}

#[test]
fn a_connection_is_changed_only_where_it_may_be() {
    let user = User::new();
    let outcome = user.run("connect shop --set SHOP_KEY=sk_s3cret_value");
    assert_eq!(outcome.code, 3, "no terminal and no mode: {outcome:?}");
    assert!(!format!("{outcome:?}").contains(KEY), "{outcome:?}");
    assert_eq!(user.last(), ["connect", "shop", "none", "denied", "denied"]);
    assert_eq!(user.json("connections"), json!({ "connections": [] }));
    for set in ["SHOP_KEY=", "SHOP_KEY=a --set SHOP_KEY=b", "SHOP_KEZ=sk_s3cret_value"] {
        let outcome = user.run(&format!("connect shop --mode write --set {set}"));
        assert_eq!(outcome.code, 2, "{set}: {outcome:?}");
        assert!(!outcome.stderr.contains(KEY), "{outcome:?}");
    }
    let call = user.run("call shop list_orders --set SHOP_KEY=sk_s3cret_value");
    assert_eq!(call.code, 2, "only `connect` takes them so: {call:?}");
    assert!(!format!("{call:?}").contains(KEY), "{call:?}");
}

#[test]
fn connections_are_listed_and_forgotten() {
    let user = User::new();
    connect(&user, "a", KEY);
    connect(&user, "b", "other");
    let workspaces = |line: &str| -> Vec<Value> {
        let data = user.json(line);
        data["connections"].as_array().expect("rows").iter().map(|row| row["workspace"].clone()).collect()
    };
    assert_eq!(workspaces("connections"), ["a", "b"]);
    assert_eq!(workspaces("connections shop --workspace b"), ["b"]);
    assert!(workspaces("connections notes").is_empty());
    assert_eq!(user.run("disconnect shop --workspace a --mode write").code, 0);
    assert_eq!(user.last(), ["disconnect", "shop", "none", "allowed", "ok"]);
    assert_eq!(user.run("disconnect shop --workspace a --mode write").code, 6);
    assert_eq!(user.last(), ["disconnect", "shop", "none", "allowed", "not_found"]);
    assert_eq!(workspaces("connections"), ["b"]);
    let ask = |answer: &'static str| {
        user.with(&["disconnect", "shop", "--workspace", "b"], |process| {
            process.terminal(Terminal::all()).stdin(answer.as_bytes())
        })
    };
    assert_eq!(ask("n\n").code, 3);
    assert_eq!(user.last(), ["disconnect", "shop", "none", "denied", "denied"]);
    assert_eq!(ask("y\n").code, 0);
    assert_eq!(user.last(), ["disconnect", "shop", "none", "approved", "ok"]);
}

#[test]
fn what_is_stored_of_a_connector_that_is_gone_can_be_forgotten() {
    let user = User::new();
    for workspace in ["default", "b"] {
        assert_eq!(connect(&user, workspace, KEY).code, 0);
    }
    let file = user.folder().join("shop.yaml");
    std::fs::remove_file(&file).expect("removed");
    let refused = user.run("disconnect shop");
    assert_eq!(refused.code, 3, "no terminal and no mode: {refused:?}");
    assert_eq!(user.last(), ["disconnect", "shop", "none", "denied", "denied"]);
    let removed = user.json("disconnect shop --mode write");
    assert_eq!((&removed["connector"], &removed["state"]), (&json!("shop"), &json!("removed")));
    assert_eq!(user.last(), ["disconnect", "shop", "none", "allowed", "ok"]);
    // Another workspace has one of it, so that this one's may be mistyped.
    assert_eq!(user.run("disconnect shop --mode write").code, 6);
    // A file that can't be used is no connector either.
    std::fs::write(&file, "name: shop\nactions: 1\n").expect("written");
    let asked = user.with(&["disconnect", "shop", "--workspace", "b"], |process| {
        process.terminal(Terminal::all()).stdin(&b"y\n"[..])
    });
    assert_eq!(asked.code, 0, "{asked:?}");
    assert_eq!(user.last(), ["disconnect", "shop", "none", "approved", "ok"]);
    assert_eq!(user.json("connections"), json!({ "connections": [] }));
    assert_eq!(user.run("disconnect shop --mode write").code, 4, "the file is at fault");
    std::fs::remove_file(&file).expect("removed");
    for line in ["disconnect shop --mode write", "disconnect shpo --mode write", "call shop list_orders"] {
        assert_eq!(user.run(line).code, 2, "{line}: nothing is known of it");
    }
    assert_eq!(user.last(), ["call", "none", "none", "undecided", "usage"]);
}

#[test]
fn status_asks_each_connection_and_shows_no_secret() {
    let mut user = User::new();
    assert_eq!(user.json("status"), json!({ "connections": [] }));
    connect(&user, "default", KEY);
    assert_eq!(user.run("connect notes --mode write --set root=/a").code, 0);
    assert_eq!(user.run("connect notes down --mode write --set root=/b").code, 0);
    user.set("NOTES_ROOT", "");
    let status = |user: &User| -> Vec<(String, String, String)> {
        let data = user.json("status");
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        data["connections"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| (text(row, "connector"), text(row, "connection"), text(row, "status")))
            .collect()
    };
    let told = |connector: &str, connection: &str, status: &str| {
        (connector.to_owned(), connection.to_owned(), status.to_owned())
    };
    assert_eq!(
        status(&user),
        [
            told("notes", "default", "healthy"),
            told("notes", "down", "healthy"),
            told("shop", "default", "unchecked")
        ]
    );
    assert!(!format!("{:?}", user.run("status")).contains(KEY));
    user.set("NOTES_TOKEN", "bad-s3cret");
    assert_eq!(status(&user)[0], told("notes", "default", "failed"));
    let failed = user.json("status notes");
    assert_eq!(
        (&failed["connections"][0]["kind"], failed.to_string().contains("bad-s3cret")),
        (&json!("auth"), false)
    );
    std::fs::remove_file(user.folder().join("shop.yaml")).expect("removed");
    assert_eq!(status(&user)[2], told("shop", "default", "no connector"));
}

#[test]
fn a_check_that_fails_is_an_answer_without_secrets() {
    let user = User::new();
    // The store is not asked to check it: this is what became of it since.
    let refused = user.run("connect notes --mode write --set root=down");
    assert_eq!(refused.code, 5, "{refused:?}");
    assert_eq!(user.last(), ["connect", "notes", "none", "allowed", "unavailable"]);
    assert_eq!(user.json("connections"), json!({ "connections": [] }));
}
