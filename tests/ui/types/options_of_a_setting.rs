use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo {
    /// Root.
    #[config(options = folders)]
    root: String,
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
