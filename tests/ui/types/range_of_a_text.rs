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
        /// Text.
        #[arg(range = 1..=2)]
        _text: String,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
