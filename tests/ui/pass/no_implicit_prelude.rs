//! Generated code names everything by absolute paths.
#![deny(warnings)]
#![no_implicit_prelude]

use ::connector_sdk::{Choice, Context, Result, Secret, connector};
use ::std::prelude::v1::{Ok, Option, String, Vec};

/// A demo.
#[connector(id = "no-prelude", auth = basic(user, password))]
pub struct NoPrelude {
    /// User.
    #[config(default = "me", length = 1.., pattern = "^[a-z]+$", options = users)]
    user: String,
    /// Password.
    #[secret]
    password: Secret,
    #[state]
    seen: Vec<String>,
}

#[connector]
impl NoPrelude {
    /// Ping.
    #[action(write, resource = "pings", scopes = ["ping"], timeout = "1s", trust = restricted, mode = admin)]
    async fn ping(
        &self,
        /// Text.
        #[arg(default = "a", length = ..5, pattern = "a")]
        text: String,
        /// Limit.
        #[arg(range = 1..=5)]
        limit: Option<u32>,
        /// Name.
        name: &str,
        context: &Context,
    ) -> Result<()> {
        context.check()?;
        let _ = (text, limit, name, &self.user, &self.password, &self.seen);
        Ok(())
    }

    /// Users.
    #[options]
    async fn users(&self, _query: &str) -> Result<Vec<Choice>> {
        Ok(Vec::new())
    }

    /// Health.
    #[health]
    async fn health(&self, _context: &Context) -> Result<()> {
        Ok(())
    }
}

fn main() {
    let factory = ::connector_sdk::factory::<NoPrelude>();
    ::std::assert_eq!(::connector_sdk::Factory::manifest(&factory).actions.len(), 1);
}
