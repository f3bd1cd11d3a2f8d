//! A server that says what it is told to say, for what others rarely do.

use connector_sdk::ErrorKind;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::letter::{Answers, Letter};

/// What the server says to each command, by the command's beginning; after the last it ends the connection.
type Script<'a> = &'a [(&'a str, &'a str)];

const EHLO: (&str, &str) = ("EHLO", "250-here\r\n250 AUTH PLAIN\r\n");
const AUTH: (&str, &str) = ("AUTH PLAIN", "235 in\r\n");
const MAIL: (&str, &str) = ("MAIL FROM:<me@x.org>", "250 ok\r\n");
const RCPT: (&str, &str) = ("RCPT TO:<ann@x.org>", "250 ok\r\n");
const DATA: (&str, &str) = ("DATA", "354 go on\r\n");

/// Delivers a mail to the server of a script. What the server was told comes with the outcome.
fn deliver_to(script: Script<'_>) -> (Result<()>, String) {
    let run = async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let serve = async {
            let (stream, _) = listener.accept().await.expect("a connection");
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 hello\r\n").await.expect("written");
            let (mut told, mut line) = (String::new(), String::new());
            for (command, answer) in script {
                line.clear();
                stream.read_line(&mut line).await.expect("read");
                told.push_str(&line);
                assert!(line.starts_with(command), "{line} and not {command}");
                // A mail ends with a dot.
                while *command == "From:" && line != ".\r\n" {
                    line.clear();
                    stream.read_line(&mut line).await.expect("read");
                    told.push_str(&line);
                }
                stream.write_all(answer.as_bytes()).await.expect("written");
            }
            told
        };
        let letter = Letter::new("1", "me@x.org", "ann@x.org", "hi\n.\nthere", Answers::default());
        let mail = letter.and_then(|letter| letter.write()).expect("a mail");
        let server = Server { protocol: "SMTP", host: "127.0.0.1", port, security: Security::Plain };
        tokio::join!(deliver(server, "me", "s3cret", &mail), serve)
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(run)
}

#[test]
fn a_mail_is_handed_over() {
    let script = [EHLO, AUTH, MAIL, RCPT, DATA, ("From:", "250 yours\r\n"), ("QUIT", "221 bye\r\n")];
    let (outcome, told) = deliver_to(&script);
    outcome.expect("delivered");
    assert!(told.contains("\r\n\r\nhi\r\n..\r\nthere\r\n.\r\n"), "a line that is a dot ends nothing: {told}");
    // Whatever is said after that.
    let (outcome, _) = deliver_to(&script[..6]);
    outcome.expect("delivered");
    // To a relay that asks for no password, none is told.
    let open =
        [("EHLO", "250 here\r\n"), MAIL, RCPT, DATA, ("From:", "250 yours\r\n"), ("QUIT", "221 bye\r\n")];
    let (outcome, told) = deliver_to(&open);
    outcome.expect("delivered");
    assert!(!told.contains("AUTH"), "{told}");
}

#[test]
fn a_mail_that_may_be_out_is_not_sent_again() {
    // The server ends the connection after all of the mail.
    let (outcome, _) = deliver_to(&[EHLO, AUTH, MAIL, RCPT, DATA, ("From:", "")]);
    let error = outcome.expect_err("no answer");
    assert!(!error.kind().is_retryable() && error.message().contains("may be out"), "{error}");
    // Before it, nothing is out.
    let whole = [EHLO, AUTH, MAIL, RCPT, DATA];
    for length in 0..whole.len() - 1 {
        let (outcome, _) = deliver_to(&whole[..length]);
        let error = outcome.expect_err("cut");
        assert_eq!(error.kind(), ErrorKind::Unavailable, "after {length} commands: {error}");
    }
}

#[test]
fn a_refusal_says_whether_it_is_one_for_good() {
    for (script, kind) in [
        (&[EHLO, ("AUTH", "535 5.7.8 no\r\n")][..], ErrorKind::Auth),
        (&[EHLO, ("AUTH", "454 4.7.0 later\r\n")], ErrorKind::Unavailable),
        (&[EHLO, AUTH, ("MAIL", "530 5.7.0 log in\r\n")], ErrorKind::Auth),
        (&[EHLO, AUTH, ("MAIL", "421 4.3.0 later\r\n")], ErrorKind::Unavailable),
        (&[EHLO, AUTH, MAIL, ("RCPT", "550 5.1.1 nobody\r\n")], ErrorKind::Usage),
        (&[EHLO, AUTH, MAIL, RCPT, ("DATA", "554 5.7.1 spam\r\n")], ErrorKind::Usage),
        (&[EHLO, AUTH, MAIL, RCPT, DATA, ("From:", "452 4.3.1 full\r\n")], ErrorKind::Unavailable),
        (&[EHLO, AUTH, MAIL, RCPT, DATA, ("From:", "552 5.3.4 large\r\n")], ErrorKind::Usage),
    ] {
        let (outcome, _) = deliver_to(script);
        let error = outcome.expect_err("refused");
        assert!(error.kind() == kind && !error.message().contains("s3cret"), "{script:?}: {error}");
    }
}

#[test]
fn what_is_put_behind_an_answer_in_the_clear_is_not_heard() {
    let said = |greeting: &'static str, can: &'static str, begin: &'static str| {
        let run = async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            let serve = async {
                let (stream, _) = listener.accept().await.expect("a connection");
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                for answer in [greeting, can, begin] {
                    stream.write_all(answer.as_bytes()).await.expect("written");
                    line.clear();
                    if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                        break;
                    }
                }
            };
            let server = Server { protocol: "SMTP", host: "localhost", port, security: Security::Starttls };
            let connecting = async {
                let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.expect("connected");
                starttls::begin(server, stream).await.map(drop)
            };
            tokio::join!(connecting, serve).0
        };
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(run)
    };
    let (greeting, can, begin) = ("220-a\r\n220 b\r\n", "250-here\r\n250 starttls\r\n", "220 go\r\n");
    said(greeting, can, begin).expect("TLS may begin");
    let put = "250-here\r\n250 AUTH PLAIN\r\n";
    for (greeting, can, begin) in [
        (greeting, can, String::leak(begin.to_owned() + put) as &str),
        (String::leak(greeting.to_owned() + put), can, begin),
    ] {
        let error = said(greeting, can, begin).expect_err("somebody on the way");
        assert!(error.message().contains("before TLS begins"), "{error}");
    }
    assert_eq!(said(greeting, "250 here\r\n", begin).expect_err("none").kind(), ErrorKind::Setup);
    assert_eq!(said(greeting, can, "454 later\r\n").expect_err("later").kind(), ErrorKind::Unavailable);
    assert_eq!(said("554 no\r\n", can, begin).expect_err("no").kind(), ErrorKind::Unavailable);
}

#[test]
fn a_server_can_not_take_all_memory() {
    let endless = "250-".to_owned() + &"x".repeat(2 * 1024 * 1024);
    let (outcome, _) = deliver_to(&[("EHLO", &endless)]);
    let error = outcome.expect_err("too much");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.message().contains("more than there is room for"), "{error}");
}
