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
        #[arg(header = "X-Id", body = "number")]
        id: u32,
    ) -> Result<()>;
}

fn main() {}
