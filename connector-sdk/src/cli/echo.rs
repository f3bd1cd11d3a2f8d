//! Typing that is not shown.

use super::process::Process;
use crate::{Error, Result};

/// While it lives, a terminal doesn't show what is typed. Whatever ends the question brings it back.
pub(super) struct Hidden {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Hidden {
    /// Hides what is typed on the terminal of a process. Where streams only stand for a terminal, in a test,
    /// there is nothing to hide.
    ///
    /// # Errors
    ///
    /// `setup` where it can't be hidden: a credential isn't asked for then.
    #[cfg(unix)]
    pub(super) fn of(process: &Process) -> Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        if !process.owns_process {
            return Ok(Self { before: None });
        }
        let before = tcgetattr(std::io::stdin()).map_err(|_| shown())?;
        let mut hidden = before.clone();
        // Lines and signals stay as they are, so that Ctrl-C ends the question.
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(std::io::stdin(), OptionalActions::Now, &hidden).map_err(|_| shown())?;
        Ok(Self { before: Some(before) })
    }

    /// No terminal can be told to hide anything here.
    #[cfg(not(unix))]
    pub(super) fn of(process: &Process) -> Result<Self> {
        if process.owns_process { Err(shown()) } else { Ok(Self {}) }
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(before) = &self.before {
            use rustix::termios::{OptionalActions, tcsetattr};
            // A terminal that is gone shows nothing.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}

#[cold]
fn shown() -> Error {
    Error::setup(
        "this terminal would show a credential that is typed; set its environment variable, or use `--stdin`",
    )
}
