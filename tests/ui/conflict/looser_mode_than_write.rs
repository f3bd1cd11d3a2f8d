use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(write, mode = readonly)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
