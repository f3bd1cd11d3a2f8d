use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = bearer(token, renew = "renewed"))]
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
