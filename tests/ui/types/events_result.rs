// Needs the feature `events`.
use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// News.
    #[events]
    async fn news(&self, _since: Option<u64>, _out: &mut Events<String>) -> Option<()> {
        None
    }
}

fn main() {}
