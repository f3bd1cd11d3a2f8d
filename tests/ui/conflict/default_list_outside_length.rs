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
        #[arg(default = vec![1, 2, 3], length = 1..=2)]
        _limit: Vec<u32>,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
