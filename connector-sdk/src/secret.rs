//! A text that must not be seen.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A credential: a text that can be used and not be shown.
///
/// It implements neither `Serialize` nor `JsonSchema` nor `Display`, so it can't be part of a
/// result, and its `Debug` shows `[redacted]`. Its memory is overwritten when it is dropped.
///
/// ```
/// use connector_sdk::Secret;
///
/// let token = Secret::new("s3cret");
/// assert_eq!(format!("{token:?}"), "[redacted]");
/// assert_eq!(token.expose(), "s3cret");
/// ```
///
/// ```compile_fail
/// let token = connector_sdk::Secret::new("s3cret");
/// println!("{token}");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a text in.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The text itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}
