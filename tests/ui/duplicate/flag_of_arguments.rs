use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    #[allow(non_snake_case)]
    async fn ping(
        &self,
        /// One.
        page_size: u32,
        /// Another.
        pageSize: u32,
    ) -> Result<u32> {
        Ok(page_size + pageSize)
    }
}

fn main() {}
