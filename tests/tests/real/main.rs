//! Connectors against real servers on loopback. `./test` installs them and runs these tests; by hand:
//!
//! ```text
//! tests/servers/install && cargo test --workspace --all-features --test real -- --ignored
//! ```
//!
//! Whatever needs a server is in the module of its name (or below it), so that `./test` can leave out the tests of
//! what couldn't be installed.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that can't go on says so by panicking")]

mod chance;
mod dovecot;
mod files;
#[cfg(all(feature = "keyring", target_os = "linux"))]
mod keyring;
mod kinto;
mod localstripe;
mod oidc_provider;
mod pocketbase;
mod prism;
#[path = "../shared/puffer.rs"]
#[expect(dead_code, reason = "some of it is for other tests")]
mod puffer;
#[path = "../shared/seed_agent.rs"]
#[expect(dead_code, reason = "some of it is for other tests")]
mod seed_agent;
mod servers;
mod synapse;
#[path = "../../../connector-sdk/src/traces.rs"]
mod traces;
