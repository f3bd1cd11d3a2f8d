// Needs the feature `events`.
use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

struct News {
    text: String,
}

#[connector]
impl Demo {
    /// News.
    #[events]
    async fn news(&self, since: Option<u64>, out: &mut Events<News>) -> Result<()> {
        let _ = (since, out, News { text: String::new() }.text);
        Ok(())
    }
}

fn main() {}
