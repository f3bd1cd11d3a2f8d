//! The commands that every connector has.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::answer::{Answer, People};
use super::argument::{Values, nothing_piped};
use super::command::Builtin;
use super::data::Data;
use super::export::{Request, export};
use super::run::help_of;
use super::session::Session;
use super::show::Style;
use super::{complete, completions, setting};
#[cfg(feature = "credentials")]
use super::{connect, connections};
use crate::call::Connection;
use crate::manifest::{Manifest, Mode};
use crate::platform::argentos::{self, State};
use crate::{Error, Result};

/// ArgentOS gives a health check 3 seconds and learns nothing from one that takes longer.
const HEALTH_TIMEOUT: Duration = Duration::from_millis(2500);

/// Runs a built-in command.
pub(super) fn run(session: &mut Session<'_>, builtin: Builtin, mode: Mode) -> Result<Answer> {
    let scan = session.scan;
    // What is to be completed are words of another command line, and `-` among them reads nothing.
    let given = if builtin == Builtin::Complete { &[][..] } else { &scan.given };
    let mut values = Values::read(&scan.parameters, given, session.process)?;
    match builtin {
        Builtin::Capabilities => Ok(capabilities(session.manifest)),
        Builtin::Manifest => {
            let (format, out) = (values.text("format"), values.text("out"));
            export(&Request {
                manifest: session.manifest,
                program: &session.process.program,
                executable: session.process.executable.as_deref(),
                format: format.as_deref(),
                out: out.as_deref().map(Path::new),
                check: values.flag("check"),
            })
        }
        Builtin::ConfigShow => config(session),
        Builtin::Health => readiness(session, argentos::health),
        Builtin::Doctor => readiness(session, argentos::doctor),
        Builtin::Options => {
            let (source, query) = (values.text("source"), values.text("query"));
            options(session, &source.unwrap_or_default(), &query.unwrap_or_default())
        }
        Builtin::Call => {
            let action = values.text("action").unwrap_or_default();
            let input = values.take("input");
            if input.as_ref().is_some_and(|input| input.piped && input.text.trim().is_empty()) {
                return Err(nothing_piped());
            }
            let input = input.map_or_else(|| "{}".to_owned(), |input| input.text);
            session.act(&action, input.as_bytes(), mode)
        }
        #[cfg(feature = "credentials")]
        Builtin::Connect => {
            let request = connect::Request {
                name: values.text("name"),
                is_piped: values.flag("stdin"),
                #[cfg(feature = "oauth")]
                browser: values.flag("browser"),
                #[cfg(feature = "oauth")]
                device: values.flag("device"),
            };
            connect::connect(session, request)
        }
        #[cfg(feature = "credentials")]
        Builtin::Disconnect => {
            let name = values.text("name");
            connections::disconnect(session, name)
        }
        #[cfg(feature = "credentials")]
        Builtin::Connections => connections::list(session),
        // They are answered before anything is put into an envelope (`run.rs`).
        #[cfg(feature = "puffer")]
        Builtin::AuthOk | Builtin::Act | Builtin::Subscribe | Builtin::Subscriber | Builtin::Contacts => {
            Err(Error::internal("Puffer's commands have no envelope"))
        }
        #[cfg(feature = "seed-agent")]
        Builtin::Mailbox => Err(Error::internal("a mailbox has no envelope")),
        Builtin::Completions => {
            let shell = values.text("shell").unwrap_or_default();
            let script = completions::script(&session.process.program, &shell)?;
            let data = json!({ "shell": shell, "script": script });
            Ok(Answer::of_value(&data).shown(People::Text(script)))
        }
        Builtin::Complete => Ok(complete::complete(session.manifest, scan)),
    }
}

fn capabilities(manifest: &Manifest) -> Answer {
    let commands = manifest.actions.iter().map(|action| {
        Data::object([
            ("command", Data::Text(action.command.replace('.', " "))),
            ("mode", Data::Text(action.permission.mode.as_str().to_owned())),
            ("summary", Data::Text(action.summary().to_owned())),
        ])
    });
    let people = People::Other(Data::List(commands.collect()));
    Answer::of_value(&argentos::capabilities(manifest)).shown(people)
}

fn config(session: &Session<'_>) -> Result<Answer> {
    let configuration = setting::read(session.manifest, session.scan, session.process)?;
    configuration.settings()?;
    let mut data = argentos::config(session.manifest, &configuration.state());
    setting::redactor(session.manifest, session.process).value(&mut data);
    let row = |row: &Value| {
        let columns = ["name", "value", "set", "required", "source", "env"];
        Data::object(columns.map(|column| (column, Data::of(&row[column]))))
    };
    let people = Data::object([
        ("settings", Data::each(&data["settings"], &row)),
        ("credentials", Data::each(&data["credentials"], &row)),
    ]);
    Ok(Answer::of_value(&data).shown(People::Other(people)))
}

fn options(session: &mut Session<'_>, source: &str, query: &str) -> Result<Answer> {
    let deadline = session.deadline()?;
    let configuration = setting::read(session.manifest, session.scan, session.process)?;
    let connection = Connection::open(session.connection(), session.factory, configuration.settings()?)?;
    let context = session.context(deadline);
    let token = context.cancellation().clone();
    let items = session.wait(token, deadline, connection.options(source, query, context))??;
    let items = serde_json::to_value(items).unwrap_or_default();
    let people = People::Other(Data::of(&items));
    Ok(Answer::of_value(&json!({ "items": items })).shown(people))
}

/// Tells a platform of a state: the data, and what an envelope repeats beside it.
type Tell = fn(&Manifest, &State<'_>) -> (Value, Map<String, Value>);

/// Tells in what state the connector is. That it is not ready is an answer; only what was given on
/// the command line or in a file can be a mistake here.
fn readiness(session: &mut Session<'_>, tell: Tell) -> Result<Answer> {
    let deadline = session.deadline()?.or_else(|| session.started.checked_add(HEALTH_TIMEOUT));
    let configuration = setting::read(session.manifest, session.scan, session.process)?;
    let state = configuration.state();
    let opened = configuration
        .settings()
        .and_then(|settings| Connection::open(session.connection(), session.factory, settings));
    let (mut data, mut top_level) = match opened {
        Err(error) => tell(session.manifest, &state.failed_to_open(&error)),
        Ok(_) if !session.manifest.health => tell(session.manifest, &state),
        Ok(connection) => {
            let context = session.context(deadline);
            let token = context.cancellation().clone();
            let health = session.wait(token.clone(), deadline, connection.health(context))?;
            if token.is_cancelled() {
                return Err(Error::cancelled("the check was cancelled"));
            }
            tell(session.manifest, &state.checked(health.as_ref().map(drop)))
        }
    };
    let redactor = setting::redactor(session.manifest, session.process);
    redactor.value(&mut data);
    top_level.values_mut().for_each(|value| {
        redactor.value(value);
    });
    let mut answer = Answer::of_value(&data).shown(People::Other(people(&data)));
    answer.top_level = Some(top_level);
    Ok(answer)
}

/// What a person wants to know of a state: whether it works, why not, and what to do.
fn people(data: &Value) -> Data {
    let checks = Data::each(&data["checks"], &|check| {
        let details = &check["details"];
        let missing = Data::of(&details["missing_keys"]).one_line();
        let message = match missing.is_empty() {
            true => Data::of(&details["message"]),
            false => Data::Text(format!("missing: {missing}")),
        };
        Data::object([
            ("check", Data::of(&check["name"])),
            ("ok", Data::of(&check["ok"])),
            ("message", message),
        ])
    });
    let readiness = data["runtime"]["command_readiness"].as_object().into_iter().flatten();
    let commands = readiness.map(|(command, works)| {
        Data::object([("command", Data::Text(command.replace('.', " "))), ("works", Data::of(works))])
    });
    Data::object([
        ("status", Data::of(&data["status"])),
        ("summary", Data::of(&data["summary"])),
        ("checks", checks),
        ("commands", Data::List(commands.collect())),
        ("next steps", Data::of(&data["next_steps"])),
    ])
}

/// `--help`, of whatever the words before it name.
pub(super) fn help(session: &Session<'_>) -> Answer {
    let words = match session.scan.command {
        Some(command) => command.id().split('.').map(str::to_owned).collect(),
        None => session.scan.words.clone(),
    };
    let process = &session.process;
    let style = match session.scan.json {
        true => Style::default(),
        false => Style { columns: process.columns(), colour: process.colour(process.terminal.stdout) },
    };
    let text = help_of(session.manifest, process, session.rules, &words, style);
    Answer::of_value(&json!({ "text": text })).shown(People::Text(text))
}

/// `--version`.
pub(super) fn version(session: &Session<'_>) -> Answer {
    let manifest = session.manifest;
    let data = json!({ "connector": manifest.id, "version": manifest.version });
    Answer::of_value(&data).shown(People::Text(format!("{} {}\n", session.process.program, manifest.version)))
}
