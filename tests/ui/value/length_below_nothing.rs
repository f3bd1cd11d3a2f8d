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
        /// Limit.
        #[arg(length = ..0)]
        _limit: String,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
