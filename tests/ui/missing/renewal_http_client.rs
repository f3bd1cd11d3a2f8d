use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = bearer(token, renew = renew))]
struct Demo {
    /// Token.
    #[secret]
    token: Option<Secret>,
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
