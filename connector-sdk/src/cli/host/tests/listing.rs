//! Which connectors there are, and which files are none.

use std::fs;

use serde_json::json;

use super::User;

#[test]
fn linked_ones_and_files_are_listed_alike() {
    let user = User::new();
    let data = user.json("list");
    let rows: Vec<_> = data["connectors"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            (
                row["id"].as_str().unwrap_or_default(),
                row["origin"].as_str().unwrap_or_default(),
                &row["actions"],
            )
        })
        .collect();
    assert_eq!(rows, [("notes", "linked", &json!(6)), ("shop", "file", &json!(3))]);
    let people = user.run("list").stdout;
    assert!(people.starts_with("ID     TITLE  ACTIONS  FROM"), "{people}");
    let one = user.json("list shop");
    assert_eq!(
        one["actions"][1]["arguments"],
        json!([{"name": "item", "required": true, "description": "", "type": "string"}])
    );
    assert_eq!(
        (&one["actions"][1]["mode"], &one["actions"][2]["trust"]),
        (&json!("write"), &json!("restricted"))
    );
    assert!(user.run("list shop").stdout.contains("[limit] [state]"));
}

#[test]
fn a_file_that_does_not_load_is_named_with_its_line_and_the_others_go_on() {
    let user = User::new();
    user.write("broken.yaml", "name: broken\nactions:\n  - name: x\n    method: FETCH\n");
    user.write(".hidden.yaml", "[");
    user.write("readme.txt", "[");
    let outcome = user.run("--json list");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let data = &outcome.json()["data"];
    assert_eq!(data["connectors"].as_array().map(Vec::len), Some(2));
    assert_eq!(data["failed"].as_array().map(Vec::len), Some(1));
    assert_eq!((&data["failed"][0]["line"], &data["failed"][0]["column"]), (&json!(4), &json!(13)), "{data}");
    assert!(outcome.stderr.contains("broken.yaml` has a fault: line 4, column 13"), "{outcome:?}");
    let doctor = user.run("doctor");
    assert_eq!(doctor.code, 4);
    assert!(doctor.stderr.contains("line 4, column 13"), "{doctor:?}");
    let call = user.run("call broken x");
    assert_eq!(call.code, 4, "it is not that there is no such connector: {call:?}");
    assert!(call.stderr.contains("line 4, column 13"), "{call:?}");
    fs::remove_file(user.folder().join("broken.yaml")).expect("removed");
    assert_eq!(user.run("doctor").code, 0);
}

#[test]
fn two_of_one_id_are_both_named_and_neither_is_called() {
    let user = User::new();
    user.write("copy.yaml", &super::shop(&user.server.uri()));
    user.write("mine.yml", "name: notes\nactions: []\n");
    let data = user.json("list");
    let ids: Vec<_> =
        data["connectors"].as_array().expect("rows").iter().map(|row| row["id"].clone()).collect();
    assert_eq!(ids, [json!("notes")], "the linked one stays");
    let failed: Vec<_> =
        data["failed"].as_array().expect("rows").iter().map(|row| row["message"].to_string()).collect();
    assert_eq!(failed.len(), 3, "{failed:?}");
    assert!(
        failed[0].contains("copy.yaml") && failed[0].contains("shop.yaml") && failed[0].contains("are both")
    );
    assert!(failed[1].contains("linked into this program"), "{failed:?}");
    let call = user.run("call shop list_orders");
    assert_eq!((call.code, user.received().len()), (4, 0), "{call:?}");
    assert!(call.stderr.contains("are both the connector `shop`"), "{call:?}");
}

#[test]
fn a_default_folder_may_be_missing_and_a_named_one_may_not() {
    let user = User::new();
    fs::remove_dir_all(user.folder()).expect("removed");
    assert_eq!(user.run("list").code, 0);
    let missing = user.run("--connectors /nowhere/at/all list");
    assert_eq!(missing.code, 4);
    assert!(missing.stderr.contains("`/nowhere/at/all` can't be read"), "{missing:?}");
    assert_eq!(user.run("--connectors").code, 2);
}

#[test]
fn what_is_mistyped_is_told_with_what_was_meant() {
    let user = User::new();
    for (line, told) in [
        ("lst", "there is no command `lst`; did you mean `list`?"),
        ("call shp list_orders", "there is no connector `shp`; did you mean `shop`?"),
        ("call shop list_order", "`shop` has no action `list_order`; did you mean `list_orders`?"),
        ("call shop manifest", "`shop` has no action `manifest`; it has"),
        ("call", "`call` takes the id of a connector; there is `notes`"),
        ("call shop", "List orders"),
        ("status shp", "did you mean `shop`?"),
        ("list shop bogus", "unexpected argument `bogus`"),
        ("audit --limt 3", "did you mean `--limit`?"),
        ("audit --limit 0", "from 1 to"),
    ] {
        let outcome = user.run(line);
        assert_eq!(outcome.code, 2, "{line}: {outcome:?}");
        assert!(outcome.stderr.contains(told), "{line}: {outcome:?}");
    }
    let odd = user.with(&["--json", "call", "sh\u{1b}[2J\nop", "x"], |process| process);
    assert_eq!((odd.code, odd.stdout.matches('\n').count()), (2, 1), "{odd:?}");
    let odd = user.with(&["call", "sh\u{1b}[2J\nop", "x"], |process| process);
    assert!(!odd.stderr.contains('\u{1b}'), "{odd:?}");
}

#[test]
fn help_is_there_at_every_level() {
    let user = User::new();
    for (line, told) in [
        ("--help", "Usage: host [--connectors DIR] COMMAND"),
        ("help", "Usage: host [--connectors DIR] COMMAND"),
        ("audit --help", "--limit LIMIT"),
        ("call --help", "CONNECTOR ACTION"),
        ("call shop --help", "refund [--mode admin --yes]"),
        ("call shop create_order --help", "--item <ITEM>"),
        ("connect shop --help", "SHOP_KEY, required"),
        ("--version", "host 0."),
    ] {
        let outcome = user.run(line);
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
        assert!(outcome.stdout.contains(told), "{line}: {}", outcome.stdout);
    }
    assert!(user.records().is_empty(), "nothing was called");
}
