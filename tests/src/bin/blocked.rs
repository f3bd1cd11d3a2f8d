//! A host whose one connector doesn't come to its end, for `tests/host.rs` to run.

use std::process::ExitCode;

use connector_sdk::connectors;
use connector_sdk::host::{self, Host};
use connector_sdk::prelude::*;

/// Hears of nothing.
#[connector(id = "blocked")]
struct Blocked;

#[connector]
impl Blocked {
    /// Block the thread.
    #[action(read)]
    async fn block(&self) -> Result<()> {
        std::thread::sleep(std::time::Duration::from_secs(600));
        Ok(())
    }
}

fn main() -> ExitCode {
    host::main(Host::builder().connectors(connectors![Blocked]))
}
