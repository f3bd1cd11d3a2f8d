//! What methods return, told by traits and not by names, so that aliases of `Result` work.

use std::future::Future;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::{BoxFuture, Choice, Error, Output, Result};

/// What an action's method may return.
#[diagnostic::on_unimplemented(
    message = "an action can't return `{Self}`",
    label = "this is not a `Result`",
    note = "return `connector_sdk::Result<T>`, or a `Result<T, E>` whose `E` converts into `connector_sdk::Error`"
)]
pub trait ActionResult: Send {
    /// The schema of what a success holds.
    fn schema(generator: &mut SchemaGenerator) -> Schema;
    /// The bytes of a success.
    fn into_output(self) -> Result<Output>;
}

impl<T: ActionOutput + Send, E: IntoError + Send> ActionResult for Result<T, E> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.root_schema_for::<T>()
    }

    fn into_output(self) -> Result<Output> {
        match self {
            Ok(value) => Output::serialize(&value),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a successful action may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the result of an action",
    label = "this type can't be written as JSON or has no JSON Schema",
    note = "derive or implement `serde::Serialize` and `schemars::JsonSchema` for it"
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
pub trait IntoError: Into<Error> {}

#[diagnostic::do_not_recommend]
impl<E: Into<Error>> IntoError for E {}

/// The adaptor of a `#[health]` method.
pub fn boxed_health<'a, E: IntoError>(
    check: impl Future<Output = Result<(), E>> + Send + 'a,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { check.await.map_err(Into::into) })
}

/// The adaptor of an `#[options]` method.
pub fn boxed_choices<'a, E: IntoError>(
    choices: impl Future<Output = Result<Vec<Choice>, E>> + Send + 'a,
) -> BoxFuture<'a, Result<Vec<Choice>>> {
    Box::pin(async move { choices.await.map_err(Into::into) })
}
