use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
#[allow(non_snake_case)]
struct Demo {
    /// One.
    page_size: u32,
    /// Another.
    pageSize: u32,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
