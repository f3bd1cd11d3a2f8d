//! A connector that is told secrets and stores them, for `tests/store.rs` to run.

use connector_sdk::prelude::*;

/// Knows a password.
#[connector(id = "strongbox", auth = basic(user, password))]
struct Strongbox {
    /// Who it is.
    #[config(default = "me")]
    user: String,
    /// The password. Those that begin with `bad` are refused.
    #[secret]
    password: Secret,
}

#[connector]
impl Strongbox {
    /// Who it is, and what the password is.
    #[action(read)]
    async fn show(&self) -> Result<String> {
        Ok(format!("{}:{}", self.user, self.password.expose()))
    }

    /// How long the password is.
    #[action(read)]
    async fn measure(&self) -> Result<usize> {
        Ok(self.password.expose().len())
    }

    /// Is the password good?
    #[health]
    async fn health(&self) -> Result<()> {
        let password = self.password.expose();
        match self.user.as_str() {
            "panic" => panic!("with {password}"),
            "down" => Err(Error::unavailable(format!("nobody answers to {password}"))),
            _ if password.starts_with("bad") => Err(Error::auth(format!("{password} is refused"))),
            _ => Ok(()),
        }
    }
}

connector_sdk::main!(Strongbox);
