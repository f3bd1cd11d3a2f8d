use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read, command = "pings.list-all")]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    /// Pong.
    #[action(read, command = "pings.list_all")]
    async fn pong(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
