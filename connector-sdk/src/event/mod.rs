//! Events: what a connector tells without being asked.
//!
//! An `#[events]` method, or a [`Connector::events`](crate::Connector::events) written by hand, tells what
//! happened after a cursor. [`Connection::subscribe`](crate::call::Connection::subscribe) runs it for a
//! host: starts it again after an error, with growing waits, or after its return; keeps it from telling
//! more than a host can take; drops what comes twice; and knows the cursor that is safe to store.
//!
//! Delivery is **at least once**: the cursor that is stored is before the oldest event that the host
//! hasn't acknowledged, whatever order the acknowledgements come in. Inside one subscription an event
//! isn't sent twice while it is remembered, which it is until it and all before it are acknowledged and as many
//! more as the window holds. One that a method tells again after that is sent again.
//!
//! # Cursors
//!
//! A cursor is any type that serialises, and hosts store it as a text. A text stays the text that it is
//! unless it could be read as JSON; that, and whatever is no text, is compact JSON: `s72595_4483` is
//! stored as `s72595_4483`, the text `42` as `"42"`, the number as `42`. A stored cursor that can't be
//! read is an error and never the beginning.

mod backoff;
mod cursor;
mod emit;
mod emitter;
mod engine;
mod names;
mod places;
mod raw;
mod stream;
mod subscription;
#[cfg(test)]
mod tests;
mod window;

use std::sync::Arc;
use std::time::Duration;

pub use emit::{Event, Events, typed};
pub use emitter::{Acknowledgements, Emitter};
pub use raw::RawEvent;
#[cfg(feature = "seed-agent")]
pub(crate) use subscription::most_repeated;
pub use subscription::{Acknowledger, SubscribeOptions, Subscription};

use crate::ErrorKind;

/// What a host gets of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item {
    /// Something happened.
    Event(RawEvent),
    /// A cursor that may be stored although no event has it: nothing is outstanding, and what comes next
    /// is after it.
    Checkpoint(Arc<str>),
    /// The connector fares differently than before.
    Health(Health),
}

/// How a connector's events fare.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// They come, or would.
    Good,
    /// The method failed, and is started again by itself.
    Retrying {
        /// Why.
        failure: Failure,
        /// How long it will wait before it does.
        wait: Duration,
        /// How long it has failed already.
        lasting: Duration,
    },
    /// The method failed, and somebody has to do something before it can work: the credentials are refused,
    /// the settings are wrong, or the cursor isn't one of this connector.
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// Why a method failed, free of the connection's secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// What kind of failure it was.
    pub kind: ErrorKind,
    /// What happened, in words for people.
    pub message: String,
}

/// Whether starting the method again can't help.
pub(crate) const fn is_permanent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Auth | ErrorKind::Setup | ErrorKind::Usage | ErrorKind::Denied)
}
