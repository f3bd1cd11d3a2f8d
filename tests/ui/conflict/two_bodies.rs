use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    #[http(POST, "/items")]
    async fn ping(
        &self,
        /// Which.
        #[arg(body)]
        item: String,
        /// Which.
        #[arg(body)]
        other: String,
    ) -> Result<()>;
}

fn main() {}
