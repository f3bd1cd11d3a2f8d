use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    #[http(GET, "/items", page = cursor("", "cursor"))]
    async fn ping(&self) -> Result<Vec<u32>>;
}

fn main() {}
