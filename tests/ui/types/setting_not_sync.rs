use connector_sdk::prelude::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Counted(std::cell::Cell<u32>);

/// A demo.
#[connector(id = "demo")]
struct Demo {
    /// How many.
    count: Counted,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<u32> {
        Ok(self.count.0.get())
    }
}

fn main() {}
