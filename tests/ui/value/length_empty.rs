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
        #[arg(length = 3..3)]
        _text: String,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
