//! What a connector **does**: the object-safe traits that the expansion of `#[connector]` implements,
//! and that anything else may implement which no macro saw.

use std::future::Future;
use std::pin::Pin;

use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::manifest::{Action, Manifest};
use crate::{Ask, Context, Error, ErrorKind, Obtained, Result, Settings};

/// A future on the heap, so that traits with async methods can be objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A run of an action that has not begun: its input is parsed and checked, and nothing has happened.
pub type Run<'a> = BoxFuture<'a, Result<Output>>;

/// One open connection to a service: its settings and credentials are its fields.
///
/// `#[connector]` implements it. Implement it by hand for what no macro saw, such as a connector in
/// a file or a subprocess. Call it through [`Connection`](crate::call::Connection), which is what
/// checks permissions, approvals, deadlines and secrets; nothing here does.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a connector",
    label = "this is not a connector",
    note = "put `#[connector(id = \"..\")]` on the struct and `#[connector]` on one `impl` block of it"
)]
pub trait Connector: Send + Sync {
    /// What the connector is.
    fn manifest(&self) -> &Manifest;

    /// Parses and checks the input, and returns the run that it asks for.
    ///
    /// The returned future does nothing before it is polled. It is polled only after the call was
    /// approved, so whatever has an effect belongs into the future.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when the input is not what the action takes.
    fn prepare<'a>(&'a self, call: Call<'a>) -> Result<Run<'a>>;

    /// Where its credentials go: the scheme, host and port of each address, as `https://api.example.com`. None for a
    /// connector that has nothing to send them to, or that can't tell; those of a stored connection are
    /// not guarded then.
    fn origins(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether the service is reachable and the credentials good.
    fn health<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<()>> {
        let _ = context;
        Box::pin(async { Ok(()) })
    }

    /// Gets credentials by a dance of the service's own, in which it asks somebody.
    fn login<'a>(&'a self, ask: &'a dyn Ask, context: &'a Context) -> BoxFuture<'a, Result<Obtained>> {
        let _ = (ask, context);
        Box::pin(async { Err(Error::usage("this connector has no login of its own")) })
    }

    /// The choices of an options source that match what a user has typed so far.
    fn options<'a>(
        &'a self,
        source: &'a str,
        query: &'a str,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Vec<Choice>>> {
        let _ = (query, context);
        Box::pin(async move { Err(unknown_options_source(source)) })
    }

    /// Tells what happened after a cursor, as long as it likes.
    ///
    /// It is started again after it returned or failed, at the cursor before the oldest event that the host
    /// hasn't acknowledged. So it may begin anywhere before that, and it may stop anywhere. The future is
    /// dropped when the subscription ends; the context's token is cancelled a moment before.
    #[cfg(feature = "events")]
    fn events<'a>(
        &'a self,
        since: Option<&'a str>,
        out: crate::event::Emitter,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        let _ = (since, out, context);
        Box::pin(async { Err(no_events(&self.manifest().id)) })
    }

    /// Delivers a message. One that was delivered already, by its id, is delivered once more only where the
    /// manifest says that this connector can't tell.
    #[cfg(feature = "events")]
    fn send<'a>(
        &'a self,
        message: &'a crate::message::OutgoingMessage,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<crate::message::Receipt>> {
        let _ = (message, context);
        Box::pin(async { Err(no_delivery(&self.manifest().id)) })
    }
}

#[cfg(feature = "events")]
pub(crate) fn no_events(id: &str) -> Error {
    Error::usage(format!("`{id}` tells no events, so there is nothing to subscribe to"))
}

#[cfg(feature = "events")]
pub(crate) fn no_delivery(id: &str) -> Error {
    Error::usage(format!("`{id}` delivers no messages"))
}

pub(crate) fn unknown_options_source(source: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("there is no options source `{source}`"))
}

/// Makes connections of one kind: what is known of a connector before it is opened.
///
/// `#[connector]` makes one for its struct, see [`factory`](crate::factory).
pub trait Factory: Send + Sync {
    /// What the connector is.
    fn manifest(&self) -> &Manifest;

    /// Checks the settings and makes a connection of them. It doesn't call the service.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`], with every setting and credential that is missing or can't be used.
    fn open(&self, settings: &Settings) -> Result<Box<dyn Connector>>;
}

/// One call of one action, as the connector sees it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Call<'a> {
    /// The action, from the connector's own manifest.
    pub action: &'a Action,
    /// Its place in [`Manifest::actions`].
    pub index: usize,
    /// The input, JSON text in UTF-8 that nobody has looked at yet.
    pub input: &'a [u8],
    /// Who calls, how long it may take, and where progress goes.
    pub context: &'a Context,
}

impl<'a> Call<'a> {
    /// A call of the action at `index` of the manifest's actions.
    pub fn new(action: &'a Action, index: usize, input: &'a [u8], context: &'a Context) -> Self {
        Self { action, index, input, context }
    }
}

/// What an action returned: JSON text in UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output(pub(crate) Vec<u8>);

impl Output {
    /// Takes JSON text as it is, such as the answer of a subprocess.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] when it is no JSON in UTF-8, or more than one value.
    pub fn from_json(json: Vec<u8>) -> Result<Self> {
        let problem = match std::str::from_utf8(&json) {
            Ok(text) => serde_json::from_str::<IgnoredAny>(text).err().map(|error| error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        match problem {
            None => Ok(Self(json)),
            Some(problem) => Err(Error::internal(format!("the result is not JSON: {problem}"))),
        }
    }

    /// Serialises a value.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] when the value can't be JSON, such as a map with keys that are no text.
    pub fn serialize<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        Self::serialize_into(Vec::with_capacity(128), value)
    }

    /// The same in a buffer that is empty.
    pub(crate) fn serialize_into<T: Serialize + ?Sized>(mut json: Vec<u8>, value: &T) -> Result<Self> {
        match serde_json::to_writer(&mut json, value) {
            Ok(()) => Ok(Self(json)),
            Err(error) => Err(Error::internal(format!("the result can't be written as JSON: {error}"))),
        }
    }

    /// The JSON text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The JSON text, taken out.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Reads the result into a type.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] when the result is of another shape.
    pub fn parse<'de, T: Deserialize<'de>>(&'de self) -> Result<T> {
        serde_json::from_slice(&self.0)
            .map_err(|error| Error::internal(format!("the result has another shape: {error}")))
    }
}

/// One possible value of a setting or an argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Choice {
    /// The value itself.
    pub id: String,
    /// What a person sees.
    pub name: String,
}

impl Choice {
    /// A choice.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_an_output() {
        for json in ["null", " [1, \"ä\"]\n", "{\"a\":1e2}"] {
            let output = Output::from_json(json.into()).expect(json);
            assert_eq!(output.as_bytes(), json.as_bytes());
        }
        for text in [&b""[..], b"{", b"1 2", b"word", b"\"\xff\"", b"[1],"] {
            let error = Output::from_json(text.to_vec()).expect_err("no JSON");
            assert_eq!(error.kind(), ErrorKind::Internal);
        }
    }
}
