//! Ctrl-C on Windows, by way of tokio.

use std::future::poll_fn;
use std::io;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::windows::{CtrlC, ctrl_c};
use tokio::time::timeout_at;

/// Ctrl-C, from the moment that this is made.
pub(super) struct Signals {
    runtime: Runtime,
    ctrl_c: CtrlC,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let ctrl_c = runtime.block_on(async { ctrl_c() })?;
        Ok(Self { runtime, ctrl_c })
    }

    /// Waits for one; false where the time is over before.
    pub(super) fn wait(&mut self, until: Option<Instant>) -> io::Result<bool> {
        let ctrl_c = &mut self.ctrl_c;
        let next = poll_fn(|task| ctrl_c.poll_recv(task).map(drop));
        Ok(self.runtime.block_on(async {
            match until {
                Some(until) => timeout_at(until.into(), next).await.is_ok(),
                None => {
                    next.await;
                    true
                }
            }
        }))
    }

    /// Takes no notice of those that came.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        self.ctrl_c = self.runtime.block_on(async { ctrl_c() })?;
        Ok(())
    }
}
