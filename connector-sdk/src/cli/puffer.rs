//! `auth-ok`, `act`, `subscribe`, `subscriber` and `contacts`: what Puffer asks of a binary. It knows
//! neither envelopes nor the exit codes of a command line: an answer is one JSON value and the number 0.

use std::io::{self, Read as _, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::command::{Builtin, Command};
use super::ending::{Ending, begin_answer, claim_answer};
use super::observer::{Lines, Log};
use super::process::{MOST_INPUT, Sink, lock, say, too_large, unreadable, write};
use super::scan::Scan;
use super::session::Session;
use super::{panic, setting};
use crate::call::{Audit, Caller, Connection, Redactor};
use crate::manifest::{Manifest, Mode};
use crate::platform::{argentos, puffer};
use crate::{Context, Error, ErrorKind, Output, Result};

/// What an action is called of which nothing is known.
const ACTION: &str = "action";

/// What Puffer calls whoever calls.
const CALLER: &str = "puffer";

/// The command that Puffer asked for, unless somebody wants to know what it does.
pub(super) fn asked(scan: &Scan<'_>) -> Option<Builtin> {
    use Builtin::{Act, AuthOk, Contacts, Subscribe, Subscriber};
    match scan.command {
        Some(Command::Builtin(builtin @ (AuthOk | Act | Subscribe | Subscriber | Contacts)))
            if !scan.help && !scan.version =>
        {
            Some(builtin)
        }
        _ => None,
    }
}

/// Answers Puffer, and returns the number that the process ends with.
pub(super) fn run(session: &mut Session<'_>, builtin: Builtin) -> u8 {
    let kept = session.process.owns_process.then(|| session.process.keep_streams());
    if let Some(Err(error)) = &kept {
        let stderr = session.process.stderr_sink();
        say(&stderr, &format!("[warn] the process's streams can't be kept for the host alone: {error}"));
    }
    session.ending = Some(ending(session, builtin));
    // A panic's message may hold a credential, and the host keeps what standard error says.
    session.keep_panics(true);
    match builtin {
        Builtin::AuthOk => auth_ok(session),
        Builtin::Act => act(session),
        Builtin::Subscribe => stream(session, |session, streams| {
            puffer::subscribe(streams, |slug| Asked::of(session).open(session, slug, session.process))
        }),
        Builtin::Subscriber => stream(session, subscriber),
        _ => {
            let _ = drain(session);
            say(&session.process.stderr_sink(), "this connector has no contacts");
            argentos::exit_code(ErrorKind::Usage)
        }
    }
}

/// How the process ends that can't wait for a method: where there is an answer, the host reads it only with
/// the number 0.
fn ending(session: &Session<'_>, builtin: Builtin) -> Ending {
    let answer: Option<fn(&Error) -> Vec<u8>> = match builtin {
        Builtin::AuthOk => Some(|error| puffer::auth_ok(Err(error))),
        Builtin::Act => Some(|error| puffer::answer(ACTION, Err(error))),
        _ => None,
    };
    let (stdout, stderr) = (session.process.stdout_sink(), session.process.stderr_sink());
    let end = move |error: Error| {
        let code = match answer {
            Some(answer) if begin_answer() => write_answer(&stdout, &stderr, &answer(&error)),
            Some(_) => 0,
            None => failed(&stderr, &error),
        };
        std::process::exit(code.into());
    };
    Ending { end: Arc::new(end), last: session.started.checked_add(puffer::LAST) }
}

fn auth_ok(session: &mut Session<'_>) -> u8 {
    // Nothing is sent, and a host that doesn't close its end needn't be waited for.
    let (input, _) = session.process.conversation();
    let terminal = session.process.terminal.stdin;
    if !terminal {
        thread::spawn(move || io::copy(&mut *lock(&input), &mut io::sink()));
    }
    let health = panic::caught(|| {
        let words = words(session)?;
        let [slug] = words.as_slice() else { return Err(wrong("auth-ok CONNECTION")) };
        session.process.read_until(deadline(session));
        let connection = Asked::of(session).open(session, slug, session.process)?;
        let context = context(session);
        let (token, deadline) = (context.cancellation().clone(), context.deadline());
        session.wait(token, deadline, connection.health(context))?
    });
    let health = health.map_err(|error| redactor(session).error(error));
    if let Err(error) = &health {
        say(
            &session.process.stderr_sink(),
            &format!("{}: {}", error.kind().as_str(), one_line(error.message())),
        );
    }
    answer_with(session, &puffer::auth_ok(health.as_ref().copied()))
}

fn act(session: &mut Session<'_>) -> u8 {
    // All of it, before anything is decided: the host gives up when it can't write.
    let stdin = drain(session);
    let mut name = ACTION.to_owned();
    let result = panic::caught(|| {
        let words = words(session)?;
        let [slug, action] = words.as_slice() else { return Err(wrong("act CONNECTION ACTION")) };
        name.clone_from(action);
        let stdin = stdin?;
        session.process.read_until(deadline(session));
        let connection = Asked::of(session).open(session, slug, session.process)?;
        let audit: Arc<dyn Audit> = Arc::new(Lines(session.process.stderr_sink()));
        let connection = connection.with_audit(audit);
        let context = context(session);
        let (token, deadline) = (context.cancellation().clone(), context.deadline());
        session.wait(token, deadline, perform(&connection, action, &stdin, context))?
    });
    let result = result.map_err(|error| redactor(session).error(error));
    answer_with(session, &puffer::answer(&name, result.as_ref()))
}

async fn perform(connection: &Connection, name: &str, stdin: &[u8], context: Context) -> Result<Output> {
    // The host's gate has asked whoever it asks.
    let caller = Caller::new(CALLER, Mode::Admin).without_asking();
    let manifest = connection.manifest();
    if name == puffer::SEND_MESSAGE && puffer::delivers_as_action(manifest) {
        let message = puffer::outgoing(&puffer::input(None, stdin)?)?;
        return Output::serialize(&connection.send(&message, &caller, context).await?);
    }
    let input = puffer::input(manifest.action(name), stdin)?;
    connection.call(name, &input, &caller, context).await
}

/// A stream of lines on standard output.
fn stream(
    session: &mut Session<'_>,
    serve: impl FnOnce(&mut Session<'_>, puffer::Streams) -> Result<()>,
) -> u8 {
    let (input, _) = session.process.conversation();
    let closed = CancellationToken::new();
    // A keyring may let whoever opens a connection wait for longer than the host does.
    session.process.read_while_wanted(closed.clone());
    let streams = puffer::Streams {
        input: Box::new(Reader(input)),
        output: Box::new(Writer(session.process.stdout_sink())),
        log: Arc::new(Log(Lines(session.process.stderr_sink()))),
        closed,
    };
    match serve(session, streams).map_err(|error| redactor(session).error(error)) {
        Ok(()) => 0,
        Err(error) => failed(&session.process.stderr_sink(), &error),
    }
}

/// Says why a stream ended.
fn failed(stderr: &Sink, error: &Error) -> u8 {
    say(stderr, &format!("error: {}", one_line(error.message())));
    argentos::exit_code(error.kind())
}

fn subscriber(session: &mut Session<'_>, streams: puffer::Streams) -> Result<()> {
    let variable = |name: &str| session.process.variable(name);
    let topic = variable("PUFFER_SKILL_TOPIC").map(|topic| topic.to_string_lossy().into_owned());
    let Some(state) = variable("PUFFER_SKILL_STATE_DIR").map(PathBuf::from) else {
        return Err(Error::setup(
            "PUFFER_SKILL_STATE_DIR is not set; it names the folder that cursors are kept in",
        ));
    };
    let topic = puffer::Topic { name: topic.unwrap_or_default(), state };
    let slug = variable("PUFFER_SKILL_ID")
        .map_or_else(|| "default".to_owned(), |id| id.to_string_lossy().into_owned());
    puffer::subscriber(streams, &topic, || Asked::of(session).open(session, &slug, session.process))
}

/// What the command line says besides the command.
struct Asked<'m> {
    manifest: &'m Manifest,
    scan: Scan<'m>,
}

impl<'m> Asked<'m> {
    fn of(session: &Session<'m>) -> Self {
        let Scan { workspace, config, set, .. } = session.scan;
        let (workspace, config, set) = (workspace.clone(), config.clone(), set.clone());
        Self { manifest: session.manifest, scan: Scan { workspace, config, set, ..Scan::default() } }
    }

    /// Opens the connection of a slug.
    fn open(mut self, session: &Session<'_>, slug: &str, process: &super::Process) -> Result<Connection> {
        if slug.is_empty() {
            return Err(Error::usage("the host names no connection"));
        }
        self.scan.connection = Some(slug.to_owned());
        #[cfg(feature = "credentials")]
        if !self.manifest.settings.is_empty() || !self.manifest.credentials.is_empty() {
            // What is stored under the name and nothing else: a variable of whoever started the host would
            // be the same for all its connections.
            let connect = format!("{} connect {slug}", process.program);
            let configuration = super::stored::only(self.manifest, &self.scan, process, &connect)?;
            return Connection::open(slug, session.factory, configuration.settings()?);
        }
        self.scan.connection = None;
        let configuration = setting::read(self.manifest, &self.scan, process)?;
        Connection::open(slug, session.factory, configuration.settings()?)
    }
}

/// The words after the command.
fn words(session: &Session<'_>) -> Result<Vec<String>> {
    if let Some(problem) = &session.scan.problem {
        return Err(Error::new(problem.kind(), problem.message().to_owned()));
    }
    Ok(session.scan.given.iter().filter_map(|given| given.value.clone()).collect())
}

fn wrong(usage: &str) -> Error {
    Error::usage(format!("the command line is `{usage}`"))
}

/// When it has to be over, before the host kills the process: what it says then would be lost.
fn deadline(session: &Session<'_>) -> Option<Instant> {
    session.started.checked_add(puffer::PATIENCE)
}

fn context(session: &Session<'_>) -> Context {
    let context = session.context(deadline(session));
    context.with_caller(CALLER).with_observer(Arc::new(Lines(session.process.stderr_sink())))
}

/// Reads standard input to its end, also where it is too much to keep.
fn drain(session: &Session<'_>) -> Result<Vec<u8>> {
    let (input, _) = session.process.conversation();
    let mut input = lock(&input);
    let mut kept = Vec::new();
    let read = (&mut *input).take(MOST_INPUT + 1).read_to_end(&mut kept);
    let read = read.and_then(|_| io::copy(&mut *input, &mut io::sink()));
    match read {
        Ok(_) if kept.len() as u64 <= MOST_INPUT => Ok(kept),
        Ok(_) => Err(too_large()),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Writes the one answer.
fn answer_with(session: &Session<'_>, line: &[u8]) -> u8 {
    claim_answer(session.process);
    write_answer(&session.process.stdout_sink(), &session.process.stderr_sink(), line)
}

fn write_answer(stdout: &Sink, stderr: &Sink, line: &[u8]) -> u8 {
    match write(stdout, line) {
        Ok(()) => 0,
        Err(error) => {
            say(stderr, &format!("error: the answer can't be written to standard output: {error}"));
            argentos::exit_code(ErrorKind::Internal)
        }
    }
}

fn redactor(session: &Session<'_>) -> Redactor {
    setting::redactor(session.manifest, session.process)
}

/// A line stays one.
fn one_line(text: &str) -> String {
    super::show::clean_line(text)
}

/// The host's lines, of which nobody else reads any.
struct Reader(super::process::Input);

impl io::Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        lock(&self.0).read(into)
    }
}

/// Frames, of which nobody else writes any.
struct Writer(Sink);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        lock(&self.0).flush()
    }
}

#[cfg(test)]
mod tests;
