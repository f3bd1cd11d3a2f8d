//! How calls to a service are authenticated, as data: who injects it is the HTTP client's affair.

use serde::{Deserialize, Serialize};

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
    /// A key of the service's own, in a header or the query.
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
}

impl Auth {
    /// `none`, `bearer`, `api_key` or `basic`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bearer { .. } => "bearer",
            Self::ApiKey { .. } => "api_key",
            Self::Basic { .. } => "basic",
        }
    }
}
