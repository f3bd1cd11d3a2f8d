//! Connectors against real servers on loopback. `./test` installs them and runs these tests; by hand:
//!
//! ```text
//! tests/servers/install && cargo test -p connector-tests --all-features --test real -- --include-ignored
//! ```
//!
//! One module a server, named as the server's start is, so that `./test` can leave out what wasn't installed.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that can't go on says so by panicking")]

mod files;
mod kinto;
mod localstripe;
mod oidc_provider;
mod pocketbase;
mod prism;
mod servers;
