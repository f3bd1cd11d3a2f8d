use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo<T> {
    #[state]
    seen: T,
}

#[connector]
impl Demo<u32> {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
