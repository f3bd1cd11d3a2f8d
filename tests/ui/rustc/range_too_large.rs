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
        #[arg(range = 1..=300)]
        _limit: u8,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
