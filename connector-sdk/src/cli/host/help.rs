//! What a host says of its commands, and of the connectors that they are about.

use super::super::command::GLOBALS;
use super::super::help;
use super::super::show::Style;
use super::commands::{COMMANDS, HostCommand};
use crate::manifest::{Manifest, Mode, Trust};

/// The help of the host, or of one of its own commands.
pub(super) fn of_host(program: &str, words: &[String]) -> String {
    match words.first().and_then(|word| HostCommand::of(word)) {
        Some(command) => of_command(program, command),
        None => of_all(program),
    }
}

fn of_all(program: &str) -> String {
    let mut text = format!(
        "Connectors that are linked into this program, or PocketPaw's YAML files in a folder.\n\n\
         Usage: {program} [--connectors DIR] COMMAND ..\n\nCommands:\n"
    );
    let rows: Vec<_> = COMMANDS.iter().map(|command| (command.name.to_owned(), command.about)).collect();
    columns(&rows, &mut text);
    text.push_str("\nOptions of every command:\n");
    globals(&mut text);
    text.push_str(&format!("\n`{program} COMMAND --help` says what a command takes.\n"));
    text
}

fn of_command(program: &str, command: &HostCommand) -> String {
    let mut text = head(program, command);
    if !command.options().is_empty() {
        text.push_str("\nOptions:\n");
        let rows: Vec<_> = command
            .options()
            .iter()
            .map(|(name, _, about)| (format!("--{name} {}", name.to_uppercase()), *about))
            .collect();
        columns(&rows, &mut text);
    }
    text.push_str("\nOptions of every command:\n");
    globals(&mut text);
    text
}

/// The help of a command that sets a connector up.
pub(super) fn of_connector(program: &str, command: &HostCommand, manifest: &Manifest) -> String {
    let mut text = head(program, command);
    let (settings, credentials) = (&manifest.settings, &manifest.credentials);
    let about = |name: &str, env: &str, required: bool| {
        format!("{name}{} ({env})", if required { ", required" } else { "" })
    };
    for (title, rows) in [
        (
            "Settings of",
            settings
                .iter()
                .map(|one| (about(&one.name, &one.env, one.required), first(&one.description)))
                .collect(),
        ),
        (
            "Credentials of",
            credentials
                .iter()
                .map(|one| (about(&one.name, &one.env, one.required), first(&one.description)))
                .collect::<Vec<_>>(),
        ),
    ] {
        if !rows.is_empty() {
            text.push_str(&format!("\n{title} {}, with their environment variables:\n", manifest.id));
            columns(&rows, &mut text);
        }
    }
    text.push_str("\nOptions of every command:\n");
    globals(&mut text);
    if let super::commands::Kind::Builtin(builtin) = command.kind
        && !builtin.notes().is_empty()
    {
        text.push_str(&format!("\n{}\n", builtin.notes()));
    }
    text
}

/// The help of one action, or of all that a connector has.
pub(super) fn of_action(manifest: &Manifest, caller: &str, words: &[String], style: Style) -> String {
    if !words.is_empty() {
        let mut text = help::help(manifest, caller, words, style);
        text.push_str(
            "\n`--input JSON` gives all arguments at once; `--input -` reads them from standard input.\n",
        );
        return text;
    }
    let about = Some(first(&manifest.description)).filter(|line| !line.is_empty()).unwrap_or(&manifest.title);
    let mut text = format!("{about}\n\nUsage: {caller} ACTION ..\n\nActions:\n");
    let rows: Vec<_> = manifest
        .actions
        .iter()
        .map(|action| {
            let permission = &action.permission;
            let needs = match (permission.mode, permission.trust) {
                (Mode::Readonly, _) => String::new(),
                (mode, Trust::Auto) => format!(" [--mode {}]", mode.as_str()),
                (mode, _) => format!(" [--mode {} --yes]", mode.as_str()),
            };
            (format!("{}{needs}", action.name), action.summary())
        })
        .collect();
    columns(&rows, &mut text);
    text.push_str(&format!("\n`{caller} ACTION --help` says what an action takes.\n"));
    text
}

fn head(program: &str, command: &HostCommand) -> String {
    let usage = format!("Usage: {program} [--connectors DIR] {} {}", command.name, command.takes);
    format!("{}\n\n{}\n", command.about, usage.trim_end())
}

fn globals(text: &mut String) {
    let connectors =
        ("    --connectors DIR".to_owned(), "Read connector files of that folder; before CONNECTOR");
    let rows: Vec<_> = GLOBALS
        .iter()
        .map(|global| {
            let short = global.short.map_or_else(|| "    ".to_owned(), |short| format!("-{short}, "));
            let value = global.value.map(|value| format!(" {value}")).unwrap_or_default();
            (format!("{short}--{}{value}", global.name), global.about)
        })
        .chain([connectors])
        .collect();
    columns(&rows, text);
}

/// Names on the left, and what they are on the right.
fn columns(rows: &[(String, &str)], text: &mut String) {
    let widest = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default().min(40);
    for (name, about) in rows {
        text.push_str(format!("  {name:widest$}  {about}").trim_end());
        text.push('\n');
    }
}

fn first(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
