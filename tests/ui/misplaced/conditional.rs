use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[cfg_attr(all(), action(read))]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    /// Ping.
    #[action(read)]
    async fn pong(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
