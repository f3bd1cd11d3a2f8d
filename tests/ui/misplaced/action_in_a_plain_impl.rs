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
}

impl Demo {
    /// Not in the connector's block.
    #[action(read)]
    async fn pong(&self) {}
}

fn main() {}
