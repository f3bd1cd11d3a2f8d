//! What platforms get of the connector.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::process::{Command, Output};

fn matrix(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_matrix"));
    command.args(arguments).env_clear();
    command.output().expect("it starts")
}

#[test]
fn no_platform_has_anything_to_say_against_it() {
    for format in ["native", "argentos", "puffer", "seed-agent"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().display().to_string();
        let written = matrix(&["manifest", "--format", format, "--out", &path]);
        assert!(written.status.success(), "{format}: {written:?}");
        assert!(written.stderr.is_empty(), "{format}: {}", String::from_utf8_lossy(&written.stderr));
        let checked = matrix(&["manifest", "--format", format, "--out", &path, "--check"]);
        assert!(checked.status.success(), "{format}: {checked:?}");
        assert!(checked.stderr.is_empty(), "{format}: {}", String::from_utf8_lossy(&checked.stderr));
    }
}

#[test]
fn every_message_can_be_drafted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().display().to_string();
    assert!(matrix(&["manifest", "--format", "puffer", "--out", &path]).status.success());
    let template = std::fs::read(folder.path().join("connectors/matrix/template.json")).expect("a template");
    let template: serde_json::Value = serde_json::from_slice(&template).expect("JSON");
    let actions = template["actions"].as_object().expect("actions");
    assert_eq!(
        actions.keys().collect::<Vec<_>>(),
        ["leave_room", "list_rooms", "react", "read_messages", "send_message"]
    );
    for (name, action) in actions {
        let category = &action["permission"]["category"];
        match action["permission"]["external_side_effect"].as_bool() {
            Some(true) => assert_eq!(category, "external_message_send", "{name}"),
            _ => assert_eq!(category, "external_message_read", "{name}"),
        }
    }
    for (key, value) in [("can_subscribe", true), ("requires_auth", true), ("can_proxy_agent", false)] {
        assert_eq!(template[key], value, "{key}");
    }
}
