//! The one error type, and the kinds that each protocol maps to its own codes.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

/// What a connector's methods return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it was, which decides who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller asked for something that can't be asked: wrong arguments, no such action.
    Usage,
    /// The caller may not do it, or nobody agreed to it.
    Denied,
    /// A setting or credential is missing or can't be used; the user has to set the connector up.
    Setup,
    /// The service refused the credentials.
    Auth,
    /// What was asked for isn't there.
    NotFound,
    /// What was asked for clashes with what is there.
    Conflict,
    /// The service wants fewer calls; see [`Error::retry_after`].
    RateLimited,
    /// The service can't be reached, or not now.
    Unavailable,
    /// The service answered with an error of its own, or with something that can't be understood.
    Upstream,
    /// The caller gave up, or the time was over.
    Cancelled,
    /// A bug in the connector.
    Internal,
}

impl ErrorKind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[
        Self::Usage,
        Self::Denied,
        Self::Setup,
        Self::Auth,
        Self::NotFound,
        Self::Conflict,
        Self::RateLimited,
        Self::Unavailable,
        Self::Upstream,
        Self::Cancelled,
        Self::Internal,
    ];

    /// The kind in snake_case, for logs and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Denied => "denied",
            Self::Setup => "setup",
            Self::Auth => "auth",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Upstream => "upstream",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }

    /// Whether the same call may succeed later without anyone changing anything.
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable)
    }
}

/// Why a call failed: a kind for machines, a message for people.
///
/// ```
/// use connector_sdk::{Error, ErrorKind};
///
/// let error = Error::not_found("there is no issue 7");
/// assert_eq!(error.kind(), ErrorKind::NotFound);
/// assert_eq!(error.to_string(), "there is no issue 7");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    retry_after: Option<Duration>,
    unsent: Option<bool>,
    details: Map<String, Value>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[cold]
        pub fn $name(message: impl Into<Cow<'static, str>>) -> Self {
            Self::new(ErrorKind::$kind, message)
        }
    )*};
}

impl Error {
    /// An error of some kind. The message says which thing, what was wrong with it and what to do.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            retry_after: None,
            unsent: None,
            details: Map::new(),
            source: None,
        }))
    }

    constructors! {
        /// The caller asked for something that can't be asked.
        usage => Usage,
        /// The caller may not do it.
        denied => Denied,
        /// A setting or credential is missing or can't be used.
        setup => Setup,
        /// The service refused the credentials.
        auth => Auth,
        /// What was asked for isn't there.
        not_found => NotFound,
        /// What was asked for clashes with what is there.
        conflict => Conflict,
        /// The service wants fewer calls.
        rate_limited => RateLimited,
        /// The service can't be reached.
        unavailable => Unavailable,
        /// The service failed, or answered what can't be understood.
        upstream => Upstream,
        /// The caller gave up, or the time was over.
        cancelled => Cancelled,
        /// A bug in the connector.
        internal => Internal,
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What happened, in words for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// How long the service asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Facts for machines, e.g. `required_mode` of a denied call.
    pub fn details(&self) -> &Map<String, Value> {
        &self.0.details
    }

    /// Says how long the service asked to be left alone.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Whether the service surely did nothing of what was asked, so that asking again does nothing twice: as the error
    /// says by [`unsent`](Self::unsent) or [`maybe_sent`](Self::maybe_sent), else where the service wants fewer calls.
    pub fn is_unsent(&self) -> bool {
        self.0.unsent.unwrap_or(self.0.kind == ErrorKind::RateLimited)
    }

    /// Says that the service did nothing of what was asked: it couldn't be reached, or refused before anything was
    /// handed over. A message whose delivery failed so is tried again where one that may have arrived is not.
    #[must_use]
    pub fn unsent(mut self) -> Self {
        self.0.unsent = Some(true);
        self
    }

    /// Says that the service may have done some of what was asked, whatever kind of error it is: a message of several
    /// parts of which one was refused, say.
    #[must_use]
    pub fn maybe_sent(mut self) -> Self {
        self.0.unsent = Some(false);
        self
    }

    /// Adds a fact for machines.
    #[must_use]
    pub fn with_detail(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.details.insert(name.into(), value.into());
        self
    }

    /// Keeps what caused it. The cause is foreign text, so it is dropped where the error leaves a connection.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Puts what was being done before the message: `reading a.md: permission denied`.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.0.message = format!("{doing}: {}", self.0.message).into();
        self
    }

    /// Rewrites every text that a caller could see.
    pub(crate) fn map_text(
        mut self,
        text: impl Fn(&str) -> Option<String>,
        details: impl Fn(&mut Map<String, Value>),
    ) -> Self {
        if let Some(message) = text(&self.0.message) {
            self.0.message = message.into();
        }
        details(&mut self.0.details);
        // A source is foreign text that can't be rewritten, so it doesn't leave the connection.
        self.0.source = None;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &self.0.kind).field("message", &self.0.message);
        if let Some(wait) = self.0.retry_after {
            debug.field("retry_after", &wait);
        }
        if let Some(unsent) = self.0.unsent {
            debug.field("unsent", &unsent);
        }
        if !self.0.details.is_empty() {
            debug.field("details", &self.0.details);
        }
        if let Some(source) = &self.0.source {
            debug.field("source", source);
        }
        debug.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<std::io::Error> for Error {
    /// Missing files are `not_found`, existing ones `conflict`, all else `unavailable`.
    fn from(error: std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::AlreadyExists => ErrorKind::Conflict,
            _ => ErrorKind::Unavailable,
        };
        Self::new(kind, error.to_string()).with_source(error)
    }
}

impl From<serde_json::Error> for Error {
    /// What a service sent is not the JSON that was expected.
    fn from(error: serde_json::Error) -> Self {
        Self::upstream(format!("unexpected JSON: {error}")).with_source(error)
    }
}
