use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo {
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<Vec<impl serde::Serialize>> {
        Ok(vec![1])
    }
}

fn main() {}
