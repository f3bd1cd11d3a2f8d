use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(readOnlyHint = true, description = "Ping", write)]
    async fn ping(
        &self,
        /// Limit.
        #[arg(min = 1, maximum = 9, required)]
        _limit: u32,
        /// Text.
        #[arg(min_length = 1, regex = "a")]
        _text: String,
    ) -> Result<()> {
        Ok(())
    }

    /// Pong.
    #[action(annotations(read_only_hint = true))]
    async fn pong(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
