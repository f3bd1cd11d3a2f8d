// Needs the feature `events`.
use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[derive(serde::Serialize)]
struct Place {
    page: u64,
}

#[connector]
impl Demo {
    /// News.
    #[events]
    async fn news(&self, since: Option<Place>, out: &mut Events<String>) -> Result<()> {
        let _ = (since.map(|place| place.page), out);
        Ok(())
    }
}

fn main() {}
