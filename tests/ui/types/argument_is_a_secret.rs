use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo {
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// The token.
        token: Secret,
    ) -> Result<()> {
        let _ = token;
        Ok(())
    }
}

fn main() {}
