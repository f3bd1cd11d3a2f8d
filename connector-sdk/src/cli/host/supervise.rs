//! `run`: subscriptions that go on until a signal ends them, and what `status --run` tells of them.

use std::convert::Infallible;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::super::answer::{Answer, People};
use super::super::data::Data;
use super::super::ending::{End, Ending};
use super::super::interrupt::Limit;
use super::super::observer::Lines;
use super::super::process::{Sink, say, word, write};
use super::super::scan::Scan;
use super::super::session::Session;
use super::super::show::clean_line;
use super::super::{interrupt, setting, stored};
use super::redact;
use crate::call::Connection;
use crate::credentials::Address;
use crate::event::SubscribeOptions;
use crate::host::Host;
use crate::host::supervisor::{
    Board, Change, Condition, Job, Opener, PARTING, Plan, Planned, Shared, Source, State, Whose, read_status,
    supervise,
};
use crate::platform::argentos;
#[cfg(unix)]
use crate::platform::puffer::CommandConnector;
use crate::{Error, Factory, Level, Observer, Result};

/// Who subscribes.
const CALLER: &str = "supervisor";

/// How long a program may take to end: the 8 s that Puffer gives it, and a little to be ended.
const GRACE: Duration = Duration::from_secs(10);

/// How much longer the process waits than those who stop. Until then, a second signal ends it.
const AFTERWARDS: Duration = Duration::from_secs(2);

/// Why it ends with an error where it was told to stop.
const LATE: &str = "not all of it stopped in time";

/// Runs what a file names.
pub(super) fn run(session: &mut Session<'_>, host: &Host, file: &Path) -> Result<Answer> {
    let plan = Plan::load(file)?;
    let state = Arc::new(State::hold(&plan.state)?);
    let lasting = if session.process.owns_process { output_file() } else { None };
    let continues = lasting.as_ref().is_some_and(|(_, length)| *length > 0);
    // Whatever a connector prints is no event.
    let kept = session.process.owns_process.then(|| session.process.keep_streams());
    if let Some(Err(error)) = &kept {
        let message = format!("warning: standard output can't be kept for events alone: {error}");
        say(&session.process.stderr_sink(), &message);
    }
    session.process.answer_on_stderr();
    let end = ending(session.process.stderr_sink());
    session.ending = Some(Ending { end: Arc::clone(&end), last: None });
    // Until now they went to the streams that the process had before.
    session.keep_panics(session.scan.verbose);
    if continues {
        // What was killed may have left half a line, which the first of ours would be lost in.
        write(&session.process.stdout_sink(), b"\n")
            .map_err(|error| Error::unavailable(format!("standard output can't be written: {error}")))?;
    }
    let board = Arc::new(Board::new(listener(session.process.stderr_sink(), session.scan.json)));
    let shared = Shared {
        state,
        board,
        output: session.process.stdout_sink(),
        file: lasting.map(|(file, _)| Arc::new(file)),
        stop: CancellationToken::new(),
    };
    let (again, wanted) = unbounded_channel();
    let mut jobs = Vec::new();
    for (at, planned) in plan.entries.iter().enumerate() {
        jobs.extend(job(session, host, planned, &shared, opener(at, &again)));
    }
    if jobs.is_empty() {
        let _ = shared.state.tell(&shared.board.report());
        return Err(Error::setup(format!(
            "none of what `{}` names can be started; what is wrong with each is said above",
            file.display()
        )));
    }
    let runtime = crate::runtime::runtime()?;
    if session.process.owns_process {
        let end = move |error: Error| end(Error::new(error.kind(), LATE));
        let limit = Limit { patience: PARTING + AFTERWARDS, ..Limit::default() };
        // What it can't stop in time is as safe as from any crash.
        let _ = interrupt::watch(shared.stop.clone(), limit, end).take(None);
    }
    let result = runtime.block_on(async {
        tokio::select! {
            result = supervise(jobs, &shared) => result,
            never = open_again(session, host, &plan, wanted) => match never {},
        }
    });
    #[cfg(feature = "oauth")]
    runtime.block_on(crate::oauth::renewed(interrupt::RENEWAL));
    runtime.shutdown_background();
    if session.process.owns_process {
        // Whoever keeps a thread may keep a program as well.
        end_programs();
    }
    result.map(|()| Answer::of_value(&Value::Null).shown(People::Nothing))
}

/// Ends the process, and with it all programs.
fn ending(stderr: Sink) -> End {
    Arc::new(move |error| {
        end_programs();
        say(&stderr, &format!("error: {}", error.message()));
        std::process::exit(argentos::exit_code(error.kind()).into());
    })
}

/// The file that standard output is, and how long it is; none where it is a pipe or a terminal.
#[cfg(unix)]
fn output_file() -> Option<(File, u64)> {
    use std::os::fd::AsFd as _;
    let file = File::from(std::io::stdout().as_fd().try_clone_to_owned().ok()?);
    let metadata = file.metadata().ok()?;
    metadata.is_file().then_some((file, metadata.len()))
}

/// Elsewhere it isn't known.
#[cfg(not(unix))]
fn output_file() -> Option<(File, u64)> {
    None
}

/// Which of the plan's entries is to be opened again, and who waits for it.
type Wanted = (usize, oneshot::Sender<Result<Connection>>);

/// Asks for another connection of an entry, from the thread that has its subscription.
fn opener(at: usize, again: &UnboundedSender<Wanted>) -> Opener {
    let again = again.clone();
    Box::new(move || {
        let (answer, opened) = oneshot::channel();
        let asked = again.send((at, answer));
        Box::pin(async move {
            let over = |_| Error::cancelled("`run` is to end");
            asked.map_err(|_| over(()))?;
            opened.await.map_err(|_| over(()))?
        })
    })
}

/// Opens what is wanted, one after the other: only this thread knows settings, environment and store. Who somebody logged
/// in again, or whose setting was mended, is known by what is stored now.
async fn open_again(
    session: &Session<'_>,
    host: &Host,
    plan: &Plan,
    mut wanted: UnboundedReceiver<Wanted>,
) -> Infallible {
    while let Some((at, answer)) = wanted.recv().await {
        let Some(planned) = plan.entries.get(at) else { continue };
        let opened = open(session, host, planned).map(|(connection, _)| connection);
        let redact = |error| setting::redactor(session.manifest, session.process).error(error);
        let _ = answer.send(opened.map_err(redact));
    }
    std::future::pending().await
}

/// What is needed to run one of them. One that can't be started is told and the others go on.
fn job(
    session: &Session<'_>,
    host: &Host,
    planned: &Planned,
    shared: &Shared,
    opener: Opener,
) -> Option<Job> {
    let opened = open(session, host, planned);
    let id = match (&opened, &planned.source) {
        (Ok((connection, _)), _) => connection.manifest().id.clone(),
        (Err(_), Source::Connector(id)) => id.clone(),
        (Err(_), Source::Program { .. }) => planned.name.clone(),
    };
    let workspace = workspace(session, planned).unwrap_or_else(|| Address::DEFAULT.to_owned());
    let connection = planned.connection.clone().unwrap_or_else(|| Address::DEFAULT.to_owned());
    let whose = Whose { connector: id, workspace, connection };
    let place = shared.board.add(&planned.name, whose.clone());
    let ready = opened.and_then(|(connection, grace)| {
        if connection.manifest().events.is_none() {
            return Err(crate::connector::no_events(&whose.connector));
        }
        let since = shared.state.cursor(&planned.name, &whose)?;
        Ok((connection, grace, since))
    });
    match ready {
        Ok((connection, grace, since)) => {
            let stderr = session.process.stderr_sink();
            let name: Arc<str> = planned.name.as_str().into();
            let log =
                Log { name: Arc::clone(&name), stderr, json: session.scan.json, all: session.scan.verbose };
            let mut options = SubscribeOptions::new(CALLER).observer(Arc::new(log));
            options.grace = grace.unwrap_or(options.grace);
            options.first_wait = planned.restart.0.unwrap_or(options.first_wait);
            options.longest_wait = planned.restart.1.unwrap_or(options.longest_wait).max(options.first_wait);
            Some(Job { place, name, whose, connection, opener, options, since })
        }
        Err(error) => {
            let error = setting::redactor(session.manifest, session.process).error(error);
            shared.board.refuse(place, &error);
            None
        }
    }
}

fn workspace(session: &Session<'_>, planned: &Planned) -> Option<String> {
    planned.workspace.clone().or_else(|| session.scan.workspace.clone())
}

/// Opens a connection, and says how long it may take to end, where that is known.
fn open(session: &Session<'_>, host: &Host, planned: &Planned) -> Result<(Connection, Option<Duration>)> {
    let name = planned.connection.as_deref().unwrap_or(Address::DEFAULT);
    match &planned.source {
        Source::Connector(id) => {
            let entry = host.find(id)?;
            let scan = Scan {
                workspace: workspace(session, planned),
                connection: planned.connection.clone(),
                ..Scan::default()
            };
            let manifest: &_ = entry.factory().manifest();
            let configuration = match planned.connection {
                // A variable of the environment would be the same for all connections that the file names.
                Some(_) => {
                    let mut connect = format!("{} connect {id} {name}", session.process.program);
                    if let Some(workspace) = &scan.workspace {
                        connect.push_str(&format!(" --workspace {}", word(workspace)));
                    }
                    stored::only(manifest, &scan, session.process, &connect)?
                }
                // As `call` would open it, with what the environment says as well.
                None => setting::read(manifest, &scan, session.process)?,
            };
            let connection = Connection::open(name, entry.factory(), configuration.settings()?)
                .map_err(|error| entry.named(error))?;
            Ok((connection, None))
        }
        Source::Program { template, command } => {
            let program = program(&planned.name, template.as_deref(), command.as_deref())?;
            // It finds its own settings and credentials by the connection's name.
            Ok((Connection::open(name, &*program, &crate::Settings::new())?, Some(GRACE)))
        }
    }
}

#[cfg(unix)]
fn program(name: &str, template: Option<&Path>, command: Option<&[String]>) -> Result<Box<dyn Factory>> {
    let words = command.unwrap_or_default();
    let Some(path) = template else {
        return Ok(Box::new(CommandConnector::from_command(name, words)?));
    };
    let shown = path.display();
    let template = std::fs::read_to_string(path)
        .map_err(|error| Error::setup(format!("the template `{shown}` can't be read: {error}")))?;
    let connector = CommandConnector::from_template(&template)
        .map_err(|error| error.context(format_args!("`{shown}`")))?;
    Ok(Box::new(match command {
        Some(words) => connector.command(words)?,
        None => connector,
    }))
}

#[cfg(not(unix))]
fn program(_: &str, _: Option<&Path>, _: Option<&[String]>) -> Result<Box<dyn Factory>> {
    Err(Error::setup("programs are run on Unix alone; link the connector instead"))
}

/// Ends all programs, and lets nobody start one.
fn end_programs() {
    #[cfg(unix)]
    crate::platform::puffer::end_programs();
}

/// Tells of changes on standard error: lines for people, or of JSON.
fn listener(stderr: Sink, json: bool) -> Box<dyn Fn(&Change<'_>) + Send + Sync> {
    Box::new(move |change| {
        if json {
            say(&stderr, &serde_json::to_string(change).unwrap_or_default());
            return;
        }
        let mut line = format!("{}: {}", change.name, change.state);
        if let Some(wait) = change.retry_in_ms {
            line.push_str(&format!(", again in {:.1} s", Duration::from_millis(wait).as_secs_f64()));
        }
        if let (Some(kind), Some(message)) = (change.kind, change.message) {
            line.push_str(&format!(": {kind}: {message}"));
        }
        say(&stderr, &clean_line(&line));
    })
}

/// The log of one of them. Warnings are always shown, and the rest with `--verbose`.
struct Log {
    name: Arc<str>,
    stderr: Sink,
    json: bool,
    all: bool,
}

impl Observer for Log {
    fn log(&self, level: Level, message: &str) {
        if level < Level::Warn && !self.all {
            return;
        }
        if self.json {
            let line = json!({ "name": &*self.name, "level": level.as_str(), "message": message });
            say(&self.stderr, &line.to_string());
        } else {
            Lines(Arc::clone(&self.stderr)).log(level, &format!("{}: {message}", self.name));
        }
    }
}

/// What a `run` last said of its connectors.
pub(super) fn status(session: &Session<'_>, file: &Path, connector: Option<&str>) -> Result<Answer> {
    let plan = Plan::load(file)?;
    let Some((mut report, running)) = read_status(&plan.state)? else {
        return Err(Error::not_found(format!(
            "`{}` was never run: there is no status in `{}`",
            file.display(),
            plan.state.display()
        )));
    };
    report.connectors.retain(|row| connector.is_none_or(|id| row.whose.connector == id));
    let mut data = serde_json::to_value(&report)?;
    data["running"] = running.into();
    redact(session, &mut data);
    let people = Data::each(&data["connectors"], &|row| {
        let state = match (running, row["state"].as_str()) {
            (true, state) => state.unwrap_or_default(),
            (false, Some(state)) if state == Condition::Stopped.as_str() => state,
            // It was killed.
            (false, _) => "not running",
        };
        let text = |value: &Value| Data::Text(value.as_str().unwrap_or_default().to_owned());
        Data::object([
            ("name", Data::of(&row["name"])),
            ("connector", Data::of(&row["connector"])),
            ("connection", Data::of(&row["connection"])),
            ("state", Data::Text(state.to_owned())),
            ("events", Data::of(&row["events"])),
            ("last event", text(&row["last_event"]["at"])),
            ("failures", Data::of(&row["failures"])),
            ("last error", text(&row["last_error"]["message"])),
        ])
    });
    Ok(Answer::of_value(&data).shown(People::Other(people)))
}
