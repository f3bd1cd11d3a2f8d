use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read, resource = "a", resource = "b", local, local, trust = confirm, trust = restricted)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
