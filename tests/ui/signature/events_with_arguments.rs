use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

/// Stands for `Events`, which is there with the feature alone.
struct Events<P>(Vec<P>);

#[connector]
impl Demo {
    /// News.
    #[events]
    async fn news(&self, _since: Option<u64>, _out: &mut Events<String>, _topic: &str) -> Result<()> {
        Ok(())
    }
}

fn main() {}
