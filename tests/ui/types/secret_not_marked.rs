use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo {
    /// Token.
    token: Secret,
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
