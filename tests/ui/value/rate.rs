use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", rate = "30 a minute")]
struct Demo {
    #[http(base = "https://api.example.com")]
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
