//! Keeps what a panic says away from the terminal: its message may hold a credential.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::process::Sink;
use crate::{Error, Result};

/// Replaces the hook of the whole process. With `verbose` it says where a panic was, and never why.
pub(super) fn install(verbose: bool, stderr: Sink) {
    std::panic::set_hook(Box::new(move |panic| {
        if let (true, Some(place)) = (verbose, panic.location()) {
            // Not waiting for the lock: it may be this very thread that holds it.
            if let Ok(mut stderr) = stderr.try_lock() {
                let _ = writeln!(stderr, "connector panicked at {}:{}", place.file(), place.line());
            }
        }
    }));
}

/// Runs the command line itself. The waist catches the panics of a connector; this is for our own.
pub(super) fn caught<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    // Nothing that the closure touched is used again but to write the answer.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(Error::internal("the command line panicked, which is a bug; `--verbose` says where"))
    })
}
