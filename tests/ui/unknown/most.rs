use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    #[http(GET, "/items", page = link, most = limt)]
    async fn ping(
        &self,
        /// Which.
        limit: u32,
    ) -> Result<Vec<u32>>;
}

fn main() {}
