//! The first look at a host's command line: which connector it is about, and what is left for that one.
//!
//! Only then is it known which actions there are, and so which options take values; `scan.rs` reads the rest.

use std::ffi::OsString;

use super::super::command::{GLOBALS, kebab};
use super::super::scan::is_option;
use super::commands::HostCommand;

/// A command line as far as the host reads it.
#[derive(Default)]
pub(super) struct Line {
    /// The folder of connector files, where it is named.
    pub(super) folder: Option<OsString>,
    /// What is wrong with the naming of the folder.
    pub(super) problem: Option<String>,
    pub(super) command: Option<&'static HostCommand>,
    /// The first word, where it is no command.
    pub(super) unknown: Option<String>,
    pub(super) connector: Option<String>,
    /// What is left for the connector: the options before its name, and all after it.
    pub(super) rest: Vec<OsString>,
    /// All of it but the folder, for the host's own commands.
    pub(super) own: Vec<OsString>,
    /// Whether `--` was seen.
    words_only: bool,
}

impl Line {
    pub(super) fn read(arguments: &[OsString]) -> Self {
        let mut line = Self::default();
        let mut tokens = arguments.iter().peekable();
        while let Some(token) = tokens.next() {
            let text = token.to_string_lossy();
            if line.is_whole() {
                line.keep(token);
                continue;
            }
            if line.words_only || !is_option(&text) {
                line.word(token, &text);
                continue;
            }
            if text == "--" {
                line.words_only = true;
                line.own.push(token.clone());
                continue;
            }
            let (name, value) =
                text.split_once('=').map_or((&*text, None), |(name, value)| (name, Some(value)));
            let name = kebab(name.trim_start_matches('-'));
            if name == "connectors" && text.starts_with("--") {
                let folder = match value {
                    Some(value) => Some(OsString::from(value)),
                    None => tokens.next_if(|next| !next.to_string_lossy().starts_with("--")).cloned(),
                };
                line.folder(folder);
                continue;
            }
            line.keep(token);
            let takes_value = GLOBALS.iter().any(|global| global.name == name && global.value.is_some())
                || line
                    .command
                    .is_some_and(|command| command.options().iter().any(|(option, ..)| *option == name));
            let is_value = |next: &&OsString| !next.to_string_lossy().starts_with("--");
            if takes_value
                && value.is_none()
                && let Some(next) = tokens.next_if(is_value)
            {
                line.keep(next);
            }
        }
        line
    }

    /// Whether nothing of what follows is the host's.
    fn is_whole(&self) -> bool {
        self.connector.is_some()
    }

    fn word(&mut self, token: &OsString, text: &str) {
        match self.command {
            None if self.unknown.is_none() && text == "help" => self.keep(&"--help".into()),
            None if self.unknown.is_none() => {
                self.command = HostCommand::of(text);
                if self.command.is_none() {
                    self.unknown = Some(text.to_owned());
                }
                self.own.push(token.clone());
            }
            Some(command) if !command.kind.is_own() => {
                self.connector = Some(text.to_owned());
                self.own.push(token.clone());
                if self.words_only {
                    // They are words to the connector too.
                    self.rest.push("--".into());
                }
            }
            _ => self.keep(token),
        }
    }

    fn folder(&mut self, folder: Option<OsString>) {
        match folder {
            None => self.wrong("`--connectors` needs a value: a folder"),
            Some(folder) if folder.is_empty() => {
                self.wrong("`--connectors` is empty; give it a folder, `.` for the current one");
            }
            Some(_) if self.folder.is_some() => self.wrong("`--connectors` is given twice; give it once"),
            folder => self.folder = folder,
        }
    }

    fn wrong(&mut self, message: &str) {
        self.problem.get_or_insert_with(|| message.to_owned());
    }

    fn keep(&mut self, token: &OsString) {
        self.rest.push(token.clone());
        self.own.push(token.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Line {
        Line::read(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_before_and_after_the_connector_is_for_it() {
        let line = read(
            "--json --connectors dir --mode write call --workspace W stripe list --limit 3 --connectors x",
        );
        assert_eq!(line.folder, Some("dir".into()));
        assert_eq!(line.command.map(|command| command.name), Some("call"));
        assert_eq!(line.connector.as_deref(), Some("stripe"));
        let rest =
            ["--json", "--mode", "write", "--workspace", "W", "list", "--limit", "3", "--connectors", "x"];
        assert_eq!(line.rest, rest);
    }

    #[test]
    fn an_own_command_takes_the_folder_wherever_it_stands() {
        for text in
            ["list --connectors dir --json", "--connectors=dir list --json", "list --json --connectors dir"]
        {
            let line = read(text);
            assert_eq!(
                (line.folder, line.own),
                (Some("dir".into()), vec!["list".into(), "--json".into()]),
                "{text}"
            );
        }
        let line = read("audit --connector --json --limit 3");
        assert_eq!(line.own, ["audit", "--connector", "--json", "--limit", "3"]);
    }

    #[test]
    fn a_folder_that_is_not_one_is_a_mistake() {
        for text in [
            "list --connectors",
            "list --connectors --json",
            "list --connectors=",
            "--connectors a list --connectors b",
        ] {
            assert!(read(text).problem.is_some(), "{text}");
        }
        assert_eq!(read("bogus stripe").unknown.as_deref(), Some("bogus"));
        assert!(read("help").own == ["--help"]);
    }
}
