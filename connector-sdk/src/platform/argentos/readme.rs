//! `README.md`: what the other files say, for people.

use std::fmt::{self, Write};

use serde_json::Value;

use super::commands::{Command, commands, options_command};
use super::document::{needs, sentence};
use super::fields::picker;
use super::form::{self, Kind};
use super::{flag, tool};
use crate::manifest::{Action, Manifest, Parameter};

/// The text of `README.md`.
pub(super) fn readme(manifest: &Manifest) -> String {
    let mut text = String::new();
    // Writing to a `String` can't fail.
    let _ = write(&mut text, manifest);
    text
}

fn write(out: &mut String, manifest: &Manifest) -> fmt::Result {
    let tool = tool(manifest);
    writeln!(out, "# {}\n", manifest.title)?;
    if !manifest.description.trim().is_empty() {
        writeln!(out, "{}\n", manifest.description.trim())?;
    }
    writeln!(
        out,
        "`{tool}` is version {} of a connector for ArgentOS. It is one program, \
         `agent-harness/bin/{tool}`, and needs nothing else installed.",
        manifest.version
    )?;
    if let Some(docs) = &manifest.docs {
        writeln!(out, "\nMore: <{docs}>")?;
    }
    set_up(out, manifest)?;
    writeln!(out, "\n## Commands\n")?;
    writeln!(
        out,
        "Add `--json` for one line of JSON, and `--mode` to allow more than reading: `readonly` (what it \
         is unless you say otherwise), `write`, `full`, `admin`."
    )?;
    for command in commands(manifest) {
        match command.action {
            Some(action) => of_action(out, manifest, &command, action)?,
            None => of_tool(out, &tool, &command)?,
        }
    }
    writeln!(out, "\n<!-- Generated from the connector. Change the connector and generate it again. -->")
}

fn set_up(out: &mut String, manifest: &Manifest) -> fmt::Result {
    let needs = needs(manifest);
    writeln!(out, "\n## Set-up\n")?;
    if needs.is_empty() {
        return writeln!(out, "None.");
    }
    writeln!(out, "| environment variable | needed | what it is |\n|---|---|---|")?;
    for need in needs {
        let needed = if need.required { "yes" } else { "no" };
        let kind = if need.secret { "Secret. " } else { "" };
        let what = sentence(need.description);
        let help = need.help.map(sentence).unwrap_or_default();
        writeln!(out, "| `{}` | {needed} | {} |", need.env, cell(&format!("{kind}{what} {help}")))?;
    }
    Ok(())
}

fn of_action(out: &mut String, manifest: &Manifest, command: &Command<'_>, action: &Action) -> fmt::Result {
    writeln!(out, "\n### `{}`\n\n{}\n", command.id, action.description.trim())?;
    write!(out, "    {}", tool(manifest))?;
    if command.required_mode != "readonly" {
        write!(out, " --mode {}", command.required_mode)?;
    }
    write!(out, " {}", command.id.replace('.', " "))?;
    for parameter in action.parameters.iter().filter(|parameter| parameter.required) {
        write!(out, " --{} {}", flag(&parameter.name), placeholder(action, parameter))?;
    }
    let class = match command.action_class {
        "read" => "It changes nothing",
        "write" => "It makes or changes something",
        _ => "It removes something, or can't be undone",
    };
    let where_to = if action.permission.local { ", on this machine only" } else { "" };
    writeln!(out, "\n\n{class}{where_to}. Mode: `{}`.", command.required_mode)?;
    if action.parameters.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| argument | takes | needed | what it is |\n|---|---|---|---|")?;
    for parameter in &action.parameters {
        let schema = action.property(&parameter.name).unwrap_or(&Value::Null);
        let needed = match (parameter.required, schema.get("default").filter(|default| !default.is_null())) {
            (true, _) => "yes".to_owned(),
            (false, Some(default)) => format!("no, `{}`", form::typed(default)),
            (false, None) => "no".to_owned(),
        };
        writeln!(
            out,
            "| `--{}` | {} | {} | {} |",
            flag(&parameter.name),
            cell(&takes(manifest, action, parameter)),
            cell(&needed),
            cell(parameter.description.trim())
        )?;
    }
    Ok(())
}

fn of_tool(out: &mut String, tool: &str, command: &Command<'_>) -> fmt::Result {
    writeln!(out, "\n### `{}`\n\n{}.\n", command.id, command.summary.trim_end_matches('.'))?;
    writeln!(out, "    {tool} {}", command.id.replace('.', " "))
}

fn placeholder(action: &Action, parameter: &Parameter) -> &'static str {
    let schema = action.property(&parameter.name).unwrap_or(&Value::Null);
    match form::kind(schema, &action.input_schema).0 {
        Kind::Text | Kind::Select => "TEXT",
        Kind::Boolean => "true",
        Kind::Number => "NUMBER",
        Kind::Json => "JSON",
        Kind::Datetime => "TIME",
    }
}

/// What an argument takes, in words.
fn takes(manifest: &Manifest, action: &Action, parameter: &Parameter) -> String {
    let root = &action.input_schema;
    let schema = action.property(&parameter.name).unwrap_or(&Value::Null);
    if let Some(source) = picker(manifest, parameter) {
        return format!("one of `{}`", options_command(source).replace('.', " "));
    }
    match form::kind(schema, root) {
        (_, Some(options)) => {
            let values: Vec<_> = options.iter().map(|option| format!("`{}`", option.value)).collect();
            values.join(", ")
        }
        (Kind::Boolean, None) => "`true` or `false`".to_owned(),
        (Kind::Number, None) => match form::range(schema, root) {
            Some(range) => format!("a number, {range}"),
            None => "a number".to_owned(),
        },
        (Kind::Json, None) => "JSON".to_owned(),
        (Kind::Datetime, None) => "a time, like `2026-01-31T12:00:00Z`".to_owned(),
        (Kind::Text | Kind::Select, None) => "text".to_owned(),
    }
}

/// A text that stays inside its cell of a table.
fn cell(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}
