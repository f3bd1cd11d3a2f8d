use connector_sdk::prelude::*;

struct Broken;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<(), Broken> {
        Ok(())
    }
}

fn main() {}
