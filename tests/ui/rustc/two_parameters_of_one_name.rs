use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// One.
        _limit: u32,
        /// Another.
        _limit: u32,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
