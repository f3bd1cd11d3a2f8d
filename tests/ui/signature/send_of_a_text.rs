use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

/// Stand for what is there with the feature alone.
struct OutgoingMessage;
struct Receipt;

#[connector]
impl Demo {
    /// Deliver.
    #[send]
    async fn deliver(&self, _message: &str) -> Result<Receipt> {
        Ok(Receipt)
    }
}

fn main() {}
