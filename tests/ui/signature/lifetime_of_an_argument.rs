use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping<'a>(
        &'a self,
        /// Text.
        _text: std::borrow::Cow<'a, str>,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
