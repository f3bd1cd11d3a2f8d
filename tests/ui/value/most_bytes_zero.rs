use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo {
    #[http(base = "https://api.example.com", most_bytes = "0MiB")]
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
