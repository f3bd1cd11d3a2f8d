//! What goes with a request so that the service knows who sends it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};

use crate::{Error, Result, Secret};

/// How requests are authenticated.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Credentials {
    /// Not at all.
    #[default]
    None,
    /// `Authorization: Bearer <token>` (RFC 6750).
    Bearer(Secret),
    /// `Authorization: Basic <user:password>` (RFC 7617).
    Basic {
        /// The user's name, without a colon.
        user: String,
        /// The password.
        password: Secret,
    },
    /// `Authorization: Basic <key:password>`, where the user is the secret and the password is anything.
    KeyAsUser {
        /// The key, without a colon.
        key: Secret,
        /// What the service wants in the password's place, which is no secret.
        password: String,
    },
    /// A header of the service's own.
    Header {
        /// The header's name.
        name: String,
        /// What it holds.
        value: Secret,
    },
    /// A parameter of the query.
    Query {
        /// The parameter's name.
        name: String,
        /// What it holds.
        value: Secret,
    },
    /// A cookie.
    Cookie {
        /// The cookie's name.
        name: String,
        /// What it holds.
        value: Secret,
    },
    /// `Authorization: Bearer <token>`, with an access token that is renewed.
    #[cfg(feature = "oauth")]
    OAuth2(crate::oauth::Session),
    /// Several at once, for services that want more than one.
    All(Vec<Credentials>),
}

/// Credentials in the form in which they are sent.
#[derive(Default)]
pub(super) struct Ready {
    headers: Vec<(HeaderName, HeaderValue)>,
    query: Vec<(String, Secret)>,
    /// Where the bearer's token comes from, where it is renewed.
    #[cfg(feature = "oauth")]
    pub(super) session: Option<crate::oauth::Session>,
}

impl Credentials {
    /// The secrets, for whoever has to keep them out of what is shown.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::None => Vec::new(),
            // It tells of them itself, as they come.
            #[cfg(feature = "oauth")]
            Self::OAuth2(_) => Vec::new(),
            Self::Bearer(value)
            | Self::Header { value, .. }
            | Self::Query { value, .. }
            | Self::Cookie { value, .. } => vec![value.clone()],
            // The pair as it is sent is as good as the password.
            Self::Basic { user, password } => {
                vec![password.clone(), Secret::new(pair(user, password.expose()))]
            }
            Self::KeyAsUser { key, password } => {
                vec![key.clone(), Secret::new(pair(key.expose(), password))]
            }
            Self::All(all) => all.iter().flat_map(Self::secrets).collect(),
        }
    }

    /// # Errors
    ///
    /// `setup` for what no header or cookie can hold, such as a line break.
    pub(super) fn ready(&self) -> Result<Ready> {
        let mut ready = Ready::default();
        self.collect(&mut ready)?;
        Ok(ready)
    }

    fn collect(&self, ready: &mut Ready) -> Result<()> {
        let header = match self {
            Self::None => return Ok(()),
            #[cfg(feature = "oauth")]
            Self::OAuth2(session) => {
                ready.session = Some(session.clone());
                return Ok(());
            }
            Self::All(all) => return all.iter().try_for_each(|one| one.collect(ready)),
            Self::Query { name, value } => {
                ready.query.push((name.clone(), value.clone()));
                return Ok(());
            }
            Self::Bearer(token) => (AUTHORIZATION, value_of(format!("Bearer {}", token.expose()))?),
            Self::Basic { user, password } => (AUTHORIZATION, basic(user, password.expose())?),
            Self::KeyAsUser { key, password } => (AUTHORIZATION, basic(key.expose(), password)?),
            Self::Header { name, value } => {
                let name = HeaderName::try_from(name.as_str())
                    .map_err(|_| Error::setup(format!("`{name}` can't be the name of a header")))?;
                (name, value_of(value.expose().to_owned())?)
            }
            Self::Cookie { name, value } => {
                // RFC 6265: what would end the value and begin another cookie.
                if value.expose().contains([';', ',', ' ', '"', '\\']) {
                    return Err(Error::setup(format!("the cookie `{name}` can't hold that credential")));
                }
                let mut cookie = format!("{name}={}", value.expose());
                // RFC 6265, section 5.4: all cookies are one header.
                if let Some(at) = ready.headers.iter().position(|(name, _)| name == COOKIE)
                    && let Ok(others) = ready.headers[at].1.to_str()
                {
                    cookie = format!("{others}; {cookie}");
                    ready.headers.remove(at);
                }
                (COOKIE, value_of(cookie)?)
            }
        };
        ready.headers.push(header);
        Ok(())
    }
}

fn basic(user: &str, password: &str) -> Result<HeaderValue> {
    if user.contains(':') {
        return Err(Error::setup("the user's name has a colon in it, which `basic` can't send"));
    }
    let pair = BASE64_STANDARD.encode(pair(user, password));
    value_of(format!("Basic {pair}"))
}

fn pair(user: &str, password: &str) -> String {
    format!("{user}:{password}")
}

fn value_of(text: String) -> Result<HeaderValue> {
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        Error::setup("a credential has a character in it that no header can hold, such as a line break")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The header of a bearer's token.
#[cfg(feature = "oauth")]
pub(super) fn bearer(token: &Secret) -> Result<HeaderValue> {
    value_of(format!("Bearer {}", token.expose()))
}

impl Ready {
    pub(super) fn send_with(&self, url: &mut Url, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        for (name, value) in &self.query {
            url.query_pairs_mut().append_pair(name, value.expose());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(credentials: &Credentials) -> (String, HeaderMap) {
        let mut url = Url::parse("https://a.test/x?q=1").expect("a URL");
        let mut headers = HeaderMap::new();
        credentials.ready().expect("can be sent").send_with(&mut url, &mut headers);
        (url.to_string(), headers)
    }

    #[test]
    fn each_kind_is_sent_in_its_place() {
        let secret = || Secret::new("s3cret");
        let (_, bearer) = sent(&Credentials::Bearer(secret()));
        assert_eq!(bearer[AUTHORIZATION], "Bearer s3cret");
        assert!(bearer[AUTHORIZATION].is_sensitive());
        let basic = Credentials::Basic { user: "Aladdin".to_owned(), password: Secret::new("open sesame") };
        assert_eq!(
            sent(&basic).1[AUTHORIZATION],
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            "RFC 7617, section 2"
        );
        let key = Credentials::KeyAsUser { key: secret(), password: "X".to_owned() };
        assert_eq!(sent(&key).1[AUTHORIZATION], "Basic czNjcmV0Olg=");
        let header = Credentials::Header { name: "X-Api-Key".to_owned(), value: secret() };
        assert_eq!(sent(&header).1["x-api-key"], "s3cret");
        let query = Credentials::Query { name: "key".to_owned(), value: Secret::new("a&b") };
        assert_eq!(sent(&query).0, "https://a.test/x?q=1&key=a%26b");
        let cookie = Credentials::Cookie { name: "sid".to_owned(), value: secret() };
        assert_eq!(sent(&cookie).1[COOKIE], "sid=s3cret");
        let second = Credentials::Cookie { name: "user".to_owned(), value: Secret::new("7") };
        let two = sent(&Credentials::All(vec![cookie.clone(), second])).1;
        assert_eq!(two[COOKIE], "sid=s3cret; user=7");
        assert!(two[COOKIE].is_sensitive());
        let (url, both) = sent(&Credentials::All(vec![header, cookie, query]));
        assert_eq!(
            (&both["x-api-key"], &both[COOKIE], url.contains("key=a%26b")),
            (&HeaderValue::from_static("s3cret"), &HeaderValue::from_static("sid=s3cret"), true)
        );
    }

    #[test]
    fn what_would_break_a_header_is_refused_and_not_shown() {
        for credentials in [
            Credentials::Bearer(Secret::new("s3cret\r\nX: y")),
            Credentials::Header { name: "X-Key".to_owned(), value: Secret::new("s3cret\n") },
            Credentials::Header { name: "X Key".to_owned(), value: Secret::new("s3cret") },
            Credentials::Cookie { name: "sid".to_owned(), value: Secret::new("s3cret; a=b") },
            Credentials::Basic { user: "a:b".to_owned(), password: Secret::new("s3cret") },
            Credentials::KeyAsUser { key: Secret::new("s3cret:b"), password: "X".to_owned() },
        ] {
            let error = credentials.ready().err().expect("refused");
            assert_eq!(error.kind(), crate::ErrorKind::Setup);
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }
}
