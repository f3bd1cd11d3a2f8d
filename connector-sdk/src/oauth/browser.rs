//! Agreeing in a browser, which comes back to a port of this machine (RFC 6749, section 4.1, with PKCE).

use std::time::Duration;

use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};
use tokio::net::TcpListener;

use super::exchange::{of_code, said, tokens};
use super::page::{Answer, first_answer};
use super::{Client, Tokens};
use crate::{Error, Result, Secret};

/// Somebody who is asked to agree, and a port that waits for their answer. Dropped, it stops to listen.
#[must_use = "nobody has agreed yet"]
pub struct InBrowser {
    client: Client,
    listener: TcpListener,
    url: String,
    redirect: RedirectUrl,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
}

pub(super) async fn begin(client: &Client) -> Result<InBrowser> {
    let authorize = client.authorize_url()?;
    let deaf = |error: std::io::Error| {
        Error::setup(format!("no port of this machine can be listened on for the browser's answer: {error}"))
    };
    // By its address: `localhost` may be another one than a browser takes (RFC 8252, section 8.3).
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(deaf)?;
    let port = listener.local_addr().map_err(deaf)?.port();
    let redirect = RedirectUrl::new(format!("http://127.0.0.1:{port}/callback"))
        .map_err(|error| Error::internal(format!("the way back is no URL: {error}")))?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let asking = client.client()?.set_auth_uri(authorize).set_redirect_uri(redirect.clone());
    let asking = asking.authorize_url(CsrfToken::new_random);
    let (url, state) = asking.add_scopes(client.wanted()).set_pkce_challenge(challenge).url();
    Ok(InBrowser { client: client.clone(), listener, url: url.into(), redirect, state, verifier })
}

impl InBrowser {
    /// What has to be opened in a browser of this machine.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits until the browser comes back, and gets the tokens.
    ///
    /// # Errors
    ///
    /// `denied` where somebody said no, `cancelled` where nobody came before `limit` with an answer to this question,
    /// else what the service answered.
    pub async fn finish(self, limit: Duration) -> Result<Tokens> {
        let Self { client, listener, redirect, state, verifier, .. } = self;
        let answer = tokio::time::timeout(limit, first_answer(listener, state.secret())).await;
        let answer = answer.map_err(|_| {
            Error::cancelled("nobody has agreed in the browser in time; connect again to be asked again")
        })?;
        let code = code(answer?, &client)?;
        let sent = [&code, verifier.secret()].map(|text| Secret::new(text.as_str()));
        let exchange = client.exchange(&sent);
        let asking = client.client()?.set_redirect_uri(redirect);
        let asking = asking.exchange_code(AuthorizationCode::new(code)).set_pkce_verifier(verifier);
        let answer = asking.request_async(&exchange).await.map_err(|error| exchange.failed(error))?;
        Ok(tokens(&answer, Some(&client.scopes), None))
    }
}

/// The code in what the browser brought.
fn code(answer: Answer, client: &Client) -> Result<String> {
    if let Some(error) = answer.error {
        let (kind, advice) = of_code(&error);
        return Err(said(kind, &error, answer.description.as_ref(), advice, &client.redactor([])));
    }
    answer.code.filter(|code| !code.is_empty()).ok_or_else(|| {
        Error::upstream("the browser came back without a code; the service doesn't do as OAuth 2.0 says")
    })
}

impl std::fmt::Debug for InBrowser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InBrowser").field("client", &self.client).finish_non_exhaustive()
    }
}
