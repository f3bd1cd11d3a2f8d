//! What is known of a mail that could not be delivered.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::net::TcpListener;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::Mode;
use connector_sdk::message::OutgoingMessage;
use connector_sdk::{Context, ErrorKind, Settings, factory};

/// A port at which nobody answers.
fn closed() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A host may try it again: neither server can have taken anything.
#[tokio::test]
async fn a_mail_that_reached_no_server_was_not_sent() {
    let settings = Settings::new()
        .value("imap_host", "127.0.0.1")
        .value("imap_port", closed())
        .value("imap_security", "plain")
        .value("smtp_host", "127.0.0.1")
        .value("smtp_port", closed())
        .value("smtp_security", "plain")
        .value("user", "me@example.org")
        .secret("password", "s3cret-of-nobody");
    let connection = Connection::open("work", &factory::<mail::Mailbox>(), &settings).expect("a connection");
    let caller = Caller::new("test", Mode::Write).without_asking();
    for (thread, server) in [(None, "SMTP"), (Some("<1@example.org>"), "IMAP")] {
        let mut message = OutgoingMessage::new("me", "you@example.org", "hello");
        message.thread_id = thread.map(str::to_owned);
        let error = connection.send(&message, &caller, Context::new()).await.expect_err("nobody is there");
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        assert!(error.message().contains(server) && error.is_unsent(), "{error:?}");
    }
}
