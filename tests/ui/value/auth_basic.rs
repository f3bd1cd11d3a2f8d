use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = basic(password))]
struct Demo {
    /// Password.
    #[secret]
    password: Secret,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
