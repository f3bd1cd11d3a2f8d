use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    #[http(GET, "/items")]
    async fn ping(&self) -> Result<()>;

    /// Ping.
    #[action(read)]
    #[http(GET, "/items")]
    async fn pong(&self) -> Result<()>;
}

fn main() {}
