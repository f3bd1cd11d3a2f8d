//! `mailbox`: a connector's messages as files in a seed-agent's folders, until a signal ends it.
//!
//! Like Puffer's commands it has no envelope: nobody reads its standard output, and its exit code tells the
//! agent's manager whether a restart can help.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::argument::Values;
use super::command::{Builtin, Command};
use super::ending::Ending;
use super::interrupt::Limit;
use super::observer::{Lines, Log};
use super::process::{Sink, say};
use super::scan::Scan;
use super::session::Session;
use super::show::clean_line;
use super::{interrupt, setting};
use crate::call::Connection;
use crate::platform::seed_agent::{self, Options};
use crate::{Error, Result};

/// How much longer than a call a mailbox may take to end after a signal: 5 s in all, with the 2 s that
/// `interrupt` waits.
const PARTING: Duration = Duration::from_secs(2);

/// How much longer it may take after a signal while tokens are being renewed, which would be lost: the agent's manager
/// kills it after 10 s.
#[cfg(feature = "oauth")]
const RENEWAL: Duration = Duration::from_secs(4);

/// Whether it was asked for, unless somebody wants to know what it does.
pub(super) fn asked(scan: &Scan<'_>) -> bool {
    scan.command == Some(Command::Builtin(Builtin::Mailbox)) && !scan.help && !scan.version
}

/// Runs it, and returns the number that the process ends with.
pub(super) fn run(session: &mut Session<'_>) -> u8 {
    let stderr = session.process.stderr_sink();
    let end = move |error: Error| std::process::exit(failed(&stderr, &error).into());
    session.ending = Some(Ending { end: Arc::new(end), last: None });
    // A panic's message may hold a credential, and the agent's manager keeps what standard error says.
    session.keep_panics(true);
    match serve(session).map_err(|error| setting::redactor(session.manifest, session.process).error(error)) {
        Ok(()) => 0,
        Err(error) => failed(&session.process.stderr_sink(), &error),
    }
}

fn failed(stderr: &Sink, error: &Error) -> u8 {
    say(stderr, &format!("error: {}: {}", error.kind().as_str(), clean_line(error.message())));
    seed_agent::exit_code(error.kind())
}

fn serve(session: &mut Session<'_>) -> Result<()> {
    if let Some(problem) = &session.scan.problem {
        return Err(Error::new(problem.kind(), problem.message().to_owned()));
    }
    let options = options(session)?;
    let connection = open(session, &options.instance)?;
    let stderr = session.process.stderr_sink();
    let log = Arc::new(Log(Lines(Arc::clone(&stderr))));
    let stop = CancellationToken::new();
    let runtime = crate::runtime::runtime()?;
    if session.process.owns_process {
        let end = move |error: Error| {
            thread::sleep(PARTING);
            say(&stderr, &format!("error: {}: the mailbox didn't stop in time", error.kind().as_str()));
            std::process::exit(seed_agent::exit_code(error.kind()).into());
        };
        // What it can't stop in time is as safe as from any crash.
        let _ = interrupt::watch(stop.clone(), Limit::default(), end).take(None);
    }
    #[cfg(feature = "oauth")]
    let told = stop.clone();
    let result = runtime.block_on(seed_agent::mailbox(Arc::new(connection), &options, log, stop));
    #[cfg(feature = "oauth")]
    runtime.block_on(async {
        tokio::select! {
            () = crate::oauth::renewed(interrupt::RENEWAL) => {}
            () = async { told.cancelled().await; tokio::time::sleep(RENEWAL).await } => {}
        }
    });
    runtime.shutdown_background();
    result
}

fn options(session: &mut Session<'_>) -> Result<Options> {
    let scan = session.scan;
    let mut values = Values::read(&scan.parameters, &scan.given, session.process)?;
    let (home, instance) = (values.text("home"), values.text("name"));
    let mut options = Options::new(home.unwrap_or_default(), instance.unwrap_or_default());
    for (name, place) in [("durable", &mut options.durable), ("resend", &mut options.resend)] {
        *place = match values.text(name).as_deref() {
            None => continue,
            Some("true") => true,
            Some("false") => false,
            Some(_) => return Err(Error::usage(format!("`--{name}` takes `true` or `false`"))),
        };
    }
    Ok(options)
}

/// Opens what is stored under the instance's name, unless another connection is named.
fn open(session: &Session<'_>, instance: &str) -> Result<Connection> {
    let Scan { workspace, config, set, connection, .. } = session.scan;
    let (workspace, config, set) = (workspace.clone(), config.clone(), set.clone());
    let scan = Scan { workspace, config, set, connection: connection.clone(), ..Scan::default() };
    #[cfg(feature = "credentials")]
    let scan = super::stored::preferring(session.manifest, scan, instance, session.process)?;
    let configuration = setting::read(session.manifest, &scan, session.process)?;
    Connection::open(instance, session.factory, configuration.settings()?)
}
