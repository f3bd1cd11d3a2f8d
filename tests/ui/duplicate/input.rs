use connector_sdk::prelude::*;

struct One;
struct Two;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        #[input] _one: One,
        #[input] _two: Two,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
