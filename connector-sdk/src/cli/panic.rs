//! Keeps what a panic says away from the terminal: its message may hold a credential.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};

use super::ending::End;
use super::process::Sink;
use crate::{Error, Result};

/// Replaces the hook of the whole process. With `says_where` it says where a panic was, and never why.
/// `end` is called for a panic that nobody can catch, and has to end the process.
pub(super) fn install(says_where: bool, stderr: Sink, end: End) {
    std::panic::set_hook(Box::new(move |panic| {
        if let (true, Some(place)) = (says_where, panic.location()) {
            // Not waiting for the lock: it may be this very thread that holds it.
            if let Ok(mut stderr) = stderr.try_lock() {
                let _ = writeln!(stderr, "connector panicked at {}:{}", place.file(), place.line());
            }
        }
        if cfg!(panic = "abort") || is_second(panic) {
            end(Error::internal("the connector panicked, and the process can't go on after it"));
        }
    }));
}

/// Whether a destructor panicked while another panic unwound its thread, for which std aborts. What it
/// says is all that tells: `PanicHookInfo::can_unwind` is unstable (rust-lang/rust#92988).
fn is_second(panic: &PanicHookInfo<'_>) -> bool {
    panic.payload().downcast_ref::<&str>() == Some(&"panic in a destructor during cleanup")
}

/// Runs the command line itself. The waist catches the panics of a connector; this is for our own.
pub(super) fn caught<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    // Nothing that the closure touched is used again but to write the answer.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(Error::internal("the command line panicked, which is a bug; `--verbose` says where"))
    })
}
