use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = api_key(key, body = "k"))]
struct Demo {
    /// Key.
    #[secret]
    key: Secret,
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
