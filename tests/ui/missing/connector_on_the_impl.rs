use connector_sdk::prelude::*;

struct Demo;

impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Limit.
        #[arg(default = 3)]
        _limit: u32,
        #[input] _more: String,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
