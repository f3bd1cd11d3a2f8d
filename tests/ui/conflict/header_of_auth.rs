use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = api_key(key, header = "X-Key"))]
struct Demo {
    /// A key.
    #[secret]
    key: Secret,
    #[http(base = "https://api.example.com", headers = [("x-key", "1")])]
    http: String,
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
