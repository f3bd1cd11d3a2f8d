//! The values that a connection is opened with.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::keeper::Keeping;
use crate::named::Named;
use crate::{Keeper, Secret};

/// Settings and credentials of one connection, by the names of the manifest.
///
/// A setting may be given as the JSON value that its schema describes, or as text (from an
/// environment variable, a command line) with [`Settings::text`], which is read by the schema when
/// the connection is opened.
///
/// ```
/// use connector_sdk::Settings;
///
/// let settings = Settings::new().value("root", "/srv/notes").text("depth", "3").secret("token", "t0p");
/// assert!(!format!("{settings:?}").contains("t0p"));
/// assert_eq!(settings.texts().next(), Some(("depth", "3")));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub(crate) values: Map<String, Value>,
    pub(crate) texts: Named<String>,
    pub(crate) secrets: Named<Secret>,
    pub(crate) keeper: Keeping,
    /// Where those of the credentials may go that were stored.
    #[cfg(feature = "credentials")]
    pub(crate) bound: crate::bound::Bound,
    /// What the open connection shares with whatever obtains tokens for it.
    #[cfg(feature = "oauth")]
    pub(crate) learned: Arc<crate::call::Learned>,
}

impl Settings {
    /// Nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a setting to a JSON value.
    #[must_use]
    pub fn value(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let name = name.into();
        self.texts.remove(&name);
        self.values.insert(name, value.into());
        self
    }

    /// Sets a setting to what a text says: `"3"` is the number 3 where the schema wants a number.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        let name = name.into();
        self.values.remove(&name);
        self.texts.insert(name, text.into());
        self
    }

    /// Sets a credential.
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, secret: impl Into<Secret>) -> Self {
        let name = name.into();
        #[cfg(feature = "credentials")]
        self.bound.release(&name);
        self.secrets.insert(name, secret.into());
        self
    }

    /// Says which addresses the credentials that are set so far were given for, each as `https://api.example.com`: a
    /// scheme, a host, and a port where it isn't the scheme's own. A connection that would send them elsewhere is
    /// not opened. [`Connection::origins`](crate::call::Connection::origins) tells an open connection's.
    ///
    /// A store keeps them with the credentials. Where nobody says, they may go anywhere.
    #[cfg(feature = "credentials")]
    #[must_use]
    pub fn bound_to(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let origins = origins.into_iter().map(Into::into).collect();
        self.bound = crate::bound::Bound::new(Some(origins), self.secrets.keys().cloned());
        self
    }

    /// The addresses that credentials were given for; none where nobody said.
    #[cfg(feature = "credentials")]
    pub fn origins(&self) -> Option<&[String]> {
        self.bound.origins.as_deref()
    }

    /// Takes a credential away.
    #[cfg(all(feature = "cli", feature = "credentials", feature = "oauth"))]
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.secrets.remove(name);
        self.bound.release(name);
        self
    }

    /// Says where the connection puts the secrets that it obtains for itself, such as a renewed access token.
    #[must_use]
    pub fn kept_by(mut self, keeper: Arc<dyn Keeper>) -> Self {
        self.keeper = Keeping(Some(keeper));
        self
    }

    /// Where the connection puts the secrets that it obtains.
    pub fn keeper(&self) -> Option<&Arc<dyn Keeper>> {
        self.keeper.0.as_ref()
    }

    /// Whether a setting or credential of that name is set.
    pub fn contains(&self, name: &str) -> bool {
        self.values.contains_key(name) || self.texts.contains_key(name) || self.secrets.contains_key(name)
    }

    /// The settings that were given as JSON values, for whatever keeps them.
    pub fn values(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The settings that were given as texts.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The credentials.
    pub fn secrets(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.secrets.iter().map(|(name, secret)| (name.as_str(), secret))
    }
}
