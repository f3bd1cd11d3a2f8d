use connector_sdk::prelude::*;

struct Demo<T> {
    _seen: T,
}

#[connector]
impl<T> Demo<T> {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
