use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

trait Pong {
    fn pong(&self);
}

#[connector]
impl Pong for Demo {
    fn pong(&self) {}
}

fn main() {}
