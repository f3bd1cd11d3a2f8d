//! How a process ends that a call keeps from its own end: a method that blocks its thread, or a panic that
//! nobody can catch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::panic;
use super::process::Process;
use super::run::give_up;
use super::session::Session;
use crate::Error;

/// Ends the process, with the answer of its protocol where none was begun.
pub(super) type End = Arc<dyn Fn(Error) + Send + Sync>;

/// An end that differs from that of a command line.
#[derive(Clone)]
pub(super) struct Ending {
    pub(super) end: End,
    /// When nothing on its way is waited for any longer; none: nobody ends the process from outside.
    pub(super) last: Option<Instant>,
}

/// Whether the one answer of a process that a signal may end was begun.
static ANSWERED: AtomicBool = AtomicBool::new(false);

/// Takes the process's one answer; false where somebody else has.
pub(super) fn begin_answer() -> bool {
    !ANSWERED.swap(true, Ordering::AcqRel)
}

/// The same for whoever has the answer of a call. Where the process is being ended, its answer is given.
pub(super) fn claim_answer(process: &Process) {
    if process.owns_process && !begin_answer() {
        // A signal ends the process at this moment.
        thread::sleep(Duration::from_secs(5));
    }
}

impl Session<'_> {
    /// How the process ends where a call doesn't.
    pub(super) fn ending(&self) -> Ending {
        self.ending.clone().unwrap_or_else(|| Ending { end: Arc::new(give_up(self)), last: None })
    }

    /// Keeps what a panic says to this process. With `says_where` it says where one was.
    pub(super) fn keep_panics(&self, says_where: bool) {
        if self.process.owns_process {
            panic::install(says_where, self.process.stderr_sink(), self.ending().end);
        }
    }
}
