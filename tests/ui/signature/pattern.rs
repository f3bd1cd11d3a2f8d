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
        /// Pair.
        (_a, _b): (u32, u32),
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
