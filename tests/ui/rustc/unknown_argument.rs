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
        /// From nowhere.
        #[arg(range = 1..=9)]
        one: Nowhere,
    ) -> Result<()> {
        let _ = one;
        Ok(())
    }
}

fn main() {}
