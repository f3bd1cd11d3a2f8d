//! The commands that a host runs itself.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::answer::{Answer, People};
use super::super::connections;
use super::super::data::Data;
use super::super::process::say;
use super::super::session::Session;
use super::super::show::clean_line;
use super::commands::Own;
#[cfg(feature = "supervisor")]
use super::supervise;
use super::{redact, status};
use crate::host::{AuditFile, Entry, Failure, Host, Wanted};
use crate::manifest::{Action, Parameter};
use crate::platform::pocketpaw::Note;
use crate::{Error, Result};

/// How many lines of the audit trail are shown where nobody says.
const LINES: usize = 50;
/// More would be read into memory at once for nobody.
const MOST_LINES: usize = 10_000;

/// What is given to the commands; each reads its part of it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Given {
    connector: Option<String>,
    action: Option<String>,
    outcome: Option<String>,
    limit: Option<i64>,
    #[cfg(feature = "supervisor")]
    file: Option<String>,
    #[cfg(feature = "supervisor")]
    run: Option<String>,
}

pub(super) fn run(
    session: &mut Session<'_>,
    host: &Host,
    command: Own,
    name: &str,
    input: &[u8],
) -> Result<Answer> {
    let given: Given = serde_json::from_slice(input)
        .map_err(|error| Error::usage(format!("the input of `{name}` can't be used: {error}")))?;
    // By either spelling, and refused where there is no such one.
    let entry = || given.connector.as_deref().map(|id| host.find(id)).transpose();
    match command {
        Own::List => match entry()? {
            Some(entry) => Ok(one(entry)),
            None => Ok(all(session, host)),
        },
        Own::Connections => connections::list_of(session, entry()?.map(Entry::id)),
        #[cfg(feature = "supervisor")]
        Own::Run => supervise::run(session, host, given.file.as_deref().unwrap_or("hosts.yml").as_ref()),
        #[cfg(feature = "supervisor")]
        Own::Status if given.run.is_some() => {
            let wanted = entry()?.map(Entry::id);
            supervise::status(session, given.run.as_deref().unwrap_or_default().as_ref(), wanted)
        }
        Own::Status => {
            let id = entry()?.map(Entry::id);
            status::status(session, host, id)
        }
        Own::Audit => audit(session, given),
        Own::Doctor => doctor(host),
    }
}

/// All connectors, and the files that are none.
fn all(session: &Session<'_>, host: &Host) -> Answer {
    let stderr = session.process.stderr_sink();
    for failure in host.failures() {
        say(&stderr, &format!("warning: {}", clean_line(&failure.message)));
    }
    let rows: Vec<Value> = host.entries().iter().map(row).collect();
    let data = json!({
        "connectors": rows,
        "failed": host.failures().iter().map(failed).collect::<Vec<_>>(),
        "folder": host.folder().map(|folder| folder.display().to_string()),
    });
    let people = Data::each(&data["connectors"], &|row| {
        let notes = row["notes"].as_array().map_or(0, Vec::len);
        Data::object([
            ("id", Data::of(&row["id"])),
            ("title", Data::of(&row["title"])),
            ("actions", Data::of(&row["actions"])),
            ("from", Data::of(row.get("file").unwrap_or(&row["origin"]))),
            ("notes", if notes > 0 { Data::Plain(notes.to_string()) } else { Data::Text(String::new()) }),
        ])
    });
    Answer::of_value(&data).shown(People::Other(people))
}

fn row(entry: &Entry) -> Value {
    let manifest = entry.factory().manifest();
    let mut row = json!({
        "id": manifest.id,
        "title": manifest.title,
        "description": manifest.description,
        "category": manifest.category,
        "auth": manifest.auth.kind(),
        "actions": manifest.actions.len(),
        "origin": if entry.file().is_some() { "file" } else { "linked" },
        "notes": entry.notes().iter().map(note).collect::<Vec<_>>(),
    });
    if let Some(file) = entry.file() {
        row["file"] = file.display().to_string().into();
    }
    row
}

fn note(note: &Note) -> Value {
    json!({ "line": note.line, "column": note.column, "message": note.message })
}

fn failed(failure: &Failure) -> Value {
    let file = failure.file.display().to_string();
    json!({ "file": file, "line": failure.line, "column": failure.column, "message": failure.message })
}

/// One connector: what it wants to be set, and what it can do.
fn one(entry: &Entry) -> Answer {
    let manifest = entry.factory().manifest();
    let mut data = row(entry);
    data["settings"] = manifest
        .settings
        .iter()
        .map(|one| json!({"name": one.name, "description": one.description, "required": one.required, "env": one.env}))
        .collect();
    data["credentials"] = manifest
        .credentials
        .iter()
        .map(|one| json!({"name": one.name, "description": one.description, "required": one.required, "env": one.env}))
        .collect();
    data["actions"] = manifest.actions.iter().map(action).collect();
    let set = |row: &Value| {
        Data::object(
            ["name", "required", "env", "description"].map(|column| (column, Data::of(&row[column]))),
        )
    };
    let people = Data::object([
        ("id", Data::of(&data["id"])),
        ("title", Data::of(&data["title"])),
        ("description", Data::of(&data["description"])),
        ("from", Data::of(data.get("file").unwrap_or(&data["origin"]))),
        ("auth", Data::of(&data["auth"])),
        ("settings", Data::each(&data["settings"], &set)),
        ("credentials", Data::each(&data["credentials"], &set)),
        (
            "actions",
            Data::each(&data["actions"], &|row| {
                let arguments = row["arguments"].as_array().into_iter().flatten();
                let arguments: Vec<String> = arguments.map(spelled).collect();
                Data::object([
                    ("action", Data::of(&row["name"])),
                    ("mode", Data::of(&row["mode"])),
                    ("arguments", Data::Text(arguments.join(" "))),
                    ("summary", Data::Text(first_line(&row["description"]))),
                ])
            }),
        ),
        (
            "notes",
            Data::each(&data["notes"], &|note| {
                let (line, column) = (&note["line"], &note["column"]);
                let message = note["message"].as_str().unwrap_or_default();
                Data::Text(format!("line {line}, column {column}: {message}"))
            }),
        ),
    ]);
    Answer::of_value(&data).shown(People::Other(people))
}

fn action(action: &Action) -> Value {
    json!({
        "name": action.name,
        "command": action.command,
        "description": action.description,
        "effect": action.permission.effect,
        "mode": action.permission.mode,
        "trust": action.permission.trust,
        "arguments": action.parameters.iter().map(|known| argument(action, known)).collect::<Vec<_>>(),
    })
}

fn argument(action: &Action, known: &Parameter) -> Value {
    let mut row = Map::new();
    row.insert("name".to_owned(), known.name.clone().into());
    row.insert("required".to_owned(), known.required.into());
    row.insert("description".to_owned(), known.description.clone().into());
    for keyword in ["type", "enum", "default"] {
        if let Some(value) = action.property(&known.name).and_then(|schema| schema.get(keyword)) {
            row.insert(keyword.to_owned(), value.clone());
        }
    }
    Value::Object(row)
}

/// `query`, and `[limit]` where it may be left out.
fn spelled(argument: &Value) -> String {
    let name = argument["name"].as_str().unwrap_or_default();
    if argument["required"] == json!(true) { name.to_owned() } else { format!("[{name}]") }
}

fn first_line(text: &Value) -> String {
    text.as_str().and_then(|text| text.lines().next()).unwrap_or_default().to_owned()
}

/// The last calls.
fn audit(session: &mut Session<'_>, given: Given) -> Result<Answer> {
    let limit = match given.limit {
        None => LINES,
        Some(limit) => usize::try_from(limit)
            .ok()
            .filter(|limit| (1..=MOST_LINES).contains(limit))
            .ok_or_else(|| Error::usage(format!("`--limit` takes a number from 1 to {MOST_LINES}")))?,
    };
    let file = AuditFile::of_environment(&|name| session.process.variable(name))?;
    let wanted = Wanted {
        limit,
        connector: given.connector.map(|id| id.replace('_', "-")),
        action: given.action,
        workspace: session.scan.workspace.clone(),
        outcome: given.outcome,
    };
    let opened = file.clone();
    let read = session.process.in_time("the audit trail", move || opened.read(&wanted))??;
    if !read.damaged.is_empty() {
        let numbers: Vec<String> = read.damaged.iter().take(5).map(u64::to_string).collect();
        let count = read.damaged.len();
        let stderr = session.process.stderr_sink();
        say(
            &stderr,
            &format!(
                "warning: {count} {} of the audit trail `{}` can't be read and {} left out, beginning with line {}",
                if count == 1 { "line" } else { "lines" },
                file.path().display(),
                if count == 1 { "is" } else { "are" },
                numbers.join(", "),
            ),
        );
    }
    let mut data = json!({
        "records": read.lines,
        "damaged": read.damaged,
        "file": file.path().display().to_string(),
    });
    redact(session, &mut data);
    let people = Data::each(&data["records"], &|row| {
        let columns =
            ["at", "event", "workspace", "connector", "connection", "action", "mode", "decision", "outcome"];
        let ms = Data::of(&row["duration_ms"]);
        Data::Object(
            columns
                .iter()
                .map(|column| ((*column).to_owned(), Data::of(&row[*column])))
                .chain([("ms".to_owned(), ms)])
                .collect(),
        )
    });
    Ok(Answer::of_value(&data).shown(People::Other(people)))
}

/// Fails where a file can't be used.
fn doctor(host: &Host) -> Result<Answer> {
    let failures = host.failures();
    if !failures.is_empty() {
        let messages: Vec<&str> = failures.iter().map(|failure| failure.message.as_str()).collect();
        let failed: Vec<Value> = failures.iter().map(failed).collect();
        return Err(Error::setup(messages.join("\n")).with_detail("failed", failed));
    }
    let entries = host.entries().iter();
    let noted: Vec<Value> = entries.filter(|entry| !entry.notes().is_empty()).map(row).collect();
    let count = host.entries().len();
    let data = json!({ "connectors": count, "noted": noted });
    let mut text = format!("all {count} connectors can be used\n");
    for row in &noted {
        for note in row["notes"].as_array().into_iter().flatten() {
            let (line, column) = (&note["line"], &note["column"]);
            let (file, message) = (row["file"].as_str(), note["message"].as_str());
            let text_of = format!(
                "note: {}, line {line}, column {column}: {}",
                file.unwrap_or_default(),
                message.unwrap_or_default()
            );
            text.push_str(&clean_line(&text_of));
            text.push('\n');
        }
    }
    Ok(Answer::of_value(&data).shown(People::Text(text)))
}
