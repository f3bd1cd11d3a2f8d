//! How calls to a service are authenticated, as data: who injects it is the HTTP client's affair.

use serde::{Deserialize, Serialize};

use super::{Grant, OAuth2};

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

    /// The way that is gone where some credentials are there: the first of which they are enough, else OAuth 2.0,
    /// which gets its own.
    pub fn way(&self, is_there: impl Fn(&str) -> bool) -> &Self {
        let enough = |way: &&Self| match way {
            Self::OAuth2(oauth2) => match oauth2.grant {
                Grant::User => is_there(OAuth2::TOKENS),
                Grant::ClientCredentials => oauth2.client_secret.as_deref().is_some_and(&is_there),
            },
            way => way.credential().is_some_and(&is_there),
        };
        let ways = self.ways();
        let obtains = |way: &&Self| matches!(way, Self::OAuth2(_));
        ways.iter().find(enough).or_else(|| ways.iter().find(obtains)).or(ways.first()).unwrap_or(&Self::None)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::ClientId;

    #[test]
    fn the_first_way_that_can_be_gone_is() {
        let bearer = Auth::Bearer { token: "token".to_owned() };
        let client = ClientId::Literal("app".to_owned());
        let oauth2 = Auth::OAuth2(OAuth2::new("https://a.test/authorize", "https://a.test/token", client));
        let any = Auth::Any { of: vec![bearer.clone(), oauth2.clone()] };
        let way = |auth: &Auth, there: &[&str]| auth.way(|name| there.contains(&name)).kind();
        assert_eq!(way(&any, &[]), "oauth2");
        assert_eq!(way(&any, &["token"]), "bearer");
        assert_eq!(way(&any, &["oauth2"]), "oauth2");
        assert_eq!(way(&any, &["oauth2", "token"]), "bearer");
        let other = Auth::Any { of: vec![oauth2, bearer.clone()] };
        assert_eq!(way(&other, &["oauth2", "token"]), "oauth2");
        assert_eq!(way(&other, &["token"]), "bearer");
        assert_eq!(way(&bearer, &[]), "bearer");
        let two = Auth::Any { of: vec![bearer, Auth::None] };
        assert_eq!(way(&two, &[]), "bearer");
    }
}
