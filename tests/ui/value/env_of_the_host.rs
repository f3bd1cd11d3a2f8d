use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = oauth2(authorize = "https://example.com/authorize", token = "https://example.com/token", client_id = env("CONNECTOR_HOME")))]
struct Demo {
    /// Root.
    #[config(env = "CONNECTOR_KEY")]
    root: String,
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
