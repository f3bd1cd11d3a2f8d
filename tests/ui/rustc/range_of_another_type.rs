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
        /// How many.
        #[arg(range = 1.5..=2.5)]
        _limit: u32,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
