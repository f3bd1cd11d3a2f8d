//! What a seed-agent does around a connector's process, and what it must find (its contract).

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]
#![cfg(unix)]

mod agent;
mod disk;
mod incoming;
mod module;
#[path = "../shared/mounted.rs"]
mod mounted;
mod outgoing;
mod process;
#[path = "../../../connector-sdk/src/traces.rs"]
#[expect(dead_code, reason = "nothing here needs a folder of it")]
mod traces;
mod weaknesses;
