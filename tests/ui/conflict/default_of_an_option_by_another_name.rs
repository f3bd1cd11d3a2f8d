use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

type Maybe<T> = Option<T>;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Limit.
        #[arg(default = Some(3))]
        _limit: Maybe<u32>,
    ) -> Result<()> {
        Ok(())
    }
}

fn main() {}
