use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = api_key(token, query = "key=a&b"))]
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
