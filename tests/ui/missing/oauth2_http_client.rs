use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = oauth2(authorize = "https://example.com/authorize", token = "https://example.com/token", client_id = "demo"))]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
