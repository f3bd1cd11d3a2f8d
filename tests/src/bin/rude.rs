//! A connector that doesn't mind its process, for `tests/rude.rs` and `tests/puffer` to run.

use std::time::Duration;

use connector_sdk::prelude::*;

/// Does as it likes.
#[connector(id = "rude")]
struct Rude;

/// Panics when it is dropped.
struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("and once more");
    }
}

#[connector]
impl Rude {
    /// Keeps its thread for longer than anybody waits.
    #[action(read)]
    async fn block(&self) -> Result<()> {
        std::thread::sleep(Duration::from_secs(600));
        Ok(())
    }

    /// The same, with a limit of its own.
    #[action(read, timeout = "20ms")]
    async fn block_too_long(&self) -> Result<()> {
        self.block().await
    }

    /// Panics while it panics.
    #[action(read)]
    async fn panic_twice(&self) -> Result<()> {
        let _grenade = Grenade;
        panic!("once");
    }

    /// Says what it was given.
    #[action(read)]
    async fn echo(
        &self,
        /// Any text.
        text: String,
    ) -> Result<String> {
        Ok(text)
    }
}

connector_sdk::main!(Rude);
