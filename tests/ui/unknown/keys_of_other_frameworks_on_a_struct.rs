use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", version = "1", homepage = "https://example.com")]
struct Demo {
    /// Root.
    #[config(sensitive)]
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
