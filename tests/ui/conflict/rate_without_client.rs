use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", rate = "30/min")]
struct Demo {
    /// The shop.
    shop: String,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
