//! One annotated struct and one plain `impl` block become a connector that is wired completely: JSON
//! Schemas, permissions, manifests, a command line with the contracts of agent platforms, and an object
//! that links into any Rust program. What can be wrong with a connector is a compile error.
//!
//! - [`connector`](macro@connector) is the attribute: what it takes and what it makes.
//! - [`guide`] leads from an empty file to a connector that runs; [`rules`] lists what can't be got wrong.
//! - [`manifest`] is what a connector is, [`Connector`] what it does, [`call`] the one way to call it.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `cli` | yes | [`main!`], the binary with commands, manifests and ArgentOS's contract |
//! | `credentials` | no | [`credentials`], connections in an encrypted file; `connect`, `disconnect`, `connections` |
//! | `events` | no | [`event`], subscriptions with cursors and acknowledgements; [`message`], chat and mail |
//! | `host` | no | [`host`], one program with many connectors, linked and from files |
//! | `http` | no | [`http::Http`], a client that authenticates, retries, and keeps to its host |
//! | `keyring` | no | the key of stored connections in the keyring of the operating system, where one answers |
//! | `oauth` | no | [`oauth`], tokens that somebody agrees to and that are renewed |
//! | `pocketpaw` | no | [`platform::pocketpaw`], connectors from PocketPaw's YAML files |
//! | `puffer` | no | [`platform::puffer`], the commands `auth-ok`, `act`, `subscribe` and `manifest --format puffer` |
//! | `seed-agent` | no | [`platform::seed_agent`], the command `mailbox` and `manifest --format seed-agent` |
//! | `supervisor` | no | the command `run` of a [`host`], which keeps subscriptions, also of external programs |
//! | `testing` | no | [`testing`], recorded exchanges and a server that misbehaves, for the tests of a connector |
//! | `validate` | no | enforces constraints inside nested types with a JSON Schema validator |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod ask;
#[cfg(feature = "credentials")]
mod bound;
pub mod call;
#[cfg(feature = "cli")]
pub mod cli;
mod connector;
mod context;
#[cfg(feature = "credentials")]
pub mod credentials;
mod cursor;
mod error;
#[cfg(feature = "events")]
pub mod event;
#[cfg(feature = "host")]
pub mod host;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "cli")]
mod indent;
mod keeper;
#[cfg(test)]
mod left_out;
pub mod manifest;
#[cfg(feature = "http")]
mod members;
#[cfg(feature = "events")]
pub mod message;
#[cfg(feature = "cli")]
mod moment;
mod named;
#[cfg(feature = "oauth")]
pub mod oauth;
mod percent;
#[cfg(any(feature = "cli", feature = "pocketpaw"))]
pub mod platform;
#[cfg(feature = "cli")]
mod runtime;
mod secret;
mod settings;
mod similar;
#[cfg(any(feature = "testing", all(test, feature = "http")))]
pub mod testing;
mod text;
#[cfg(test)]
mod traces;
#[cfg(feature = "pocketpaw")]
mod yaml;

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

/// What a connector's source file wants in scope: `use connector_sdk::prelude::*;`.
pub mod prelude {
    #[doc(hidden)]
    pub use connector_macros::{action, events, health, login, options, send};

    #[cfg(feature = "events")]
    pub use crate::event::{Event, Events};
    #[cfg(feature = "http")]
    pub use crate::http::Http;
    #[cfg(feature = "events")]
    pub use crate::message::{Message, OutgoingMessage, Receipt};
    pub use crate::{Ask, Choice, Context, Error, ErrorKind, Level, Obtained, Result, Secret, connector};
}

pub use ask::{Ask, Obtained};
pub use connector::{BoxFuture, Call, Choice, Connector, Factory, Output, Run};
#[doc = include_str!("../docs/connector.md")]
pub use connector_macros::connector;
pub use context::{Context, Level, Observer};
pub use error::{Error, ErrorKind, Result};
pub use keeper::Keeper;
pub use secret::Secret;
pub use settings::Settings;
pub use text::json_from_text;

pub use schemars;
pub use serde;
pub use serde_json;
pub use tokio_util::sync::CancellationToken;

#[doc = include_str!("../docs/writing-a-connector.md")]
pub mod guide {}

#[doc = include_str!("../docs/rules.md")]
pub mod rules {}

/// Makes connections of the connector `T`, which `#[connector]` made.
///
/// ```
/// use connector_sdk::call::{Caller, Connection};
/// use connector_sdk::manifest::Mode;
/// use connector_sdk::prelude::*;
/// use connector_sdk::{Settings, factory};
///
/// /// Counts letters.
/// #[connector(id = "letters")]
/// struct Letters;
///
/// #[connector]
/// impl Letters {
///     /// Count the letters of a text.
///     #[action(read)]
///     async fn count(
///         &self,
///         /// The text.
///         text: String,
///     ) -> Result<usize> {
///         Ok(text.chars().count())
///     }
/// }
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(async {
/// let connection = Connection::open("default", &factory::<Letters>(), &Settings::new())?;
/// let caller = Caller::new("example", Mode::Readonly);
/// let output = connection.act("count", &serde_json::json!({ "text": "four" }), &caller).await?;
/// assert_eq!(output.parse::<usize>()?, 4);
/// # Ok::<(), Error>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub const fn factory<T: __private::Actions>() -> __private::TypeFactory<T> {
    __private::TypeFactory::new()
}
