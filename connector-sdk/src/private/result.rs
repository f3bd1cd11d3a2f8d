//! What methods return, told by traits and not by names, so that aliases of `Result` work.

use std::future::Future;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;

use super::{Arguments, Ready};
use crate::{BoxFuture, Choice, Context, Error, Obtained, Output, Result, Run};

/// What an action's method may return.
#[diagnostic::on_unimplemented(
    message = "an action can't return `{Self}`",
    label = "this is not a `Result`",
    note = "return `connector_sdk::Result<T>`, or a `Result<T, E>` whose `E` converts into `connector_sdk::Error`"
)]
pub trait ActionResult: Sized {
    /// The schema of what a success holds.
    fn schema(generator: &mut SchemaGenerator) -> Schema;

    /// The adaptor of an action with plain parameters.
    fn prepare<'a, C, A, F, Fut>(call: Ready<'a, C>, method: F) -> Result<Run<'a>>
    where
        A: Arguments,
        F: FnOnce(&'a C, A, &'a Context) -> Fut,
        Fut: Future<Output = Self> + Send + 'a;

    /// The adaptor of an action with one input struct, which `parse` reads.
    fn prepare_input<'a, C, T, F, Fut>(call: Ready<'a, C>, parse: Parse<T>, method: F) -> Result<Run<'a>>
    where
        F: FnOnce(&'a C, T, &'a Context) -> Fut,
        Fut: Future<Output = Self> + Send + 'a;

    /// Writes what a method returned, into a buffer that may have held something.
    fn output(self, buffer: Vec<u8>) -> Result<Output>;
}

/// Room for most results, so that few of them make it grow.
const ROOM: usize = 128;

// The adaptors belong to the one trait, so that a type that is no result is one error.
impl<T: ActionOutput, E: MethodError> ActionResult for Result<T, E> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.root_schema_for::<T>()
    }

    fn prepare<'a, C, A, F, Fut>(call: Ready<'a, C>, method: F) -> Result<Run<'a>>
    where
        A: Arguments,
        F: FnOnce(&'a C, A, &'a Context) -> Fut,
        Fut: Future<Output = Self> + Send + 'a,
    {
        let Ready { connector, call } = call;
        let run = method(connector, A::read(call.input)?, call.context);
        Ok(Box::pin(async move { run.await.output(Vec::with_capacity(ROOM)) }))
    }

    fn prepare_input<'a, C, I, F, Fut>(call: Ready<'a, C>, parse: Parse<I>, method: F) -> Result<Run<'a>>
    where
        F: FnOnce(&'a C, I, &'a Context) -> Fut,
        Fut: Future<Output = Self> + Send + 'a,
    {
        let Ready { connector, call } = call;
        let run = method(connector, parse(call.input, &call.action.input_schema)?, call.context);
        Ok(Box::pin(async move { run.await.output(Vec::with_capacity(ROOM)) }))
    }

    fn output(self, buffer: Vec<u8>) -> Result<Output> {
        match self {
            Ok(value) => Output::serialize_into(buffer, &value),
            Err(error) => Err(error.into()),
        }
    }
}

/// Reads an input struct, whose schema tells which arguments there are.
pub type Parse<T> = fn(&[u8], &Value) -> Result<T>;

/// What a successful action may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the result of an action",
    label = "this type can't be written as JSON or has no JSON Schema",
    note = "derive or implement `serde::Serialize` and `schemars::JsonSchema` for it",
    note = "a `Secret` can't leave the connector; return something else that tells what was done"
)]
pub trait ActionOutput: Serialize + JsonSchema {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema> ActionOutput for T {}

/// What a failed method may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the error of a connector's method",
    label = "this type doesn't convert into `connector_sdk::Error`",
    note = "implement `From<{Self}> for connector_sdk::Error`, saying which kind of error it is"
)]
pub trait MethodError: Into<Error> {}

#[diagnostic::do_not_recommend]
impl<E: Into<Error>> MethodError for E {}

/// The adaptor of a `#[health]` method.
pub fn boxed_health<'a, E: MethodError>(
    check: impl Future<Output = Result<(), E>> + Send + 'a,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { check.await.map_err(Into::into) })
}

/// The adaptor of what a bearer's token is renewed by.
#[cfg(feature = "oauth")]
pub fn boxed_renewal<'a, E: MethodError>(
    renewal: impl Future<Output = Result<crate::oauth::Tokens, E>> + Send + 'a,
) -> BoxFuture<'a, Result<crate::oauth::Tokens>> {
    Box::pin(async move { renewal.await.map_err(Into::into) })
}

/// The adaptor of a `#[login]` method.
pub fn boxed_login<'a, E: MethodError>(
    login: impl Future<Output = Result<Obtained, E>> + Send + 'a,
) -> BoxFuture<'a, Result<Obtained>> {
    Box::pin(async move { login.await.map_err(Into::into) })
}

/// The adaptor of an `#[options]` method.
pub fn boxed_choices<'a, E: MethodError>(
    choices: impl Future<Output = Result<Vec<Choice>, E>> + Send + 'a,
) -> BoxFuture<'a, Result<Vec<Choice>>> {
    Box::pin(async move { choices.await.map_err(Into::into) })
}
