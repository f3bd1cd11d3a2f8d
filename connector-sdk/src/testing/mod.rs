//! What the tests of a connector use: a recording in place of the service, or a server that misbehaves.
//!
//! - [`Cassette`] records what a connector and its service said to each other, without secrets, and replays
//!   it without the service.
//! - [`server`] answers as services do on a bad day: too many requests, cut bodies, answers without end.

#[cfg(feature = "testing")]
mod cassette;
pub mod server;

#[cfg(feature = "testing")]
pub use cassette::Cassette;
#[cfg(feature = "testing")]
pub(crate) use cassette::{Tape, current};
