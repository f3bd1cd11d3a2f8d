use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    /// Folders.
    #[options]
    async fn folders(&self, #[arg(default = "a", length = 1..)] _query: &str) -> Result<Vec<Choice>> {
        Ok(Vec::new())
    }
}

fn main() {}
