//! One writer at a time, whichever program it is in.

use std::fs::File;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};

use crate::{Error, Result};

/// A write takes milliseconds; whoever holds the lock for longer is stopped or stuck.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(5);

/// Locks a file against every other holder, until it is closed. `what` it is stands in an error.
///
/// # Errors
///
/// `unavailable` when another program doesn't let go of it.
pub(crate) fn exclusive(file: &File, what: &str, name: &str) -> Result<()> {
    wait(what, name, || FileExt::try_lock(file))
}

/// Locks a file against writers, until it is closed.
///
/// # Errors
///
/// As [`exclusive`].
pub(crate) fn shared(file: &File, what: &str, name: &str) -> Result<()> {
    wait(what, name, || FileExt::try_lock_shared(file))
}

/// Lets go of a file before it is closed.
#[cfg(feature = "host")]
pub(crate) fn release(file: &File) -> std::io::Result<()> {
    FileExt::unlock(file)
}

/// Asks again and again, since a lock that is waited for can't be given up.
fn wait(what: &str, name: &str, lock: impl Fn() -> Result<(), TryLockError>) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        match lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < end => sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::unavailable(format!(
                    "{what} is being written by another program, which doesn't come to an end; \
                     see who holds `{name}`"
                )));
            }
            Err(TryLockError::Error(error)) => {
                return Err(Error::setup(format!("can't lock `{name}`: {error}")));
            }
        }
    }
}
