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
        /// Where.
        #[arg(options = folder)]
        _folder: String,
    ) -> Result<()> {
        Ok(())
    }

    /// Folders.
    #[options]
    async fn folders(&self, _query: &str) -> Result<Vec<Choice>> {
        Ok(Vec::new())
    }
}

fn main() {}
