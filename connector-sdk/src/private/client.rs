//! The HTTP client of a connector, made when a connection is opened.

use super::Opening;
use super::request::{Outgoing, Reply};
use crate::{BoxFuture, Error, Result};

/// What an `#[http]` field says of its client, besides its base URL.
#[derive(Debug)]
pub struct ClientOptions {
    /// What goes with each request: names and values.
    pub headers: &'static [(&'static str, &'static str)],
    /// How often the service may be asked, such as `30/min`.
    pub rate: Option<&'static str>,
    /// How many requests may be under way at once.
    pub concurrency: Option<usize>,
    /// How large an answer may be, in bytes.
    pub most_bytes: Option<u64>,
}

/// What a `#[http]` field may be.
#[diagnostic::on_unimplemented(
    message = "an `#[http]` field can't be `{Self}`",
    label = "this is no HTTP client",
    note = "use `connector_sdk::http::Http`, which the feature `http` of connector-sdk turns on"
)]
pub trait HttpField: Send + Sync {
    /// Makes the client of a connection. `base` may have settings in braces.
    ///
    /// # Errors
    ///
    /// `setup` where a setting makes no address, or a credential can't be sent.
    fn make(opening: &Opening<'_>, base: &'static str, options: &ClientOptions) -> Result<Self>
    where
        Self: Sized;

    /// Sends the request that an action is.
    fn send(&self, outgoing: Outgoing<'_>) -> BoxFuture<'static, Result<Reply>> {
        let _ = outgoing;
        Box::pin(async { Err(Error::internal("this is no client that could send anything")) })
    }

    /// The scheme, host and port that credentials are sent to.
    fn origin(&self) -> Option<String> {
        None
    }

    /// The same without its type.
    fn client(&self) -> &dyn HttpField
    where
        Self: Sized,
    {
        self
    }
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

    /// The same where a connector renews a credential by itself.
    fn own_session(&self, name: &str, renew: crate::oauth::Renew) -> Result<crate::oauth::Session> {
        if let Some(session) = self.session.get() {
            return Ok(session.clone());
        }
        let base = self.manifest().base.as_deref().unwrap_or_default();
        // What the service says back is a token of this connection: it is taken out before a text is cut.
        let learned = std::sync::Arc::clone(&self.settings().learned);
        let http = crate::http::nobody(self.manifest(), base, self)?.learning(learned).build()?;
        let session = crate::oauth::Session::own(name, http, renew, self.settings())?;
        Ok(self.session.get_or_init(|| session).clone())
    }
}

#[cfg(feature = "http")]
mod http {
    use std::sync::Arc;

    use serde_json::Value;

    use super::super::outgoing;
    use super::{ClientOptions, HttpField, Opening, Outgoing, Reply};
    use crate::http::{Http, Limiter, Rate, Values, client, names};
    use crate::{BoxFuture, Result, Secret};

    impl HttpField for Http {
        fn make(opening: &Opening<'_>, base: &'static str, options: &ClientOptions) -> Result<Self> {
            let mut builder = client(opening.manifest(), base, opening)?.settings(in_paths(opening));
            for (name, value) in options.headers {
                builder = builder.header(*name, *value);
            }
            if let Some(rate) = options.rate {
                builder = builder.limited_by(opening.limiter(rate.parse()?));
            }
            if let Some(requests) = options.concurrency {
                builder = builder.concurrency(requests);
            }
            if let Some(bytes) = options.most_bytes {
                builder = builder.most_bytes(bytes);
            }
            builder.build()
        }

        fn send(&self, outgoing: Outgoing<'_>) -> BoxFuture<'static, Result<Reply>> {
            outgoing::send(self, &outgoing)
        }

        fn origin(&self) -> Option<String> {
            Some(Http::origin(self))
        }
    }

    impl Opening<'_> {
        /// What the connection's clients share of its rate: the service counts them together.
        fn limiter(&self, rate: Rate) -> Arc<Limiter> {
            Arc::clone(self.limiter.get_or_init(|| Arc::new(Limiter::new(rate))))
        }
    }

    /// The settings that stand in the paths of actions, with their values.
    fn in_paths(opening: &Opening<'_>) -> Vec<(String, String)> {
        let requests = opening.manifest().actions.iter().filter_map(|action| action.request.as_ref());
        let names = requests.flat_map(|request| names(&request.path));
        let mut settings: Vec<(String, String)> =
            names.filter_map(|name| Some((name.to_owned(), opening.setting(name)?))).collect();
        settings.sort();
        settings.dedup();
        settings
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
        fn bearer(&self, token: &str) -> Result<crate::http::Credentials> {
            use crate::http::Credentials;
            match (self.credential(token), self.renew) {
                (None, _) => Ok(Credentials::None),
                (Some(secret), None) => Ok(Credentials::Bearer(secret.clone())),
                (Some(_), Some(renew)) => self.own_session(token, renew).map(Credentials::OAuth2),
            }
        }

        #[cfg(feature = "oauth")]
        fn tokens(&self) -> Result<crate::http::Credentials> {
            self.session().map(crate::http::Credentials::OAuth2)
        }
    }
}
