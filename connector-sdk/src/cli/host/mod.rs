//! The command line of a host: its own commands, and those that it hands to one of its connectors.
//!
//! A connector's part is run by the code of a connector's own binary, with the [`Rules`] of a host: a call that
//! wants approval needs `--yes` where there is nobody to ask, and whatever is called leaves a line in the
//! audit trail, also what is refused before there is a connection.

mod commands;
mod help;
mod line;
mod own;
mod status;
#[cfg(feature = "supervisor")]
mod supervise;
#[cfg(test)]
mod tests;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use self::commands::{HostCommand, Kind};
use self::line::Line;
use super::command::{Builtin, Command};
use super::process::{Process, Served, say};
use super::rules::Rules;
use super::run::{Report, as_process, attempt};
use super::scan::{Scan, scan_action, scan_builtin};
use super::session::{self, Ready, Session};
use super::{setting, stored};
use crate::call::{Audit, Decision};
use crate::credentials::{Address, Store as _};
use crate::host::{AuditFile, Builder, Entry, Event, Host, Recorder, Subject, is_called};
use crate::manifest::Manifest;
use crate::similar::{excerpt, listed, nearest};
use crate::{Connector, Error, ErrorKind, Factory, Result, Settings};

/// Who calls, in the audit trail.
const CALLER: &str = "command line";

/// Runs the command line of the process, for a program's `main`.
pub fn main(builder: Builder) -> ExitCode {
    as_process(|process| run(builder, process))
}

/// Runs one command line and returns the number that the process ends with.
///
/// ```
/// use connector_sdk::cli::Process;
/// use connector_sdk::host::{Host, run};
///
/// assert_eq!(run(Host::builder(), Process::new("host", ["list", "--json"])), 0);
/// ```
pub fn run(builder: Builder, process: Process) -> u8 {
    let started = Instant::now();
    let line = Line::read(&process.arguments);
    let builder = match &line.folder {
        Some(folder) => builder.existing_folder(folder),
        None => builder,
    };
    let host = builder.build();
    let called = match (&host, line.command) {
        (Ok(host), Some(command)) if line.problem.is_none() && !command.kind.is_own() => {
            line.connector.as_deref().map(|connector| (command, host.find(connector)))
        }
        _ => None,
    };
    match called {
        Some((command, Ok(entry))) => connector(command, entry, &line, process, started),
        Some((command, Err(error))) => match stored_only(command, &line, &process) {
            Ok(Some(entry)) => connector(command, &entry, &line, process, started),
            Ok(None) => own(Err(error), &line, process, started),
            Err(unread) => own(Err(unread), &line, process, started),
        },
        None => own(host, &line, process, started),
    }
}

/// In the place of a connector that the host doesn't have: where something is stored of it, it can be forgotten.
fn stored_only(command: &HostCommand, line: &Line, process: &Process) -> Result<Option<Entry>> {
    let (Kind::Builtin(Builtin::Disconnect), Some(id)) = (command.kind, &line.connector) else {
        return Ok(None);
    };
    let Some(store) = stored::store(process) else { return Ok(None) };
    let listed = process.in_time("the credential store", move || store.list())??;
    let stored = listed.iter().map(|(address, _)| address.connector()).find(|stored| is_called(stored, id));
    Ok(stored.map(|id| Entry::linked(Box::new(Nothing(Manifest::new(id, id, ""))))))
}

/// Hands the rest of a command line to a connector.
fn connector(
    command: &'static HostCommand,
    entry: &Entry,
    line: &Line,
    mut process: Process,
    started: Instant,
) -> u8 {
    let manifest = entry.factory.manifest();
    let scan = match command.kind {
        Kind::Builtin(builtin) => scan_builtin(manifest, builtin, &line.rest),
        Kind::Call | Kind::Own(_) => scan_action(manifest, &line.rest),
    };
    process.serves = Some(Served {
        connector: manifest.id.clone(),
        folder: line.folder.clone(),
        workspace: scan.workspace.clone(),
    });
    let recorder = match command.kind.event() {
        Some(event) if !scan.help && !scan.version => {
            recorder(event, Some(manifest), &scan, &process).map(Some)
        }
        _ => Ok(None),
    };
    let mut rules = Rules { needs_yes: true, secrets_by_set: true, ..Rules::default() };
    rules.only_actions = command.kind == Kind::Call;
    let (program, about) = (process.program.clone(), manifest.clone());
    let caller = process.caller();
    rules.help = Some(Arc::new(move |words, style| match command.kind {
        Kind::Builtin(_) => help::of_connector(&program, command, &about),
        _ => help::of_action(&about, &caller, words, style),
    }));
    if let Ok(Some(recorder)) = &recorder {
        rules.audit = Some(Arc::clone(recorder) as Arc<dyn Audit>);
        let recorder = Arc::clone(recorder);
        rules.at_end = Some(Arc::new(move |kind| recorder.end(Decision::Undecided, Err(kind))));
    }
    let mut session = Session {
        factory: entry.factory(),
        manifest,
        scan: &scan,
        process: &mut process,
        rules: &rules,
        started,
        ending: None,
    };
    let result = match recorder {
        Err(error) => Err(error),
        Ok(recorder) => {
            let result = attempt(&mut session, Session::answer).map_err(|error| entry.named(error));
            if let Some(recorder) = recorder {
                let outcome = result.as_ref().map(drop).map_err(Error::kind);
                let decision = match decision(command.kind, outcome) {
                    Decision::Allowed if rules.agreed.load(Ordering::Acquire) => Decision::Approved,
                    decision => decision,
                };
                end(&recorder, decision, outcome, session.process);
            }
            result
        }
    };
    Report::of(&session).write(result)
}

/// Who let a command pass that came to no call.
fn decision(kind: Kind, outcome: Result<(), ErrorKind>) -> Decision {
    match (outcome, kind) {
        (Err(ErrorKind::Denied), _) => Decision::Denied,
        (Err(ErrorKind::Usage), _) | (Err(_), Kind::Call) => Decision::Undecided,
        _ => Decision::Allowed,
    }
}

/// Writes the line of a command that came to no call.
fn end(recorder: &Recorder, decision: Decision, outcome: Result<(), ErrorKind>, process: &Process) {
    recorder.end(decision, outcome);
    // The call was made: what it answered is worth more than an error in its place.
    if let Some(why) = recorder.failure() {
        say(&process.stderr_sink(), &format!("warning: {why}"));
    }
}

/// Opens the audit trail for the line of one command.
fn recorder(
    event: Event,
    manifest: Option<&Manifest>,
    scan: &Scan<'_>,
    process: &Process,
) -> Result<Arc<Recorder>> {
    let named = match event {
        Event::Call => None,
        Event::Connect | Event::Disconnect => session::subject(scan),
    };
    let connection = named.or(scan.connection.as_deref()).unwrap_or(Address::DEFAULT);
    let action = match scan.command {
        Some(Command::Action(action)) if event == Event::Call && manifest.is_some() => {
            Some(action.name.as_str())
        }
        _ => None,
    };
    let file = AuditFile::of_environment(&|name| process.variable(name))?;
    let subject = Subject {
        event,
        workspace: scan.workspace.as_deref().unwrap_or(Address::DEFAULT),
        connector: manifest.map(|manifest| manifest.id.as_str()),
        connection,
        action,
        caller: CALLER,
        mode: session::mode(scan).ok(),
    };
    Recorder::open(&file, &subject).map(Arc::new)
}

/// Runs one of the host's own commands, or says why nothing can be run.
fn own(host: Result<Host>, line: &Line, mut process: Process, started: Instant) -> u8 {
    let factory = Nothing(commands::manifest());
    let manifest = factory.manifest();
    let scan = scan_action(manifest, &line.own);
    let program = process.program.clone();
    let rules = Rules {
        only_actions: true,
        help: Some(Arc::new(move |words, _| help::of_host(&program, words))),
        ..Rules::default()
    };
    let mut session = Session {
        factory: &factory,
        manifest,
        scan: &scan,
        process: &mut process,
        rules: &rules,
        started,
        ending: None,
    };
    let result = attempt(&mut session, |session| {
        if session.scan.help || session.scan.version {
            return session.answer();
        }
        let host = refused(host, line).inspect_err(|error| trace(line, session, error))?;
        match session.ready()? {
            Ready::Action(action, input, _) => {
                match HostCommand::of(&action.name).map(|command| command.kind) {
                    Some(Kind::Own(command)) => own::run(session, &host, command, &action.name, &input),
                    _ => Err(Error::internal("a host has no such command")),
                }
            }
            Ready::Answered(answer) => Ok(answer),
            Ready::Builtin(..) => Err(Error::internal("a host has no such command")),
        }
    });
    Report::of(&session).write(result)
}

/// The host, where nothing is wrong with what was asked of it.
fn refused(host: Result<Host>, line: &Line) -> Result<Host> {
    if let Some(problem) = &line.problem {
        return Err(Error::usage(problem.clone()));
    }
    if let Some(word) = &line.unknown {
        let shown = excerpt(word);
        let names = commands::COMMANDS.iter().map(|command| command.name);
        return Err(Error::usage(match nearest(word, names.clone()) {
            Some(near) => format!("there is no command `{shown}`; did you mean `{near}`?"),
            None => format!("there is no command `{shown}`; there is {}", listed(names)),
        }));
    }
    let host = host?;
    match line.command {
        Some(command) if !command.kind.is_own() && line.connector.is_none() => {
            let ids = listed(host.entries().iter().map(Entry::id));
            let name = command.name;
            Err(Error::usage(match ids.is_empty() {
                true => format!("`{name}` takes the id of a connector, and there is none"),
                false => format!("`{name}` takes the id of a connector; there is {ids}"),
            }))
        }
        _ => Ok(host),
    }
}

/// Leaves a line of what was asked of no connector.
fn trace(line: &Line, session: &Session<'_>, error: &Error) {
    let Some(event) = line.command.and_then(|command| command.kind.event()) else { return };
    match recorder(event, None, session.scan, session.process) {
        Ok(recorder) => {
            let outcome = Err(error.kind());
            end(&recorder, decision(Kind::Call, outcome), outcome, session.process);
        }
        // It is refused in any case.
        Err(error) => say(&session.process.stderr_sink(), &format!("warning: {error}")),
    }
}

/// What opens no connection: the host's own commands have none, nor does a connector that the host doesn't have.
struct Nothing(Manifest);

impl Factory for Nothing {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    fn open(&self, _: &Settings) -> Result<Box<dyn Connector>> {
        Err(Error::internal("this is no connector"))
    }
}

/// Takes what is secret out of a value that a command answers.
fn redact(session: &Session<'_>, data: &mut serde_json::Value) {
    setting::redactor(session.manifest, session.process).value(data);
}
