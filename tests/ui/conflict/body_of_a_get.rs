use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    #[http(GET, "/items")]
    async fn ping(
        &self,
        /// Which.
        #[arg(body)]
        item: String,
        /// Which.
        #[arg(body = "q")]
        word: String,
    ) -> Result<()>;
}

fn main() {}
