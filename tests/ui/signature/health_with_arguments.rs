use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    /// Health.
    #[health]
    async fn health(&self, _deep: bool) -> Result<()> {
        Ok(())
    }
}

fn main() {}
