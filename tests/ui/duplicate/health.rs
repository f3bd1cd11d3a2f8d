use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[health]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    /// Pong.
    #[health]
    async fn pong(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
