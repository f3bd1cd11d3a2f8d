use connector_sdk::prelude::*;

struct Root;

/// A demo.
#[connector(id = "demo")]
struct Demo {
    /// Root.
    root: Root,
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
