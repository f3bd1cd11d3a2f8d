//! The connector's program with a connection to a mailbox that is stored as `work`.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::puffer::{Outcome, Stream, ask, program};
use crate::servers::{PASSWORD, Post};
use crate::traces::{self, leave};

/// A folder with stored connections, and the program that reads them.
pub(super) struct Program {
    folder: TempDir,
}

impl Program {
    /// With a connection that works.
    pub(super) fn connected(post: &Post) -> Self {
        let program = Self { folder: traces::folder() };
        let outcome = program.connect(post, PASSWORD);
        assert!(outcome.status.success(), "{outcome:?}");
        program
    }

    /// Checks and stores a connection.
    pub(super) fn connect(&self, post: &Post, password: &str) -> Outcome {
        let mut input = settings(post);
        input["password"] = password.into();
        let line = ["connect", "work", "--stdin", "--mode", "write", "--json"];
        let outcome = ask(&mut self.command(&line), input.to_string().as_bytes());
        leave(format!("{}{}", outcome.stdout, outcome.stderr));
        outcome
    }

    /// The program with nothing around it but its folder.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(env!("CARGO_BIN_EXE_post"), arguments);
        command.env("CONNECTOR_HOME", self.folder.path());
        command
    }

    pub(super) fn subscribe(&self, cursor: Option<&str>) -> Stream {
        Stream::subscribe(&mut self.command(&["subscribe"]), cursor)
    }

    /// Runs an action as Puffer does.
    pub(super) fn act(&self, action: &str, input: &Value) -> Value {
        let outcome = ask(&mut self.command(&["act", "work", action]), input.to_string().as_bytes());
        leave(format!("{}{}", outcome.stdout, outcome.stderr));
        outcome.json()
    }
}

/// What leads to a mailbox.
pub(super) fn settings(post: &Post) -> Value {
    json!({
        "imap_host": "127.0.0.1", "imap_port": post.imap_port(), "imap_security": "plain",
        "smtp_host": "127.0.0.1", "smtp_port": post.smtp_port(), "smtp_security": "plain",
        "user": "me@example.org",
    })
}

/// A mail of ours: its number is its subject.
pub(super) fn numbered(number: usize) -> String {
    format!(
        "From: Ann <ann@example.org>\r\nTo: me@example.org\r\nSubject: {number}\r\n\
         Message-ID: <n{number}@example.org>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nnumber {number}\r\n"
    )
}

/// The number of a mail that was told by Puffer's protocol or in an inbox.
pub(super) fn number(message: &Value) -> usize {
    let subject = message["metadata"]["subject"].as_str().expect("a subject");
    subject.parse().unwrap_or_else(|_| panic!("no number: {message}"))
}
