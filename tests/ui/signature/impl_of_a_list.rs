use connector_sdk::prelude::*;

trait Told {}

struct Demo;

#[connector]
impl [Demo] {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

#[connector]
impl (Demo, u8) {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

#[connector]
impl dyn Told {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
