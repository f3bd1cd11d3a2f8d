use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo {
    #[state]
    calls: std::cell::Cell<u32>,
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
