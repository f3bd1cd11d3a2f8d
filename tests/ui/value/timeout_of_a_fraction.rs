use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read, timeout = "1.5s")]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
