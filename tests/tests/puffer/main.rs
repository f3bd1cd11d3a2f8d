//! What Puffer does to a connector's process, and what it must find (its contract, 1.4).

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::process::Command;

#[path = "../real/puffer_host.rs"]
mod host;
mod made;
mod process;
mod stream;

/// The connector's program with nothing around it.
fn ticker(arguments: &[&str]) -> Command {
    host::program(env!("CARGO_BIN_EXE_ticker"), arguments)
}
