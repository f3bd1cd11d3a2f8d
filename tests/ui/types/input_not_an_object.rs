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
        #[input] _list: Vec<String>,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
