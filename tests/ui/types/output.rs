use connector_sdk::prelude::*;

struct Pong;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<Pong> {
        Ok(Pong)
    }
}

fn main() {}
