use connector_sdk::prelude::*;

struct Text(String);

/// A demo.
#[connector(id = "demo")]
struct Demo {
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// A text.
        text: Text,
        /// A text.
        list: Vec<Text>,
    ) -> Result<()> {
        let _ = (text.0, list.len());
        Ok(())
    }
}

fn main() {}
