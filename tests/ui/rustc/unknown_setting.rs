use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo {
    /// From nowhere.
    one: Nowhere,
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
