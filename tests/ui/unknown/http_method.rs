use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    #[http(GTE, "/items")]
    async fn ping(&self) -> Result<()>;
}

fn main() {}
