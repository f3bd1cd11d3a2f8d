//! What platforms find in the built binary, without a server.

#![expect(clippy::expect_used, reason = "a helper of a test that can't go on says so by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// Runs the program with nothing around it.
fn mail(line: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mail"));
    command.args(line.split(' ')).env_clear().envs(variables.iter().copied()).stdin(Stdio::null());
    command.output().expect("it runs")
}

fn written(format: &str, folder: &Path) {
    let output = mail(&format!("manifest --format {format} --out {}", folder.display()), &[]);
    assert!(output.status.success(), "{output:?}");
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

#[test]
fn no_platform_finds_a_fault() {
    for format in ["native", "puffer", "seed-agent", "argentos"] {
        let output = mail(&format!("manifest --format {format} --check"), &[]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("no faults"), "{format}: {output:?}");
    }
}

#[test]
fn puffer_subscribes_to_it_and_may_send_by_it() {
    let folder = std::env::temp_dir().join(format!("mail-platforms-{}", std::process::id()));
    written("puffer", &folder);
    let template = read(&folder.join("connectors/mail/template.json"));
    for (key, value) in [("requires_auth", true), ("can_subscribe", true), ("can_proxy_agent", false)] {
        assert_eq!(template[key], value, "{key}");
    }
    let action = &template["actions"]["send_mail"];
    assert_eq!(action["permission"]["category"], "external_message_send");
    assert_eq!(action["permission"]["external_side_effect"], true);
    // By these a draft of it can be approved.
    assert_eq!(action["input_schema"]["required"], json!(["to", "subject", "body"]));
    for action in ["read_mail", "search_mail", "list_folders"] {
        assert_eq!(template["actions"][action]["permission"]["external_side_effect"], false, "{action}");
    }
    assert!(template["actions"]["send_message"].is_object());
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn a_seed_agent_s_manager_can_start_it() {
    let folder = std::env::temp_dir().join(format!("mail-seed-agent-{}", std::process::id()));
    written("seed-agent", &folder);
    let entry = fs::read_to_string(folder.join("connectors/mail_connector.yml")).expect("an entry");
    assert!(entry.contains("password: \"${MAIL_PASSWORD}\""), "{entry}");
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn what_is_wrong_is_said_before_anything_is_sent() {
    let password = ("MAIL_PASSWORD", "s3cret-of-nobody");
    let away =
        [password, ("MAIL_IMAP_HOST", "192.0.2.1"), ("MAIL_USER", "me"), ("MAIL_IMAP_SECURITY", "plain")];
    let output = mail("--json folders list", &away);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !output.status.success() && said.contains("in the clear") && said.contains("allow_plain"),
        "{said}"
    );
    let here =
        [password, ("MAIL_IMAP_HOST", "127.0.0.1"), ("MAIL_USER", "me"), ("MAIL_SMTP_HOST", "127.0.0.1")];
    let output = mail("--json --mode write -y mails send ann@example.org hi text", &here);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.contains("set `from`"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}
