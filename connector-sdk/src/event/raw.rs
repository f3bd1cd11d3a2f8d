//! What a host gets of an event.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use super::names::{Names, place};
use crate::{Error, Result};

/// The most bytes of a payload. No host takes a line of that length.
pub(super) const MOST_PAYLOAD: usize = 1024 * 1024 * 1024;

/// An event as a host gets it, free of the connection's secrets.
///
/// Cheap to clone. As long as it or a clone of it is there, the memory of those that came together with it is: 64 KiB, or
/// its own payload where that is larger.
#[derive(Clone)]
pub struct RawEvent {
    pub(super) names: Names,
    /// The payloads of those that came together.
    payloads: Arc<Vec<u8>>,
    from: u32,
    to: u32,
}

impl RawEvent {
    pub(super) fn new(names: Names, payload: Vec<u8>) -> Self {
        let to = place(payload.len());
        Self { names, payloads: Arc::new(payload), from: 0, to }
    }

    /// One of those that came together, and the part of their payloads that is its own.
    pub(super) fn one(names: Names, payloads: &Arc<Vec<u8>>, from: u32, to: u32) -> Self {
        Self { names, payloads: Arc::clone(payloads), from, to }
    }

    /// What it is acknowledged by. Never empty.
    pub fn id(&self) -> &str {
        self.names.id()
    }

    /// Where to begin so that it and those before it don't come again.
    pub fn cursor(&self) -> &str {
        self.names.cursor()
    }

    /// What happened: JSON text in UTF-8.
    pub fn payload(&self) -> &[u8] {
        self.payloads.get(self.from as usize..self.to as usize).unwrap_or_default()
    }

    /// Reads what happened into a type.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`](crate::ErrorKind::Internal) when it is of another shape.
    pub fn parse<'de, T: Deserialize<'de>>(&'de self) -> Result<T> {
        serde_json::from_slice(self.payload())
            .map_err(|error| Error::internal(format!("the event has another shape: {error}")))
    }
}

impl PartialEq for RawEvent {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names && self.payload() == other.payload()
    }
}

impl Eq for RawEvent {}

impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawEvent")
            .field("id", &self.id())
            .field("cursor", &self.cursor())
            .field("payload", &String::from_utf8_lossy(self.payload()))
            .finish()
    }
}
