use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", titel = "Demo", colour, category = 7, icons("x"), docs = "https://d")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
