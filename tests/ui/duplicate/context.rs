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
        _one: &Context,
        _two: &Context,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
