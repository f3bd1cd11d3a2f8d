use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    #[http(GET, "/items/{id}/of/{+id}")]
    async fn ping(
        &self,
        /// Which.
        id: u32,
    ) -> Result<()>;
}

fn main() {}
