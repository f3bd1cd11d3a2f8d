use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping_again_again_again_again_again_again_again_again_again_again_and_stop(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
