use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self, #[arg(default = 3)] limit u32) -> Result<()> {
        Ok(())
    }

    /// Pong.
    #[action(reed)]
    async fn pong(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
