//! How it is made: connectors as processes, asked by `auth-ok`, `act` and `subscribe`.
//!
//! Puffer starts the connector's binary for each question and reads one JSON value from its standard
//! output, or for `subscribe` a line for each event. It is the one that stores cursors, and it keeps no
//! supervisor: a stream that ends is started again by a check once a minute. All of it is known from the
//! host's own source, of which two generations differ; what is written here serves both, as told by the
//! sections of the contract that the modules cite.
//!
//! # Who approves
//!
//! Puffer's gate asks a person before its agent may cause an external side effect, and that gate reads the
//! template's permissions. So an action runs here with every mode and asks nobody; a record of each call
//! goes to standard error.

mod act;
mod auth;
#[cfg(unix)]
mod command;
mod files;
mod frames;
mod lines;
mod payload;
mod send;
mod skill;
mod subscribe;
mod subscriber;
mod template;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use act::{answer, input};
pub use auth::auth_ok;
#[cfg(unix)]
pub use command::CommandConnector;
#[cfg(all(unix, feature = "supervisor"))]
pub(crate) use command::end_programs;
pub use files::files;
pub use send::{NAME as SEND_MESSAGE, is_ours as delivers_as_action, outgoing};
pub use subscribe::{Streams, subscribe};
pub use subscriber::{Topic, subscriber};
pub use template::template;

/// How long Puffer waits for `auth-ok` and `act` (30 s), less what it takes to end and to be read.
pub const PATIENCE: Duration = Duration::from_secs(25);

/// How long something on its way, such as a renewal of tokens, may hold an answer up that is there already. It is
/// less than those 30 s as well.
pub(crate) const LAST: Duration = Duration::from_secs(27);
