//! A client and how it is made.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, redirect};
use tokio::sync::Semaphore;

use super::credentials::Ready;
use super::guard::Guard;
use super::rate::Limiter;
use super::resolve::PublicOnly;
use super::wire::Wire;
use super::{Credentials, Rate, Request, Retry};
use crate::call::Redactor;
use crate::{Error, Result};

/// A client of one service, with one set of credentials. Cheap to clone; clones share their limits.
#[derive(Clone)]
pub struct Http {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) client: Client,
    pub(super) guard: Guard,
    pub(super) credentials: Ready,
    /// What goes with requests to the base URL's origin, unless they have a header of that name.
    pub(super) headers: HeaderMap,
    pub(super) limiter: Option<Arc<Limiter>>,
    pub(super) slots: Option<Arc<Semaphore>>,
    pub(super) timeout: Duration,
    pub(super) most_bytes: u64,
    pub(super) retry: Retry,
    pub(super) redactor: Redactor,
    pub(super) wire: Wire,
    /// The settings that stand in paths, with their values.
    settings: Vec<(String, String)>,
}

impl Http {
    /// A client for what is below a base URL, such as `https://api.github.com`.
    pub fn builder(base: impl Into<String>) -> Builder {
        Builder {
            base: base.into(),
            credentials: Credentials::None,
            headers: Vec::new(),
            rate: None,
            limiter: None,
            concurrency: None,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            most_bytes: 64 * 1024 * 1024,
            retry: Retry::background(),
            user_agent: concat!("connector-sdk/", env!("CARGO_PKG_VERSION")).to_owned(),
            plain_http: false,
            public_only: false,
            allowed_hosts: None,
            wire: Wire::default(),
            settings: Vec::new(),
            #[cfg(feature = "oauth")]
            learned: None,
        }
    }

    /// A request. `path` begins with `/` and stands below the base URL; what it has in braces is filled by
    /// [`Request::path`].
    pub fn request(&self, method: Method, path: impl Into<Cow<'static, str>>) -> Request {
        Request::new(self.clone(), method, path.into())
    }

    /// The scheme, host and port of the base URL, which is where credentials are sent to.
    pub fn origin(&self) -> String {
        self.inner.guard.origin()
    }

    /// A setting that stands in paths.
    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        let mut settings = self.inner.settings.iter();
        settings.find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A `GET` request.
    pub fn get(&self, path: impl Into<Cow<'static, str>>) -> Request {
        self.request(Method::GET, path)
    }

    /// A `POST` request.
    pub fn post(&self, path: impl Into<Cow<'static, str>>) -> Request {
        self.request(Method::POST, path)
    }

    /// A `PUT` request.
    pub fn put(&self, path: impl Into<Cow<'static, str>>) -> Request {
        self.request(Method::PUT, path)
    }

    /// A `PATCH` request.
    pub fn patch(&self, path: impl Into<Cow<'static, str>>) -> Request {
        self.request(Method::PATCH, path)
    }

    /// A `DELETE` request.
    pub fn delete(&self, path: impl Into<Cow<'static, str>>) -> Request {
        self.request(Method::DELETE, path)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("guard", &self.inner.guard).finish_non_exhaustive()
    }
}

/// Makes a client.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    base: String,
    credentials: Credentials,
    headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    rate: Option<Rate>,
    limiter: Option<Arc<Limiter>>,
    concurrency: Option<usize>,
    connect_timeout: Duration,
    timeout: Duration,
    most_bytes: u64,
    retry: Retry,
    user_agent: String,
    plain_http: bool,
    public_only: bool,
    allowed_hosts: Option<Vec<String>>,
    wire: Wire,
    settings: Vec<(String, String)>,
    /// Whose secrets are taken out of errors, besides its own.
    #[cfg(feature = "oauth")]
    learned: Option<Arc<crate::call::Learned>>,
}

impl Builder {
    /// What goes with every request to the base URL's origin.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// A header that goes with every request to the base URL's origin, unless the request has one of that name.
    /// For what is no secret, such as the version of an API.
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How often the service may be asked, as [`Rate`] says it; as often as anybody likes unless it is said.
    pub fn rate(mut self, rate: Rate) -> Self {
        self.rate = Some(rate);
        self
    }

    /// The same, together with the other clients that have this limiter.
    pub(crate) fn limited_by(mut self, limiter: Arc<Limiter>) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// How many requests may be under way at once; any number unless it is said.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = Some(requests.clamp(1, Semaphore::MAX_PERMITS));
        self
    }

    /// How long connecting may take; 10 seconds unless it is said.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// How long one attempt may take from beginning to end, its answer's body included; 30 seconds unless
    /// it is said.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// The most bytes of an answer, after it was decompressed; 64 MiB unless it is said.
    pub fn most_bytes(mut self, bytes: u64) -> Self {
        self.most_bytes = bytes;
        self
    }

    /// How requests are sent again; [`Retry::background`] unless it is said.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Who the service is told is asking.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Lets requests go to other hosts than loopback in the clear.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// The host comes from a setting: addresses of private networks are refused.
    pub fn public_only(mut self) -> Self {
        self.public_only = true;
        self
    }

    /// Redirects and links are followed to these hosts only, besides the base URL's own; to any host unless
    /// it is said. `*.example.com` stands for every host below `example.com`.
    pub fn allowed_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.allowed_hosts = Some(hosts.into_iter().map(|host| host.into().to_ascii_lowercase()).collect());
        self
    }

    /// Records its exchanges, or replays them instead of sending anything.
    #[cfg(feature = "testing")]
    pub fn cassette(mut self, cassette: &crate::testing::Cassette) -> Self {
        self.wire = Wire::of(Arc::clone(&cassette.tape));
        self
    }

    /// What stands for the settings in paths.
    pub(crate) fn settings(mut self, settings: Vec<(String, String)>) -> Self {
        self.settings = settings;
        self
    }

    /// Takes the secrets that a connection obtains out of errors as well.
    #[cfg(feature = "oauth")]
    pub(crate) fn learning(mut self, learned: Arc<crate::call::Learned>) -> Self {
        self.learned = Some(learned);
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// `setup` for a base URL that is none or may not be spoken to, and for headers and credentials that can't be
    /// sent.
    pub fn build(self) -> Result<Http> {
        let mut guard = Guard::new(&self.base)?;
        guard.plain_http = self.plain_http;
        guard.public_only = self.public_only;
        guard.allowed_hosts = self.allowed_hosts;
        guard.check(&guard.url("/")?)?;
        // Whatever provider the program chose stays; without one rustls has none.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut client = Client::builder()
            // They are followed by `send.rs`, which knows what may go where.
            .redirect(redirect::Policy::none())
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout)
            .user_agent(&self.user_agent);
        if self.public_only {
            client = client.dns_resolver(PublicOnly);
        }
        if guard.is_loopback() {
            // A proxy would see the credentials in the clear, and leads to its own loopback.
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| {
            Error::internal(format!("the HTTP client can't be made: {}", error.without_url()))
        })?;
        let credentials = self.credentials.ready()?;
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let wrong =
                || Error::setup(format!("the header `{name}` can't be sent with what it should hold"));
            let key = HeaderName::try_from(&**name).map_err(|_| wrong())?;
            headers.insert(key, HeaderValue::try_from(&**value).map_err(|_| wrong())?);
        }
        let secrets = self.credentials.secrets();
        #[cfg_attr(not(feature = "oauth"), expect(unused_mut, reason = "nothing is obtained without OAuth"))]
        let mut redactor = Redactor::new(&secrets);
        #[cfg(feature = "oauth")]
        if let Some(learned) =
            self.learned.or_else(|| Some(Arc::clone(credentials.session.as_ref()?.learned())))
        {
            redactor = redactor.learning(learned);
        }
        Ok(Http {
            inner: Arc::new(Inner {
                client,
                guard,
                credentials,
                headers,
                limiter: self.limiter.or_else(|| self.rate.map(|rate| Arc::new(Limiter::new(rate)))),
                slots: self.concurrency.map(|most| Arc::new(Semaphore::new(most))),
                timeout: self.timeout,
                most_bytes: self.most_bytes,
                retry: self.retry,
                redactor,
                wire: self.wire.connect(&secrets),
                settings: self.settings,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_limits_unless_they_are_said() {
        let builder = Http::builder("https://api.test");
        assert_eq!(builder.connect_timeout, Duration::from_secs(10));
        assert_eq!(builder.most_bytes, 64 << 20);
        let usual = builder.clone().build().expect("a client");
        assert_eq!(usual.inner.timeout, Duration::from_secs(30));
        let said = builder.timeout(Duration::from_secs(3)).build().expect("a client");
        assert_eq!(said.inner.timeout, Duration::from_secs(3));
    }
}
