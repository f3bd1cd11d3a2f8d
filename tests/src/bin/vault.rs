//! A connector that does everything wrong with its secrets, for `tests/secrets.rs` to run.

use connector_sdk::prelude::*;
use connector_sdk::schemars::{self, JsonSchema};
use connector_sdk::serde::{self, Serialize};

/// Keeps nothing to itself.
#[connector(id = "vault", auth = basic(user, password))]
struct Vault {
    /// Who it is.
    #[config(default = "me")]
    user: String,
    /// How many.
    #[config(default = 1, range = 1..=9)]
    count: u8,
    /// The password.
    #[secret]
    password: Secret,
    /// Another one, which nothing needs.
    #[secret(unused_by_auth)]
    spare: Option<Secret>,
}

/// What is in it.
#[derive(Serialize, JsonSchema)]
#[serde(crate = "serde")]
struct Content {
    user: String,
    password: String,
}

#[connector]
impl Vault {
    fn secrets(&self) -> String {
        let spare = self.spare.as_ref().map_or("none", Secret::expose);
        format!("{}:{} and {spare}, {} times", self.user, self.password.expose(), self.count)
    }

    /// Shows all, the text that was given included.
    #[action(read)]
    async fn show(
        &self,
        /// Any text.
        #[arg(default = "")]
        text: &str,
        context: &Context,
    ) -> Result<Vec<Content>> {
        context.log(Level::Info, self.secrets());
        let both = [self.password.expose(), text, &self.secrets()];
        Ok(both.map(|password| Content { user: self.user.clone(), password: password.to_owned() }).into())
    }

    /// Fails, and says why.
    #[action(read)]
    async fn fail(&self) -> Result<()> {
        Err(Error::upstream(self.secrets()).with_detail("sent", self.secrets()))
    }

    /// Panics before anything is waited for.
    #[action(read)]
    async fn panic_early(&self) -> Result<()> {
        panic!("{}", self.secrets())
    }

    /// Panics after a while, in another task and in this one.
    #[action(read)]
    async fn panic_late(&self) -> Result<()> {
        std::future::ready(()).await;
        let secrets = self.secrets();
        let thread = std::thread::spawn(move || panic!("{secrets}"));
        drop(thread.join());
        panic!("{}", self.secrets())
    }

    /// Writes, after somebody agreed to it.
    #[action(write)]
    async fn store(
        &self,
        /// What.
        what: String,
    ) -> Result<String> {
        Ok(what + &self.secrets())
    }

    /// Choices.
    #[options]
    async fn choices(&self, query: &str) -> Result<Vec<Choice>> {
        Ok(vec![Choice::new(self.secrets(), format!("{query}{}", self.secrets()))])
    }

    /// Never.
    #[health]
    async fn health(&self) -> Result<()> {
        Err(Error::unavailable(format!("no answer to {}", self.secrets())))
    }
}

connector_sdk::main!(Vault);
