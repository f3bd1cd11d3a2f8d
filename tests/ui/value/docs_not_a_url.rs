use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", docs = "see the readme")]
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
