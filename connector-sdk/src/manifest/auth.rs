//! How calls to a service are authenticated, as data: who injects it is the HTTP client's affair.

use serde::{Deserialize, Serialize};

use super::OAuth2;

/// How a service knows who calls. Names are those of credentials or settings of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Auth {
    /// It doesn't ask.
    None,
    /// `Authorization: Bearer <token>` (RFC 6750).
    Bearer {
        /// The credential that holds the token.
        token: String,
    },
    /// A key of the service's own, in a header, the query or a cookie.
    ApiKey {
        /// The credential that holds the key.
        key: String,
        /// Where the service looks for it.
        place: ApiKeyPlace,
    },
    /// `Authorization: Basic` (RFC 7617).
    Basic {
        /// The setting or credential that holds the user's name.
        user: String,
        /// The credential that holds the password.
        password: String,
    },
    /// An access token that is obtained from the service and renewed (RFC 6749).
    #[serde(rename = "oauth2")]
    OAuth2(OAuth2),
    /// The first of these whose credentials are there.
    Any {
        /// At least two, none of them `Any`.
        of: Vec<Auth>,
    },
}

/// Where a service looks for an API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ApiKeyPlace {
    /// In the header of this name.
    Header(String),
    /// In the query parameter of this name.
    Query(String),
    /// In the cookie of this name.
    Cookie(String),
}

impl Auth {
    /// `none`, `bearer`, `api_key`, `basic`, `oauth2` or `any`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bearer { .. } => "bearer",
            Self::ApiKey { .. } => "api_key",
            Self::Basic { .. } => "basic",
            Self::OAuth2(_) => "oauth2",
            Self::Any { .. } => "any",
        }
    }

    /// The ways among which the first whose credentials are there is taken; itself, where it is one way.
    pub fn ways(&self) -> &[Self] {
        match self {
            Self::Any { of } => of,
            one => std::slice::from_ref(one),
        }
    }

    /// What is said of OAuth 2.0, if that is a way.
    pub fn oauth2(&self) -> Option<&OAuth2> {
        self.ways().iter().find_map(|way| match way {
            Self::OAuth2(oauth2) => Some(oauth2),
            _ => None,
        })
    }

    /// The credential without which this way can't be gone; none for OAuth 2.0, whose tokens are obtained.
    pub fn credential(&self) -> Option<&str> {
        match self {
            Self::Bearer { token } => Some(token),
            Self::ApiKey { key, .. } => Some(key),
            Self::Basic { password, .. } => Some(password),
            Self::None | Self::OAuth2(_) | Self::Any { .. } => None,
        }
    }
}
