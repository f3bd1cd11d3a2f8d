use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read, timeout = "99999999999999999999h")]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
