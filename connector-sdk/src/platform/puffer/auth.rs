//! `auth-ok`: whether a connection may be used (contract 1.4).

use serde::Serialize;

use crate::{Error, ErrorKind, Result};

#[derive(Serialize)]
struct Answer<'a> {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// The answer to `auth-ok`, one line.
///
/// It is about the credentials. Puffer shuts down the stream of a connection of which this says no, so a
/// service that can't be reached for a while is no reason to: the stream itself waits for it.
pub fn auth_ok(health: Result<(), &Error>) -> Vec<u8> {
    let (ok, error) = match health {
        Ok(()) => (true, None),
        Err(error) => (is_passing(error.kind()), Some(error.message())),
    };
    // A bool and a text can always be written.
    let mut line = serde_json::to_vec(&Answer { ok, error }).unwrap_or_default();
    line.push(b'\n');
    line
}

/// Whether it says nothing of the credentials and may be over when the stream begins.
fn is_passing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Upstream | ErrorKind::Cancelled
    )
}
