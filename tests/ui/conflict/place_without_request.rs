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
        /// Which.
        #[arg(query = "q")]
        word: String,
    ) -> Result<()> {
        drop(word);
        Ok(())
    }
}

fn main() {}
