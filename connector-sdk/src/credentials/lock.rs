//! One writer at a time, whichever program it is in.

use std::fs::{File, TryLockError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{Error, Result};

/// A write takes milliseconds; whoever holds the lock for longer is stopped or stuck.
const PATIENCE: Duration = Duration::from_secs(5);
/// Whoever renews tokens waits for a service, which the HTTP client does for half a minute.
const PATIENCE_FOR_A_TURN: Duration = Duration::from_secs(45);
const PAUSE: Duration = Duration::from_millis(5);

/// Locks a file against every other holder, until it is closed. `what` it is stands in an error.
///
/// # Errors
///
/// `unavailable` when another program doesn't let go of it.
pub(crate) fn exclusive(file: &File, what: &str, name: &str) -> Result<()> {
    wait(PATIENCE, || stuck(what, name), name, || file.try_lock())
}

/// Locks a file against whoever else renews the tokens of a connection, until it is closed.
///
/// # Errors
///
/// As [`exclusive`].
pub(super) fn turn(file: &File, name: &str) -> Result<()> {
    let stuck = || {
        Error::unavailable(format!(
            "the tokens of this connection are being renewed by another program, which doesn't come to an end; see \
             who holds `{name}`"
        ))
    };
    wait(PATIENCE_FOR_A_TURN, stuck, name, || file.try_lock())
}

/// Locks a file against writers, until it is closed.
///
/// # Errors
///
/// As [`exclusive`].
pub(crate) fn shared(file: &File, what: &str, name: &str) -> Result<()> {
    wait(PATIENCE, || stuck(what, name), name, || file.try_lock_shared())
}

fn stuck(what: &str, name: &str) -> Error {
    Error::unavailable(format!(
        "{what} is being written by another program, which doesn't come to an end; see who holds `{name}`"
    ))
}

/// Asks for a lock again and again, since one that is waited for can't be given up.
///
/// # Errors
///
/// What `stuck` says when another program doesn't let go of it, `setup` when the file can't be locked.
pub(crate) fn wait(
    patience: Duration,
    stuck: impl Fn() -> Error,
    name: &str,
    lock: impl Fn() -> std::result::Result<(), TryLockError>,
) -> Result<()> {
    let end = Instant::now() + patience;
    loop {
        match lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < end => sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(stuck()),
            Err(TryLockError::Error(error)) => {
                return Err(Error::setup(format!("can't lock `{name}`: {error}")));
            }
        }
    }
}
