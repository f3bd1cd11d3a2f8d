use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[acton(read)]
    async fn ping(
        &self,
        /// Limit.
        #[arg(default = 3)]
        _limit: u32,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
