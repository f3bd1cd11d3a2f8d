//! Puffer as these tests need it: beside the host itself, the connector that most of them start.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

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

/// Notes the numbers of events, and says which is the last.
pub(crate) fn noting<'s>(last: &'s str, seen: &'s mut BTreeSet<u64>) -> impl FnMut(&Value) -> bool + 's {
    move |event| {
        seen.insert(event["payload"]["n"].as_u64().expect("a number"));
        event["id"] == last
    }
}
