//! Nobody gets the password who isn't the server.

use serde_json::{Value, json};

use super::program::{Program, numbered, settings};
use crate::puffer::{Outcome, ask};
use crate::servers::{PASSWORD, Post};
use crate::traces::leave;

/// Checks a connection with other settings than those of loopback; `trusts`: the servers' certificate is one of the
/// system's.
fn connect(program: &Program, post: &Post, other: Value, trusts: bool) -> Outcome {
    let mut input = settings(post);
    input["password"] = PASSWORD.into();
    for (name, value) in other.as_object().expect("settings") {
        input[name] = value.clone();
    }
    let mut command = program.command(&["connect", "tls", "--stdin", "--mode", "write", "--json"]);
    if trusts {
        command.env("SSL_CERT_FILE", post.certificate());
    }
    let outcome = ask(&mut command, input.to_string().as_bytes());
    leave(format!("{}{}", outcome.stdout, outcome.stderr));
    outcome
}

#[test]
#[ignore = "needs dovecot"]
fn a_certificate_that_is_trusted_lets_in_and_another_does_not() {
    let post = Post::new();
    post.deliver(numbered(1));
    let program = Program::connected(&post);
    let starttls = json!({"imap_security": "starttls", "smtp_security": "starttls"});
    let tls = json!({"imap_security": "tls", "imap_port": post.tls_port(), "smtp_security": "starttls"});
    for settings in [&starttls, &tls] {
        let trusted = connect(&program, &post, settings.clone(), true);
        assert!(trusted.status.success(), "{settings}: {trusted:?}");
        let logins = post.logins();
        let stranger = connect(&program, &post, settings.clone(), false);
        assert!(!stranger.status.success() && stranger.stdout.contains("certificate"), "{stranger:?}");
        assert_eq!(post.logins(), logins, "the password stayed here");
    }
    // The server's certificate is for 127.0.0.1 alone.
    let named = json!({"imap_host": "localhost", "imap_security": "starttls"});
    let outcome = connect(&program, &post, named, true);
    assert!(!outcome.status.success() && outcome.stdout.contains("certificate"), "{outcome:?}");
    // The port of the other way.
    let mixed = json!({"imap_security": "tls"});
    assert!(!connect(&program, &post, mixed, true).status.success());
    let mail = json!({"to": "ann@example.org", "subject": "sealed", "body": "text"});
    let mut act = program.command(&["act", "tls", "send_mail"]);
    let sent = ask(act.env("SSL_CERT_FILE", post.certificate()), mail.to_string().as_bytes()).json();
    assert_eq!(sent["success"], true, "{sent}");
    assert_eq!(post.mails().len(), 2);
}
