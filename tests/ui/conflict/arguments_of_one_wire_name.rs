use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(write)]
    #[http(POST, "/items")]
    async fn ping(
        &self,
        /// A title.
        title: String,
        /// A name.
        #[arg(body = "title")]
        name: String,
        /// One.
        #[arg(header = "X-One")]
        one: String,
        /// Another.
        #[arg(header = "x-one")]
        another: String,
        /// A page.
        #[arg(query)]
        page: u32,
        /// A place.
        #[arg(query = "page")]
        place: u32,
    ) -> Result<()>;
}

fn main() {}
