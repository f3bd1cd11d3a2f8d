use connector_sdk::prelude::*;

struct Text(String);

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Text.
        _text: Text,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
