//! Help and shell completions, made by clap from the same grammar that reads the command line.

use std::str::FromStr as _;

use clap::builder::{PossibleValuesParser, Str};
use clap::{Arg, ArgAction};
use serde_json::Value;

use super::command::{Command, GLOBALS, Parameter, SHELLS, Takes};
use crate::manifest::{Action, Manifest, Mode, Trust, limit};
use crate::similar::listed;
use crate::{Error, Result};

/// The help of a command, or of the group that words begin; of everything, where they begin nothing.
pub(super) fn help(manifest: &Manifest, program: &str, words: &[String]) -> String {
    let mut tree = tree(manifest, program);
    tree.build();
    let mut found = tree;
    for word in words {
        let Some(next) = found.find_subcommand(name_of(word)).cloned() else { break };
        found = next;
    }
    // The long form spreads each option over three lines; only its description is wanted.
    if let Some(description) = found.get_long_about().cloned() {
        found = found.about(description);
    }
    found.render_help().to_string()
}

/// Completions for a shell.
pub(super) fn completions(manifest: &Manifest, program: &str, shell: &str) -> Result<String> {
    let shell = clap_complete::Shell::from_str(shell).map_err(|_| {
        Error::usage(format!("there are no completions for that shell; there are for {}", listed(SHELLS)))
    })?;
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut tree(manifest, program), program, &mut script);
    Ok(String::from_utf8_lossy(&script).into_owned())
}

/// A command and those below it.
#[derive(Default)]
struct Node<'m> {
    command: Option<Command<'m>>,
    children: Vec<(String, Node<'m>)>,
}

impl<'m> Node<'m> {
    fn child(&mut self, name: String) -> &mut Self {
        let place = match self.children.iter().position(|(known, _)| *known == name) {
            Some(place) => place,
            None => {
                self.children.push((name, Self::default()));
                self.children.len() - 1
            }
        };
        &mut self.children[place].1
    }

    fn build(&self, name: &str) -> clap::Command {
        let mut built = clap::Command::new(name.to_owned());
        let parameters = self.command.map(Command::parameters).unwrap_or_default();
        built = match self.command {
            Some(Command::Builtin(builtin)) => {
                let notes = [order(&parameters), builtin.notes().to_owned()];
                let notes: Vec<String> = notes.into_iter().filter(|note| !note.is_empty()).collect();
                built.about(builtin.about()).after_help(notes.join(
                    "
",
                ))
            }
            Some(Command::Action(action)) => built
                .about(action.summary().to_owned())
                .long_about(action.description.clone())
                .after_help(notes(action, &parameters)),
            None => {
                let names: Vec<&str> = self.children.iter().map(|(name, _)| name.as_str()).collect();
                built.about(format!("Commands: {}", names.join(", "))).subcommand_required(true)
            }
        };
        let mut seen: Vec<String> = GLOBALS.iter().map(|global| global.name.to_owned()).collect();
        for parameter in &parameters {
            // Two arguments may differ in spelling only; the first is the one that an option means.
            if !seen.iter().any(|flag| *flag == *parameter.flag) {
                seen.push(parameter.flag.to_string());
                built = built.arg(option(parameter));
            }
        }
        built.subcommands(self.children.iter().map(|(name, child)| child.build(name)))
    }
}

fn tree(manifest: &Manifest, program: &str) -> clap::Command {
    let mut root = Node::default();
    let (builtins, actions): (Vec<_>, Vec<_>) =
        Command::all(manifest).partition(|command| matches!(command, Command::Builtin(_)));
    for command in actions.into_iter().chain(builtins) {
        let mut node = &mut root;
        for segment in command.id().split('.') {
            node = node.child(name_of(segment));
        }
        // Built-in commands come last and win, as they do when a command line is read.
        node.command = Some(command);
    }
    let about = match manifest.description.lines().next() {
        Some(line) if !line.is_empty() => line.to_owned(),
        _ => manifest.title.clone(),
    };
    let mut tree = root
        .build(program)
        .about(about)
        .version(manifest.version.clone())
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true);
    if !manifest.description.is_empty() {
        tree = tree.long_about(manifest.description.clone());
    }
    for global in GLOBALS {
        let mut arg = Arg::new(global.name)
            .long(global.name)
            .help(global.about)
            .global(true)
            .help_heading("Options of every command");
        arg = match global.value {
            Some(value) => arg.value_name(value).action(ArgAction::Append),
            None => arg.action(ArgAction::SetTrue),
        };
        if let Some(short) = global.short {
            arg = arg.short(short);
        }
        if global.name == "mode" {
            arg = arg.value_parser(PossibleValuesParser::new(Mode::ALL.iter().map(|mode| mode.as_str())));
        }
        if global.name == "config" {
            arg = arg.value_hint(clap::ValueHint::FilePath);
        }
        tree = tree.arg(arg);
    }
    tree
}

/// Names of commands are kebab-case to people.
fn name_of(segment: &str) -> String {
    segment.replace('_', "-")
}

fn option(parameter: &Parameter<'_>) -> Arg {
    let value_name = parameter.name.replace('-', "_").to_ascii_uppercase();
    let mut arg = Arg::new(format!("option {}", parameter.name))
        .long(Str::from(parameter.flag.to_string()))
        .help(about(parameter))
        .required(parameter.required);
    arg = match parameter.takes {
        Takes::Nothing => arg.action(ArgAction::SetTrue),
        Takes::Boolean => {
            arg.num_args(0..=1).value_name("BOOL").value_parser(["true", "false"]).hide_possible_values(true)
        }
        Takes::List => arg.action(ArgAction::Append).value_name(value_name),
        Takes::Value => arg.value_name(value_name),
    };
    if !parameter.values.is_empty() {
        let values: Vec<String> = parameter.values.iter().map(|value| (*value).to_owned()).collect();
        arg = arg.value_parser(PossibleValuesParser::new(values));
    }
    arg
}

/// What an argument is for, its limits and its default.
fn about(parameter: &Parameter<'_>) -> String {
    let mut text = parameter.about.trim().to_owned();
    let Some(schema) = parameter.schema else { return text };
    let number = |keyword: &str| limit(schema, keyword).filter(|value| value.is_number());
    let mut facts = Vec::new();
    match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => facts.push(format!("{least} to {most}")),
        (Some(least), None) if least != &Value::from(0) => facts.push(format!("at least {least}")),
        (None, Some(most)) => facts.push(format!("at most {most}")),
        _ => {}
    }
    match schema.get("default") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => facts.push(format!("default: {text}")),
        Some(other) => facts.push(format!("default: {other}")),
    }
    if !facts.is_empty() {
        text.push_str(&format!(" [{}]", facts.join(", ")));
    }
    text
}

/// That values need no option before them, and what they are taken for.
fn order(parameters: &[Parameter<'_>]) -> String {
    let taking: Vec<String> = parameters
        .iter()
        .filter(|parameter| parameter.takes != Takes::Nothing)
        .map(|parameter| parameter.name.to_ascii_uppercase())
        .collect();
    match taking.as_slice() {
        [] => String::new(),
        [one] => format!("A value without an option is taken for {one}."),
        [first, .., last] => {
            format!("Values without an option are taken in this order, from {first} to {last}.")
        }
    }
}

/// What a caller has to know of an action besides its arguments.
fn notes(action: &Action, parameters: &[Parameter<'_>]) -> String {
    let mut lines = Vec::new();
    lines.extend(Some(order(parameters)).filter(|line| !line.is_empty()));
    let permission = &action.permission;
    if permission.mode != Mode::Readonly {
        lines.push(format!("It needs `--mode {}`.", permission.mode.as_str()));
    }
    if permission.trust != Trust::Auto {
        lines.push("On a terminal it asks before it runs, unless `--yes` is given.".to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::fake;
    use super::*;

    fn help_of(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        help(&fake::manifest(), "notes", &words)
    }

    #[test]
    fn the_tree_is_one_that_clap_accepts() {
        let mut manifest = fake::manifest();
        // What would make clap panic: the same option twice, and a command that is built in.
        let twin = crate::manifest::Parameter::new("pageSize");
        manifest.actions[0].parameters.push(crate::manifest::Parameter::new("page_size"));
        manifest.actions[0].parameters.push(twin);
        manifest.actions[1].command = "health".to_owned();
        manifest.actions[2].command = "manifest.list".to_owned();
        tree(&manifest, "notes").debug_assert();
    }

    #[test]
    fn help_is_there_at_every_level() {
        let top = help_of(&[]);
        assert!(top.starts_with("Notes in memory.") && top.contains("--mode <MODE>"), "{top}");
        assert!(top.contains("capabilities") && top.contains("notes  "), "{top}");
        let group = help_of(&["notes"]);
        assert!(
            group.contains("search") && group.contains("batch-send") && group.contains("search notes notes."),
            "{group}"
        );
        let action = help_of(&["notes", "search"]);
        assert!(action.contains("At length."), "{action}");
        assert!(
            action.contains("--query <QUERY>") && action.contains("The limit. [default: 10]"),
            "{action}"
        );
        assert!(action.contains("[possible values: name, date]"), "{action}");
        assert!(help_of(&["notes", "batch_send"]).contains("Usage: notes notes batch-send"));
        assert!(help_of(&["notes", "create"]).contains("It needs `--mode write`."));
        assert!(!help_of(&["notes", "search"]).contains("It needs"));
        let call = help_of(&["call"]);
        assert!(call.contains("taken in this order, from ACTION to INPUT."), "{call}");
        let shell = help_of(&["completions"]);
        assert!(shell.contains("A value without an option is taken for SHELL."), "{shell}");
        assert!(!help_of(&["health"]).contains("without an option"));
    }

    #[test]
    fn every_shell_has_completions() {
        for shell in SHELLS {
            let script = completions(&fake::manifest(), "notes", shell).expect(shell);
            assert!(script.contains("case-sensitive"), "{shell}");
        }
        let error = completions(&fake::manifest(), "notes", "tcsh").expect_err("no such");
        assert_eq!(error.kind(), crate::ErrorKind::Usage);
    }
}
