//! One annotated struct and one plain `impl` block become a connector that is wired completely.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod call;
mod connector;
mod context;
mod error;
pub mod manifest;
#[cfg(feature = "cli")]
pub mod platform;
mod secret;
mod settings;
mod similar;
mod text;

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

/// What a connector's source file wants in scope: `use connector_sdk::prelude::*;`.
pub mod prelude {
    pub use crate::{Choice, Context, Error, ErrorKind, Level, Result, Secret, connector};
}

pub use connector::{BoxFuture, Call, Choice, Connector, Factory, Output, Run};
pub use connector_macros::connector;
pub use context::{Context, Level, Observer};
pub use error::{Error, ErrorKind, Result};
pub use secret::Secret;
pub use settings::Settings;
pub use text::json_from_text;

pub use schemars;
pub use serde;
pub use serde_json;
pub use tokio_util::sync::CancellationToken;

/// Makes connections of the connector `T`.
///
/// ```ignore
/// let connection = Connection::open("work", &connector_sdk::factory::<GitHub>(), &settings)?;
/// ```
pub const fn factory<T: __private::Actions>() -> __private::TypeFactory<T> {
    __private::TypeFactory::new()
}
