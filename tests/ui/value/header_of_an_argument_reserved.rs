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
        /// How long.
        #[arg(header = "Content-Length")]
        length: u32,
        /// Who.
        #[arg(header = "authorization")]
        who: String,
    ) -> Result<()>;
}

fn main() {}
