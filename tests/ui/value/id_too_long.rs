use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "a-name-that-goes-on-and-on-until-nobody-reads-it")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
