//! Keeps the streams of a process for its protocol alone.
//!
//! A host waits until nobody holds the other end of standard output and standard error, and a process that
//! a connector starts holds what it inherits, for as long as it lives. Whatever such a process or the
//! connector itself prints would be taken for an answer, and bytes that are no text would end the host's
//! reading of standard error. So file descriptors 1 and 2 become a pipe of our own, of which the text goes
//! to the real standard error, and 0 is empty.

use std::fs::File;
use std::io::{self, PipeReader, Read as _, Write as _};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout, stderr, stdin, stdout};

use super::process::{Sink, write};

/// How long the last that was printed may take to its place.
const PATIENCE: Duration = Duration::from_millis(250);

/// The streams that the protocol has to itself.
pub(super) struct Kept {
    pub(super) stdin: File,
    pub(super) stdout: File,
    pub(super) stderr: File,
    printed: PipeReader,
}

impl Kept {
    /// Takes the streams of this process. Those that it leaves there are inherited; its own are not.
    pub(super) fn take() -> io::Result<Self> {
        let kept = |fd| fcntl_dupfd_cloexec(fd, 3).map(File::from);
        let (stdin, stdout, stderr) = (kept(stdin())?, kept(stdout())?, kept(stderr())?);
        let (printed, print) = io::pipe()?;
        dup2_stdin(File::open("/dev/null")?)?;
        dup2_stdout(&print)?;
        dup2_stderr(&print)?;
        Ok(Self { stdin, stdout, stderr, printed })
    }

    /// Sends what is printed to standard error, until the returned value is dropped.
    pub(super) fn forward(mut printed: PipeReader, stderr: Sink) -> Forwarding {
        let (done, over): (Sender<()>, _) = channel();
        thread::spawn(move || {
            let _done = done;
            let mut text = Utf8::default();
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = printed.read(&mut bytes) {
                let _ = write(&stderr, text.next(&bytes[..read]).as_bytes());
            }
        });
        Forwarding(over)
    }

    /// The streams, and what forwards what is printed.
    pub(super) fn split(self) -> (File, File, File, PipeReader) {
        (self.stdin, self.stdout, self.stderr, self.printed)
    }
}

/// Ends with the process, or with what it printed.
pub(super) struct Forwarding(Receiver<()>);

impl Drop for Forwarding {
    fn drop(&mut self) {
        let _ = io::stdout().flush();
        // Without our own ends the pipe is over, unless somebody inherited it.
        let Ok(nothing) = File::options().write(true).open("/dev/null") else { return };
        if dup2_stdout(&nothing).is_ok() && dup2_stderr(&nothing).is_ok() {
            let _ = self.0.recv_timeout(PATIENCE);
        }
    }
}

/// Makes text of bytes that come in pieces.
#[derive(Default)]
struct Utf8(Vec<u8>);

impl Utf8 {
    fn next(&mut self, bytes: &[u8]) -> String {
        self.0.extend_from_slice(bytes);
        // A letter may be cut; what can't be the beginning of one is nothing.
        let whole = match std::str::from_utf8(&self.0) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => match self.0.utf8_chunks().last().map(|last| last.invalid()) {
                Some(cut) if !cut.is_empty() && is_begun(cut) => self.0.len() - cut.len(),
                _ => self.0.len(),
            },
        };
        let rest = self.0.split_off(whole);
        let text = String::from_utf8_lossy(&self.0).into_owned();
        self.0 = rest;
        text
    }
}

/// Whether more bytes could make a letter of it.
fn is_begun(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_however_it_is_cut() {
        let bytes = "aä€😀".as_bytes();
        for size in 1..=bytes.len() {
            let mut text = Utf8::default();
            let pieces: String = bytes.chunks(size).map(|piece| text.next(piece)).collect();
            assert_eq!(pieces, "aä€😀", "in pieces of {size}");
        }
        let mut text = Utf8::default();
        assert_eq!(text.next(b"a\xffb\xc3"), "a\u{fffd}b");
        assert_eq!(text.next(b"\xa4"), "ä");
        assert_eq!(text.next(b"\xf0\x9fx"), "\u{fffd}x");
    }
}
