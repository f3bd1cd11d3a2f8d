//! The HTTP client of a connector, made when a connection is opened.

use super::Opening;
use crate::Result;

/// What a `#[http]` field may be.
#[diagnostic::on_unimplemented(
    message = "an `#[http]` field can't be `{Self}`",
    label = "this is no HTTP client",
    note = "use `connector_sdk::http::Http`, which the feature `http` of connector-sdk turns on"
)]
pub trait HttpField: Sized {
    /// Makes the client of a connection. `base` may have settings in braces.
    ///
    /// # Errors
    ///
    /// `setup` where a setting makes no address, or a credential can't be sent.
    fn make(opening: &Opening<'_>, base: &'static str, rate: Option<&'static str>) -> Result<Self>;
}

#[cfg(feature = "oauth")]
impl Opening<'_> {
    /// Where the connection's access tokens come from, the same for all of its clients.
    fn session(&self) -> Result<crate::oauth::Session> {
        use crate::oauth::{Client, Session};
        if let Some(session) = self.session.get() {
            return Ok(session.clone());
        }
        let session = Session::new(Client::of(self.manifest(), self)?, self.settings())?;
        Ok(self.session.get_or_init(|| session).clone())
    }
}

#[cfg(feature = "http")]
mod http {
    use serde_json::Value;

    use super::{HttpField, Opening};
    use crate::http::{Http, Values, client};
    use crate::{Result, Secret};

    impl HttpField for Http {
        fn make(opening: &Opening<'_>, base: &'static str, rate: Option<&'static str>) -> Result<Self> {
            let builder = client(opening.manifest(), base, opening)?;
            match rate {
                Some(rate) => builder.rate(rate.parse()?).build(),
                None => builder.build(),
            }
        }
    }

    impl Values for Opening<'_> {
        fn setting(&self, name: &str) -> Option<String> {
            match self.value(name)? {
                Value::String(text) => Some(text),
                Value::Null => None,
                other => Some(other.to_string()),
            }
        }

        fn secret(&self, name: &str) -> Option<Secret> {
            self.credential(name).cloned()
        }

        #[cfg(feature = "oauth")]
        fn tokens(&self) -> Result<crate::http::Credentials> {
            self.session().map(crate::http::Credentials::OAuth2)
        }
    }
}
