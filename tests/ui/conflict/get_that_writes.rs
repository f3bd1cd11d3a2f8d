use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(write)]
    #[http(GET, "/items")]
    async fn ping(&self) -> Result<()>;
}

fn main() {}
