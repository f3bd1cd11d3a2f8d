use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Limit.
        #[arg(default = 3)]
        _limit: u32,
    ) -> Result<()> {
        Ok(())
    }

    /// Pong.
    #[action(write)]
    async fn pong(&self, #[input] _more: String) -> Result<()> {
        Ok(())
    }
}

fn main() {}
