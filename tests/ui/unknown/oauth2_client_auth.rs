use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = oauth2(token = "https://example.com/token", client_id = "demo", client_secret = env("DEMO_SECRET"), client_auth = bdoy))]
struct Demo {
    #[http(base = "https://api.example.com")]
    http: Client,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

/// Stands for `Http`: cases are compiled without it.
struct Client;

fn main() {}
