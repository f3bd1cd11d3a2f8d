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
        /// Texts.
        _texts: Vec<&str>,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
