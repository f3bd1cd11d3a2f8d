//! Every kind of authentication, with credentials that may be absent.
#![deny(warnings)]

use connector_sdk::manifest::{ApiKeyPlace, Auth};
use connector_sdk::prelude::*;
use connector_sdk::{Factory, factory};

/// None, said so.
#[connector(id = "none", auth = none)]
pub struct Nothing;

#[connector]
impl Nothing {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

/// Bearer.
#[connector(id = "bearer", auth = bearer(token))]
pub struct Bearer {
    /// A token.
    #[secret]
    token: Option<Secret>,
}

#[connector]
impl Bearer {
    /// Whether there is a token.
    #[action(read)]
    async fn has_token(&self) -> Result<bool> {
        Ok(self.token.is_some())
    }
}

/// A key in the query.
#[connector(id = "query", auth = api_key(key, query = "api_key"))]
pub struct Query {
    /// A key.
    #[secret(env = "QUERY_API_KEY")]
    key: Secret,
}

#[connector]
impl Query {
    /// How long the key is.
    #[action(read)]
    async fn key_length(&self) -> Result<usize> {
        Ok(self.key.expose().len())
    }
}

/// A user's name, which anybody may see, and a password.
#[connector(id = "basic", auth = basic(user, password))]
pub struct Basic {
    /// A name.
    user: String,
    /// A password.
    #[secret]
    password: Secret,
}

#[connector]
impl Basic {
    /// Who it is.
    #[action(read)]
    async fn whoami(&self) -> Result<String> {
        let _ = &self.password;
        Ok(self.user.clone())
    }
}

fn main() {
    assert_eq!(factory::<Nothing>().manifest().auth, Auth::None);
    assert_eq!(factory::<Bearer>().manifest().auth, Auth::Bearer { token: "token".into() });
    assert!(!factory::<Bearer>().manifest().credentials[0].required);
    let place = ApiKeyPlace::Query("api_key".into());
    assert_eq!(factory::<Query>().manifest().auth, Auth::ApiKey { key: "key".into(), place });
    let basic = Auth::Basic { user: "user".into(), password: "password".into() };
    assert_eq!(factory::<Basic>().manifest().auth, basic);
}
