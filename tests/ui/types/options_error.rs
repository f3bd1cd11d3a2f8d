use connector_sdk::prelude::*;

struct Broken;

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
    async fn folders(&self, _query: &str) -> Result<Vec<Choice>, Broken> {
        Ok(Vec::new())
    }
}

fn main() {}
