use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read, scopes = ["a" "b"])]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
