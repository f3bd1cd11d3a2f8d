use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo {
    #[http(base = "https://api.example.com", concurrency = 0)]
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
