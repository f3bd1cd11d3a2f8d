use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Pages.
    #[action(read)]
    #[http(GET, "/items", page = number("page"))]
    async fn pages(
        &self,
        /// Which.
        page: u32,
    ) -> Result<Vec<u32>>;

    /// Items.
    #[action(write)]
    #[http(POST, "/items", page = offset("skip"))]
    async fn items(
        &self,
        /// From where.
        #[arg(query = "skip")]
        from: u32,
        /// In the body.
        skip: u32,
    ) -> Result<Vec<u32>>;
}

fn main() {}
