//! Signals on Unix: each becomes a byte in a pipe.

use std::io::{self, ErrorKind, Read as _};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

/// The signals that ask a process to end, from the moment that this is made.
pub(super) struct Signals(UnixStream);

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        let (reader, writer) = UnixStream::pair()?;
        for signal in [SIGTERM, SIGINT] {
            pipe::register(signal, writer.try_clone()?)?;
        }
        Ok(Self(reader))
    }

    /// Waits for one; false where the time is over before.
    pub(super) fn wait(&mut self, until: Option<Instant>) -> io::Result<bool> {
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(false);
            }
            self.0.set_read_timeout(left)?;
            match self.0.read(&mut [0]) {
                Ok(_) => return Ok(true),
                Err(error) if is_no_signal(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes no notice of those that came.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        self.0.set_nonblocking(true)?;
        while self.0.read(&mut [0; 64]).is_ok_and(|read| read > 0) {}
        self.0.set_nonblocking(false)
    }
}

/// Whether only the time is over (Unix says it as if it would block), or another signal came between.
fn is_no_signal(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use signal_hook::low_level::raise;

    use super::*;

    #[test]
    fn signals_are_heard_until_the_time_is_over() {
        let soon = || Instant::now().checked_add(Duration::from_millis(20));
        let mut signals = Signals::new().expect("a pipe");
        assert!(!signals.wait(soon()).expect("waited"), "none came");
        raise(SIGTERM).expect("sent");
        assert!(signals.wait(None).expect("waited"));
        raise(SIGINT).expect("sent");
        raise(SIGTERM).expect("sent");
        signals.forget().expect("forgotten");
        assert!(!signals.wait(soon()).expect("waited"), "those that came don't count");
        raise(SIGINT).expect("sent");
        assert!(signals.wait(soon()).expect("waited"));
    }
}
