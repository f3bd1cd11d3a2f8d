//! Commands as the words of a command line: what may follow those that are there.

use super::command::{Command, same};
use crate::manifest::Manifest;

/// A word that may come next.
#[derive(Debug)]
pub(super) struct Branch<'m> {
    /// The word as people write it: `batch-send`.
    pub(super) name: String,
    /// The command that is complete with it.
    pub(super) command: Option<Command<'m>>,
    /// The words that may follow it.
    pub(super) below: Vec<String>,
}

impl Branch<'_> {
    /// What it is for, in a line.
    pub(super) fn about(&self) -> String {
        match self.command {
            Some(command) => command.about().to_owned(),
            None => commands(&self.below),
        }
    }
}

/// What a group of commands is for.
pub(super) fn commands<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    format!("Commands: {}", names.join(", "))
}

/// The words that may follow some words: the connector's own commands first.
pub(super) fn after<'m>(manifest: &'m Manifest, words: &[String]) -> Vec<Branch<'m>> {
    let mut found: Vec<Branch<'m>> = Vec::new();
    let (builtins, actions): (Vec<_>, Vec<_>) =
        Command::all(manifest).partition(|command| matches!(command, Command::Builtin(_)));
    for command in actions.into_iter().chain(builtins).filter(|command| !command.is_hidden()) {
        let mut segments = command.id().split('.');
        if !words.iter().all(|word| segments.next().is_some_and(|segment| same(segment, word))) {
            continue;
        }
        let Some(name) = segments.next().map(name_of) else { continue };
        let at = found.iter().position(|branch| branch.name == name).unwrap_or(found.len());
        if at == found.len() {
            found.push(Branch { name, command: None, below: Vec::new() });
        }
        let Some(branch) = found.get_mut(at) else { continue };
        match segments.next().map(name_of) {
            // Built-in commands come last and win, as they do when a command line is read.
            None => branch.command = Some(command),
            Some(next) if !branch.below.contains(&next) => branch.below.push(next),
            Some(_) => {}
        }
    }
    found
}

/// Names of commands are kebab-case to people.
pub(super) fn name_of(segment: &str) -> String {
    segment.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::super::fake;
    use super::*;

    #[test]
    fn words_branch_into_commands() {
        let mut manifest = fake::manifest();
        manifest.actions[1].command = "health".to_owned();
        manifest.actions[2].command = "manifest.list".to_owned();
        let names = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            after(&manifest, &words).into_iter().map(|branch| branch.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&["notes"]), ["search", "batch-send"]);
        assert_eq!(names(&["manifest"]), ["list"]);
        assert_eq!(names(&["notes", "batch_send"]), [""; 0]);
        let top = after(&manifest, &[]);
        let find = |name: &str| top.iter().find(|branch| branch.name == name).expect("there");
        assert_eq!(find("notes").about(), "Commands: search, batch-send");
        assert!(matches!(find("health").command, Some(Command::Builtin(_))));
        assert!(find("manifest").command.is_some() && find("manifest").below == ["list"]);
        assert!(top.iter().all(|branch| !branch.name.starts_with('_')));
    }
}
