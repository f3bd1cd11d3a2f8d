//! Puffer as these tests need it: beside the host itself, the connector that most of them start.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Value, json};

#[path = "../shared/puffer.rs"]
mod puffer;

pub(crate) use puffer::{LONG, Outcome, Stream, ask, program};

/// The connector's program with nothing around it.
pub(crate) fn ticker(arguments: &[&str]) -> Command {
    program(env!("CARGO_BIN_EXE_ticker"), arguments)
}

/// A connector that minds nobody.
pub(crate) fn rude(arguments: &[&str]) -> Command {
    program(env!("CARGO_BIN_EXE_rude"), arguments)
}

/// A user whose store has the connection `work` of the connector, with a token.
pub(crate) struct User(tempfile::TempDir);

impl User {
    pub(crate) fn connected(token: &str) -> Self {
        let user = Self(crate::traces::folder());
        let line = ["connect", "work", "--stdin", "--mode", "write", "--json"];
        let stored = ask(&mut user.ticker(&line), json!({ "token": token }).to_string().as_bytes());
        assert!(stored.status.success(), "{stored:?}");
        user
    }

    pub(crate) fn ticker(&self, arguments: &[&str]) -> Command {
        let mut command = ticker(arguments);
        command.env("CONNECTOR_HOME", self.path("store")).env("CONNECTOR_KEYRING", "off");
        command.env("TICKER_TOKEN_WANTED", "1").env("RUST_BACKTRACE", "full");
        command
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }
}

/// Notes the numbers of events, and says which is the last.
pub(crate) fn noting<'s>(last: &'s str, seen: &'s mut BTreeSet<u64>) -> impl FnMut(&Value) -> bool + 's {
    move |event| {
        seen.insert(event["payload"]["n"].as_u64().expect("a number"));
        event["id"] == last
    }
}
