use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

trait Ping {
    async fn ping(&self) -> Result<()>;
}

#[connector]
impl Ping for Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
