use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = any(bearer(token), api_key(key, cookie = "sid")))]
struct Demo {
    /// Token.
    #[secret]
    token: Secret,
    /// Key.
    #[secret]
    key: Option<Secret>,
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
