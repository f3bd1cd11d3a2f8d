use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
#[connector(title = "Demo")]
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
