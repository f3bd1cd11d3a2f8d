use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = bearer(token))]
struct Demo {
    /// Token.
    token: String,
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
