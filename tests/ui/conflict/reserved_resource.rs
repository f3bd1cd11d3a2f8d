use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read, resource = "config")]
    async fn list_config(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
