//! A connector that gets its credentials by itself.

use connector_sdk::{Factory as _, factory};
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
    /// Whether somebody is logged in.
    #[action(read)]
    async fn status(&self) -> Result<bool> {
        Ok(self.session.is_some())
    }

    #[login]
    async fn log_in(&self, context: &Context, ask: &dyn connector_sdk::Ask) -> Result<Obtained> {
        context.check()?;
        let phone = ask.text("Phone number").await?;
        Ok(Obtained::new().secret("session", ask.hidden(&phone).await?))
    }
}

fn main() {
    assert!(factory::<Demo>().manifest().login);
}
