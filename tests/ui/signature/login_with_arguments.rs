use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo {
    /// Session.
    #[secret(unused_by_auth)]
    session: Option<Secret>,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    #[login]
    async fn log_in(&self, ask: &dyn Ask, user: &str) -> Result<Obtained> {
        Ok(Obtained::new().secret("session", ask.hidden(user).await?))
    }
}

fn main() {}
