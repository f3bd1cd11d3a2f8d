use connector_sdk::prelude::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
enum State {
    Open,
}

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// State.
        #[arg(default = State::Open)]
        _state: State,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
