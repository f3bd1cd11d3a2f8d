use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Which.
        #[allow(unused_variables)]
        connection_slug: String,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
