// Needs the feature `events`.
use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Deliver.
    #[send]
    async fn deliver(&self, message: &OutgoingMessage) -> Result<String> {
        Ok(message.id.clone())
    }
}

fn main() {}
