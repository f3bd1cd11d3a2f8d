//! What platforms find in the built binary, without a server.

#![expect(clippy::expect_used, reason = "a helper of a test that can't go on says so by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
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

/// A server on loopback, and what it does with whoever connects.
fn server(serve: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port().to_string();
    // It ends with the test's process.
    std::thread::spawn(move || listener.incoming().flatten().for_each(serve));
    port
}

fn silent(stream: TcpStream) {
    // Open for as long as the other end is.
    let _ = BufReader::new(stream).lines().count();
}

/// Lets anybody in, and has one folder.
fn imap(mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
    let mut say = |text: &str| stream.write_all(text.as_bytes()).is_ok();
    let mut is_there = say("* OK hello\r\n");
    while is_there && let Some(Ok(line)) = lines.next() {
        let tag = line.split(' ').next().unwrap_or_default();
        is_there = say(&format!("* OK [UIDVALIDITY 7] v\r\n{tag} OK\r\n"));
    }
}

#[test]
fn a_check_says_which_server_does_not_answer() {
    let (silent, imap) = (server(silent), server(imap));
    let check = |imap: &str, smtp: &str| {
        let variables = [
            ("MAIL_PASSWORD", "s3cret-of-nobody"),
            ("MAIL_USER", "me@example.org"),
            ("MAIL_IMAP_HOST", "127.0.0.1"),
            ("MAIL_IMAP_PORT", imap),
            ("MAIL_IMAP_SECURITY", "plain"),
            ("MAIL_SMTP_HOST", "127.0.0.1"),
            ("MAIL_SMTP_PORT", smtp),
            ("MAIL_SMTP_SECURITY", "plain"),
        ];
        let output = mail("--json --timeout 4s health", &variables);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let said = check(&silent, &silent);
    assert!(said.contains(&format!("the IMAP server `127.0.0.1:{silent}` doesn't answer")), "{said}");
    let said = check(&imap, &silent);
    assert!(said.contains(&format!("the SMTP server `127.0.0.1:{silent}` doesn't answer")), "{said}");
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
