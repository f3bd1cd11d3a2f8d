use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo {
    #[state]
    token: Option<Secret>,
    #[state]
    other: Secret,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
