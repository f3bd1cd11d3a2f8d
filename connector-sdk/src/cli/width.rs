//! How wide the terminal is.
//!
//! Asking the kernel takes a call that safe Rust has no name for, and the crates that have one are as
//! large as all else that the command line needs. `stty` is on every Unix and is asked only when a
//! person is about to read a table.

use std::process::{Command, Stdio};

/// What terminals were, and what is left to assume.
pub(super) const ASSUMED: usize = 80;

/// The columns of the terminal on standard input, or of the one that this process belongs to.
pub(super) fn of_terminal(stdin_is_terminal: bool) -> Option<usize> {
    if cfg!(not(unix)) {
        return None;
    }
    let stdin = match stdin_is_terminal {
        true => Stdio::inherit(),
        false => std::fs::File::open("/dev/tty").ok()?.into(),
    };
    let size = Command::new("stty").arg("size").stdin(stdin).stderr(Stdio::null()).output().ok()?;
    let columns = std::str::from_utf8(&size.stdout).ok()?.split_whitespace().nth(1)?.parse().ok()?;
    (columns > 0).then_some(columns)
}
