//! The commands of a tool: the one list that every document is made from.

use std::borrow::Cow;

use serde::Serialize;

use crate::manifest::{Action, Effect, Manifest, Mode};

/// What ArgentOS asks every tool, with what it is for (contract 1.2, "standard meta ids").
const META: [(&str, &str); 4] = [
    ("capabilities", "Describe the connector and its commands"),
    ("config.show", "Show the configuration, credentials only as set or not set"),
    ("health", "Say whether the connector is ready"),
    ("doctor", "Say what is wrong and which commands work"),
];

/// The commands that the binary has besides, which ArgentOS is not told of.
const OWN: &[&str] = &[
    "__complete",
    "call",
    "completions",
    #[cfg(feature = "credentials")]
    "connect",
    #[cfg(feature = "credentials")]
    "connections",
    #[cfg(feature = "credentials")]
    "disconnect",
    "manifest",
    "options",
];

/// The options that every command takes, which no argument may be called.
pub const GLOBAL_OPTIONS: [&str; 12] = [
    "json",
    "mode",
    "set",
    "config",
    "verbose",
    "yes",
    "timeout",
    "help",
    "version",
    "workspace",
    "connection",
    "input",
];

/// How an argument is spelled on the command line, without the dashes: `page-size` for `page_size`
/// and `pageSize`, `arg-mode` for `mode`, which is an option of every command.
///
/// It is what ArgentOS makes of a key when it writes a command line (contract 1.5, "Options").
pub fn flag(parameter: &str) -> String {
    let mut flag = String::with_capacity(parameter.len() + 4);
    let mut before = '-';
    for character in parameter.chars() {
        let starts_word =
            character.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit());
        if starts_word {
            flag.push('-');
        }
        flag.push(if character.is_alphanumeric() { character.to_ascii_lowercase() } else { '-' });
        before = character;
    }
    if GLOBAL_OPTIONS.contains(&flag.as_str()) { format!("arg-{flag}") } else { flag }
}

/// One command, as `connector.json` and `capabilities` tell it; `permissions.json` takes its id and
/// its mode.
#[derive(Debug, Serialize)]
pub(super) struct Command<'m> {
    pub(super) id: Cow<'m, str>,
    pub(super) summary: &'m str,
    pub(super) required_mode: &'static str,
    pub(super) supports_json: bool,
    pub(super) resource: &'m str,
    pub(super) action_class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) side_effect_level: Option<&'static str>,
    /// The action that the command calls; none for what every tool has.
    #[serde(skip)]
    pub(super) action: Option<&'m Action>,
}

/// Every command: the actions, the sources of choices, and what ArgentOS asks every tool.
pub(super) fn commands(manifest: &Manifest) -> Vec<Command<'_>> {
    let choices = manifest.options.iter().map(|source| {
        reads(options_command(&source.name).into(), first_line(&source.description), "options")
    });
    let meta = META.into_iter().map(|(id, summary)| reads(id.into(), summary, "connector"));
    actions(manifest).map(|action| of_action(manifest, action)).chain(choices).chain(meta).collect()
}

/// The actions that are commands of their own. One that is called like a command which every tool has
/// can't be reached by that name, so nobody is told of it; `call` still reaches it.
pub(super) fn actions(manifest: &Manifest) -> impl Iterator<Item = &Action> {
    manifest.actions.iter().filter(|action| {
        let command = action.command.as_str();
        let source = command.strip_prefix("options.");
        META.iter().all(|(id, _)| *id != command)
            && !OWN.contains(&command)
            && manifest.options.iter().all(|known| source != Some(known.name.as_str()))
    })
}

/// The id of the command that lists the choices of a source: `options.repositories`.
pub(super) fn options_command(source: &str) -> String {
    format!("options.{source}")
}

fn of_action<'m>(manifest: &'m Manifest, action: &'m Action) -> Command<'m> {
    let permission = &action.permission;
    Command {
        id: action.command.as_str().into(),
        summary: action.summary(),
        required_mode: permission.mode.as_str(),
        supports_json: true,
        resource: action.resource.as_deref().unwrap_or(&manifest.id),
        action_class: permission.effect.as_str(),
        // Certification takes a change without a level for one outside the machine, and the two
        // levels that it knows for local ones for previews that change nothing.
        side_effect_level: match permission.effect {
            Effect::Read => None,
            _ if permission.external_side_effect => Some("external_mutation"),
            _ => Some("local_mutation"),
        },
        action: Some(action),
    }
}

fn reads<'m>(id: Cow<'m, str>, summary: &'m str, resource: &'m str) -> Command<'m> {
    Command {
        id,
        summary,
        required_mode: Mode::Readonly.as_str(),
        supports_json: true,
        resource,
        action_class: Effect::Read.as_str(),
        side_effect_level: None,
        action: None,
    }
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `optionKeyToFlag` of ArgentOS's `src/connectors/tools.ts`, told in our own words.
    fn as_the_host_spells_it(key: &str) -> String {
        let split = regex_lite::Regex::new("([a-z0-9])([A-Z])").expect("a pattern");
        split.replace_all(key.trim(), "$1-$2").replace('_', "-").to_lowercase()
    }

    #[test]
    fn a_flag_is_what_the_host_makes_of_a_name() {
        for name in ["path", "page_size", "pageSize", "url2Path", "HTTPServer", "a__b", "x1"] {
            assert_eq!(flag(name), as_the_host_spells_it(name), "{name}");
        }
        assert_eq!(flag("a.b c"), "a-b-c");
    }

    #[test]
    fn a_flag_never_clashes_with_an_option_of_every_command() {
        for option in GLOBAL_OPTIONS {
            assert_eq!(flag(option), format!("arg-{option}"));
        }
        assert_eq!(flag("Mode"), "arg-mode");
        assert_eq!(flag("modes"), "modes");
    }
}
