//! From a password to tokens, and from tokens to newer ones (client-server API, sections "Login" and "Refreshing
//! access tokens").

use std::time::Duration;

use connector_sdk::http::Http;
use connector_sdk::oauth::Tokens;
use connector_sdk::{Ask, Obtained, Result, Secret};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Login<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    identifier: Identifier<'a>,
    password: &'a str,
    /// Asks for a token that runs out and can be renewed; a server that knows none gives one that doesn't.
    refresh_token: bool,
    initial_device_display_name: &'a str,
}

#[derive(Serialize)]
struct Identifier<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    user: &'a str,
}

#[derive(Serialize)]
struct Refresh<'a> {
    refresh_token: &'a str,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    refresh_token: Option<String>,
    expires_in_ms: Option<u64>,
}

impl Granted {
    /// `before`: the refresh token goes on to be good where there is no other.
    fn into_tokens(self, before: Option<&Secret>) -> Tokens {
        let mut tokens = Tokens::new(self.access_token);
        tokens.refresh = self.refresh_token.map(Secret::new).or_else(|| before.cloned());
        let life = self.expires_in_ms.map(Duration::from_millis);
        tokens.expires_at = life.and_then(|life| tokens.obtained_at.checked_add(life));
        tokens
    }
}

/// Asks who it is, and logs in as a device of its own.
pub(crate) async fn log_in(http: &Http, ask: &dyn Ask) -> Result<Obtained> {
    let user = ask.text("User, as `name` or `@name:example.org`").await?;
    let password = ask.hidden("Password").await?;
    let login = Login {
        kind: "m.login.password",
        identifier: Identifier { kind: "m.id.user", user: &user },
        password: password.expose(),
        refresh_token: true,
        initial_device_display_name: "connector",
    };
    let granted = http.post("/_matrix/client/v3/login").json(&login).send().await?.json::<Granted>().await?;
    Ok(Obtained::new().secret("token", granted.into_tokens(None).to_secret()))
}

/// Other tokens, for one to renew them with. Until they are used the old one stays good, so a lost answer does no
/// harm.
pub(crate) async fn renew(http: &Http, refresh: &Secret) -> Result<Tokens> {
    let body = Refresh { refresh_token: refresh.expose() };
    let request = http.post("/_matrix/client/v3/refresh").json(&body).repeatable();
    Ok(request.send().await?.json::<Granted>().await?.into_tokens(Some(refresh)))
}
