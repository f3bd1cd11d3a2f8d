use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = basic(token, token))]
struct Demo {
    /// Token.
    #[secret]
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
