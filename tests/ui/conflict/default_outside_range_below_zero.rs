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
        #[arg(default = -1_0, range = -5..)]
        _limit: i64,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
