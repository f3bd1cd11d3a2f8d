//! Asking somebody, wherever they are, and what comes of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{BoxFuture, Choice, Result, Secret};

/// Asks whoever connects: the person at a terminal, or the user of a host.
///
/// A `#[login]` method gets one. Where nobody is there, every question is answered with an error of the kind
/// [`Setup`](crate::ErrorKind::Setup), which the method passes on.
pub trait Ask: Send + Sync {
    /// Asks for a line of text. The answer is trimmed, and may be empty.
    fn text<'a>(&'a self, question: &'a str) -> BoxFuture<'a, Result<String>>;

    /// Asks for what nobody may see while it is typed.
    fn hidden<'a>(&'a self, question: &'a str) -> BoxFuture<'a, Result<Secret>>;

    /// Asks which of some choices; the answer is the [`id`](Choice::id) of one of them.
    fn choose<'a>(&'a self, question: &'a str, choices: &'a [Choice]) -> BoxFuture<'a, Result<String>>;

    /// Shows something, such as a URL to open.
    ///
    /// # Errors
    ///
    /// Where nobody can see it.
    fn show(&self, text: &str) -> Result<()>;
}

/// What a `#[login]` method has obtained: credentials, and settings that come with them.
///
/// ```
/// use connector_sdk::Obtained;
///
/// let obtained = Obtained::new().secret("session", "s3cret").value("account", "me@example.com");
/// assert!(!format!("{obtained:?}").contains("s3cret"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Obtained {
    pub(crate) values: Map<String, Value>,
    pub(crate) secrets: BTreeMap<String, Secret>,
}

impl Obtained {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A credential, by its field's name.
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.secrets.insert(name.into(), secret.into());
        self
    }

    /// A setting, by its field's name.
    #[must_use]
    pub fn value(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.values.insert(name.into(), value.into());
        self
    }

    /// The credentials.
    pub fn secrets(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.secrets.iter().map(|(name, secret)| (name.as_str(), secret))
    }

    /// The settings.
    pub fn values(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }
}
