//! What Puffer does to a connector's process, and what it must find (its contract, 1.4).

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

mod host;
mod made;
mod process;
mod rude;
mod stream;
#[path = "../../../connector-sdk/src/traces.rs"]
mod traces;
mod traps;
