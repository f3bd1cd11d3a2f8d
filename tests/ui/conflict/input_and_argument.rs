use connector_sdk::prelude::*;

struct New;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        #[input] _new: New,
        /// Text.
        _text: String,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
