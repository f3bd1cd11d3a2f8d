//! What a command line reaches of the world outside: arguments, environment, streams.
//!
//! It is a value and not a set of globals, so that a test runs the whole command line in process.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::completions::posix;
use super::handover::handover;
use super::show::clean_line;
use super::width;
use crate::{Error, Result, Secret};

/// The most that is read from standard input.
pub(super) const MOST_INPUT: u64 = 16 * 1024 * 1024;

type Environment = Box<dyn Fn(&str) -> Option<OsString> + Send + Sync>;
pub(super) type Input = Arc<Mutex<Box<dyn BufRead + Send>>>;
/// Credentials that no answer may show.
pub(super) type Secrets = Arc<Mutex<Vec<Secret>>>;
pub(super) type Sink = Arc<Mutex<Box<dyn Write + Send>>>;

/// A command line and its surroundings.
///
/// [`Process::current`] is the real one. [`Process::new`] has nothing around it: no environment, an
/// empty standard input, and outputs that lead nowhere until a test says where.
pub struct Process {
    pub(super) program: String,
    /// The connector that the command line of a host is about; none: the program is a connector's own.
    pub(super) serves: Option<Served>,
    pub(super) arguments: Vec<OsString>,
    pub(super) executable: Option<PathBuf>,
    pub(super) terminal: Terminal,
    /// Whether signals and panics of the whole process are this command line's to handle.
    pub(super) owns_process: bool,
    environment: Environment,
    stdin: Input,
    stdin_taken: bool,
    read_until: Option<Instant>,
    /// Is cancelled when nobody wants any more what is read.
    unwanted: Option<CancellationToken>,
    /// Credentials that are not the environment's and that no answer may show.
    secrets: Secrets,
    stdout: Sink,
    stderr: Sink,
    answers_on_stderr: bool,
}

/// What a host's command line is about, as somebody would have to write it again.
#[derive(Clone, Debug, Default)]
pub(super) struct Served {
    pub(super) connector: String,
    /// The `--connectors` that it was found by.
    pub(super) folder: Option<OsString>,
    pub(super) workspace: Option<String>,
}

/// Which streams lead to a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Terminal {
    /// Standard input is typed.
    pub stdin: bool,
    /// Standard output is read on a screen.
    pub stdout: bool,
    /// Standard error is read on a screen.
    pub stderr: bool,
}

impl Terminal {
    /// All three streams are a terminal's.
    pub const fn all() -> Self {
        Self { stdin: true, stdout: true, stderr: true }
    }
}

impl Process {
    /// A command line without surroundings; `arguments` are those after the program's name.
    pub fn new<A: Into<OsString>>(
        program: impl Into<String>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            program: program.into(),
            serves: None,
            arguments: arguments.into_iter().map(Into::into).collect(),
            executable: None,
            terminal: Terminal::default(),
            owns_process: false,
            environment: Box::new(|_| None),
            stdin: shared(Box::new(BufReader::new(io::empty()))),
            stdin_taken: false,
            read_until: None,
            unwanted: None,
            secrets: Secrets::default(),
            stdout: shared(Box::new(io::sink())),
            stderr: shared(Box::new(io::sink())),
            answers_on_stderr: false,
        }
    }

    /// The process that this is.
    pub fn current() -> Self {
        let mut arguments = std::env::args_os();
        let program = arguments.next().map(PathBuf::from).unwrap_or_default();
        let program = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let terminal = Terminal {
            stdin: io::stdin().is_terminal(),
            stdout: io::stdout().is_terminal(),
            stderr: io::stderr().is_terminal(),
        };
        let mut process = Self::new(program, arguments)
            .environment(|name| std::env::var_os(name))
            .stdin(io::stdin())
            .stdout(io::stdout())
            .stderr(io::stderr())
            .terminal(terminal);
        process.executable = std::env::current_exe().ok();
        process.owns_process = true;
        process
    }

    /// Where environment variables are looked up.
    #[must_use]
    pub fn environment(mut self, lookup: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        self.environment = Box::new(lookup);
        self
    }

    /// What standard input holds.
    #[must_use]
    pub fn stdin(mut self, input: impl Read + Send + 'static) -> Self {
        self.stdin = shared(Box::new(BufReader::new(input)));
        self
    }

    /// Where answers go.
    #[must_use]
    pub fn stdout(mut self, output: impl Write + Send + 'static) -> Self {
        self.stdout = shared(Box::new(output));
        self
    }

    /// Where logs, questions and errors for people go.
    #[must_use]
    pub fn stderr(mut self, output: impl Write + Send + 'static) -> Self {
        self.stderr = shared(Box::new(output));
        self
    }

    /// Which streams lead to a person.
    #[must_use]
    pub fn terminal(mut self, terminal: Terminal) -> Self {
        self.terminal = terminal;
        self
    }

    /// The file that holds this program, for a manifest that names it.
    #[must_use]
    pub fn executable(mut self, path: impl AsRef<Path>) -> Self {
        self.executable = Some(path.as_ref().to_owned());
        self
    }

    /// How somebody writes a built-in command: `notes connect`, `host connect notes`.
    pub(super) fn spelled(&self, builtin: &str) -> String {
        let text = self.before_workspace(builtin);
        match self.serves.as_ref().and_then(|served| served.workspace.as_ref()) {
            Some(workspace) => format!("{text} --workspace {}", word(workspace)),
            None => text,
        }
    }

    /// What somebody writes before an action: `notes`, `host call notes`.
    pub(super) fn caller(&self) -> String {
        match &self.serves {
            None => self.program.clone(),
            Some(_) => self.before_workspace("call"),
        }
    }

    fn before_workspace(&self, builtin: &str) -> String {
        let program = &self.program;
        match &self.serves {
            None => format!("{program} {builtin}"),
            Some(Served { connector, folder: None, .. }) => format!("{program} {builtin} {connector}"),
            Some(Served { connector, folder: Some(folder), .. }) => {
                format!("{program} --connectors {} {builtin} {connector}", word(&folder.to_string_lossy()))
            }
        }
    }

    /// An environment variable; an empty one is the same as none.
    pub(super) fn variable(&self, name: &str) -> Option<OsString> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }

    /// Keeps a credential out of whatever is written from now on.
    #[cfg(feature = "credentials")]
    pub(super) fn remember(&self, secret: &Secret) {
        lock(&self.secrets).push(secret.clone());
    }

    /// Where credentials are remembered that come while something runs.
    #[cfg(all(feature = "credentials", feature = "oauth"))]
    pub(super) fn memory(&self) -> Secrets {
        Arc::clone(&self.secrets)
    }

    /// What was [remembered](Self::remember).
    pub(super) fn secrets(&self) -> Vec<Secret> {
        lock(&self.secrets).clone()
    }

    /// Until when everything must be read.
    pub(super) fn read_until(&mut self, deadline: Option<Instant>) {
        self.read_until = deadline;
    }

    /// Has what is read be wanted until that is cancelled.
    #[cfg(feature = "puffer")]
    pub(super) fn read_while_wanted(&mut self, unwanted: CancellationToken) {
        self.unwanted = Some(unwanted);
    }

    /// Reads something that may never end.
    ///
    /// # Errors
    ///
    /// `cancelled` when the time is over, or nobody wants it any more. What reads then goes on until the
    /// process ends, since nothing can stop it.
    pub(super) fn in_time<T: Send + 'static>(
        &self,
        what: &str,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        if self.read_until.is_none() && self.unwanted.is_none() {
            return Ok(read());
        }
        let (giver, taker) = handover();
        std::thread::spawn(move || giver.give(read()));
        let read = match &self.unwanted {
            Some(unwanted) => taker.take_unless(unwanted, self.read_until),
            None => taker.take(self.read_until),
        };
        read.ok_or_else(|| Error::cancelled(format!("the time was over before {what} came to its end")))
    }

    /// Reads all of standard input as text, once.
    pub(super) fn read_stdin(&mut self) -> Result<String> {
        if std::mem::replace(&mut self.stdin_taken, true) {
            return Err(Error::usage("standard input can be read once, so only one value can be `-`"));
        }
        let stdin = Arc::clone(&self.stdin);
        let bytes = self
            .in_time("standard input", move || {
                let mut bytes = Vec::new();
                lock(&stdin).by_ref().take(MOST_INPUT + 1).read_to_end(&mut bytes).map(|_| bytes)
            })?
            .map_err(|error| unreadable(&error))?;
        if bytes.len() as u64 > MOST_INPUT {
            return Err(too_large());
        }
        let mut text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Error::usage(format!("standard input is not UTF-8 text: the byte at position {at} is invalid"))
        })?;
        // Some programs begin all text with a mark that says so. It is none of the text.
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        Ok(text)
    }

    /// What asks a person, and hears the answer.
    pub(super) fn conversation(&self) -> (Input, Sink) {
        (Arc::clone(&self.stdin), Arc::clone(&self.stderr))
    }

    /// Has the process's streams for itself, until what is returned is dropped.
    #[cfg(all(feature = "puffer", unix))]
    pub(super) fn keep_streams(&mut self) -> io::Result<super::streams::Forwarding> {
        use super::streams::Kept;
        let (stdin, stdout, stderr, printed) = Kept::take()?.split();
        self.stdin = shared(Box::new(BufReader::new(stdin)));
        self.stdout = shared(Box::new(stdout));
        self.stderr = shared(Box::new(stderr));
        Ok(Kept::forward(printed, self.stderr_sink()))
    }

    /// Elsewhere processes inherit only what they are given.
    #[cfg(all(feature = "puffer", not(unix)))]
    pub(super) fn keep_streams(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Leaves standard output to a stream, in which an answer would be one line too many.
    #[cfg(feature = "supervisor")]
    pub(super) fn answer_on_stderr(&mut self) {
        self.answers_on_stderr = true;
    }

    /// Where the one answer goes.
    pub(super) fn answer_sink(&self) -> Sink {
        if self.answers_on_stderr { self.stderr_sink() } else { self.stdout_sink() }
    }

    pub(super) fn stdout_sink(&self) -> Sink {
        Arc::clone(&self.stdout)
    }

    pub(super) fn stderr_sink(&self) -> Sink {
        Arc::clone(&self.stderr)
    }

    /// Whether somebody can be asked.
    pub(super) fn can_ask(&self) -> bool {
        self.terminal.stdin && self.terminal.stderr
    }

    /// How wide what people read may be; none: as wide as it is.
    pub(super) fn columns(&self) -> Option<usize> {
        if !self.terminal.stdout {
            return None;
        }
        let told = self.variable("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok());
        let asked = || if self.owns_process { width::of_terminal(self.terminal.stdin) } else { None };
        Some(told.filter(|columns| *columns > 0).or_else(asked).unwrap_or(width::ASSUMED))
    }

    /// Whether a stream that `is_terminal` may be coloured (<https://no-color.org>).
    pub(super) fn colour(&self, is_terminal: bool) -> bool {
        is_terminal
            && self.variable("NO_COLOR").is_none()
            && self.variable("TERM").is_none_or(|term| term != "dumb")
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Arguments and environment may hold what nobody should see.
        f.debug_struct("Process").field("program", &self.program).finish_non_exhaustive()
    }
}

pub(super) fn unreadable(error: &io::Error) -> Error {
    Error::usage(format!("standard input can't be read: {error}"))
}

pub(super) fn too_large() -> Error {
    Error::usage("standard input is larger than 16 MiB; send less")
}

/// Writes all of it and makes sure that it went out.
pub(super) fn write(sink: &Sink, bytes: &[u8]) -> io::Result<()> {
    let mut sink = lock(sink);
    sink.write_all(bytes)?;
    sink.flush()
}

/// A line on standard error. There is nobody left to tell when that fails.
pub(super) fn say(sink: &Sink, line: &str) {
    let _ = write(sink, format!("{line}\n").as_bytes());
}

/// A stream stays usable when whoever held it panicked: bytes have no state to break.
pub(super) fn lock<T: ?Sized>(stream: &Mutex<T>) -> MutexGuard<'_, T> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shared<T>(stream: T) -> Arc<Mutex<T>> {
    Arc::new(Mutex::new(stream))
}

/// A word as somebody writes it in a shell.
pub(super) fn word(word: &str) -> String {
    let is_plain = |letter: char| {
        letter.is_alphanumeric() || "-._/:@+".contains(letter) || (cfg!(windows) && letter == '\\')
    };
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => posix(&clean_line(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn read(bytes: impl Read + Send + 'static) -> Result<String> {
        Process::new("notes", [""; 0]).stdin(bytes).read_stdin()
    }

    #[test]
    fn standard_input_has_limits() {
        let most = usize::try_from(MOST_INPUT).expect("fits");
        let full = read(io::repeat(b'a').take(MOST_INPUT)).expect("just enough");
        assert_eq!(full.len(), most);
        let over = read(io::repeat(b'a')).expect_err("endless");
        assert_eq!(
            (over.kind(), over.message()),
            (ErrorKind::Usage, "standard input is larger than 16 MiB; send less")
        );
        let broken = read(&b"ok\xff"[..]).expect_err("not UTF-8");
        assert_eq!(broken.kind(), ErrorKind::Usage);
        assert!(broken.message().contains("position 2"), "{broken}");
        assert_eq!(read(&b"\xef\xbb\xbf{}"[..]).expect("text with a mark"), "{}");
    }

    #[test]
    fn what_never_ends_is_given_up_when_the_time_is_over() {
        let (reader, _writer) = io::pipe().expect("a pipe");
        let mut process = Process::new("notes", [""; 0]).stdin(reader);
        process.read_until(Instant::now().checked_add(std::time::Duration::from_millis(20)));
        let error = process.read_stdin().expect_err("nobody writes");
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert_eq!(error.message(), "the time was over before standard input came to its end");
    }

    #[test]
    fn standard_input_is_read_once() {
        let mut process = Process::new("notes", [""; 0]).stdin(&b"text"[..]);
        assert_eq!(process.read_stdin().expect("first"), "text");
        assert_eq!(process.read_stdin().expect_err("second").kind(), ErrorKind::Usage);
    }

    #[test]
    fn colour_is_for_terminals_that_want_it() {
        let process = |set: &'static str| {
            Process::new("x", [""; 0]).environment(move |name| (name == set).then(|| "1".into()))
        };
        assert!(process("").colour(true));
        assert!(!process("").colour(false));
        assert!(!process("NO_COLOR").colour(true));
    }
}
