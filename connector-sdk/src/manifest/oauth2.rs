//! What has to be known of a service that gives out access tokens (RFC 6749), as data.

use serde::{Deserialize, Serialize};

/// Where a service's tokens come from, and what for.
///
/// URLs may have settings in braces, as an HTTP client's base may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuth2 {
    /// Where somebody agrees in a browser: the authorization endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorize: Option<String>,
    /// Where a code for another device comes from (RFC 8628).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Where tokens come from.
    pub token: String,
    /// Where tokens are given back (RFC 7009).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke: Option<String>,
    /// What is asked for, besides what the actions need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Who asks, as the service knows it.
    pub client_id: ClientId,
    /// The credential by which the service knows that it is so; public clients have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// How the client's secret is sent.
    #[serde(default, skip_serializing_if = "ClientAuth::is_basic")]
    pub client_auth: ClientAuth,
    /// Who agrees.
    pub grant: Grant,
}

/// Where a client's id is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClientId {
    /// It is this, and everybody may know it.
    Literal(String),
    /// In the setting of this name.
    Setting(String),
}

/// How a client shows that it is the one (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClientAuth {
    /// By HTTP Basic, which every service has to take.
    #[default]
    Basic,
    /// By `client_id` and `client_secret` in the body, for services that take nothing else.
    Body,
}

impl ClientAuth {
    fn is_basic(&self) -> bool {
        matches!(self, Self::Basic)
    }
}

/// Who agrees to it that a client gets tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Grant {
    /// A person, in a browser or on another device. The tokens are kept.
    User,
    /// Nobody: the client acts for itself (RFC 6749, section 4.4). Nothing is kept but the client's secret.
    ClientCredentials,
}

impl OAuth2 {
    /// The name under which the tokens of a connection are kept among its credentials. It is no credential of
    /// the manifest: nobody types it.
    pub const TOKENS: &'static str = "oauth2";

    /// A service of which somebody agrees in a browser.
    pub fn new(authorize: impl Into<String>, token: impl Into<String>, client_id: ClientId) -> Self {
        Self { authorize: Some(authorize.into()), grant: Grant::User, ..Self::of_client(token, client_id) }
    }

    /// A service that gives tokens to the client itself.
    pub fn of_client(token: impl Into<String>, client_id: ClientId) -> Self {
        Self {
            authorize: None,
            device: None,
            client_auth: ClientAuth::Basic,
            token: token.into(),
            revoke: None,
            scopes: Vec::new(),
            client_id,
            client_secret: None,
            grant: Grant::ClientCredentials,
        }
    }
}
