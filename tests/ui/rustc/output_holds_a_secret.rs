use connector_sdk::prelude::*;

#[derive(serde::Serialize, schemars::JsonSchema)]
struct Pong {
    token: Secret,
}

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<Pong> {
        Ok(Pong { token: Secret::new("s") })
    }
}

fn main() {}
