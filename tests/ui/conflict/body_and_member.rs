use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    #[http(PUT, "/items/{id}")]
    async fn ping(
        &self,
        /// Which.
        id: u32,
        /// Which.
        #[arg(body)]
        item: String,
        /// Which.
        word: String,
    ) -> Result<()>;
}

fn main() {}
