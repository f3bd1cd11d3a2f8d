//! Help, made from the same grammar that reads the command line.

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use super::command::{Command, GLOBALS, Global, Parameter, Takes, lookup};
use super::show::{Style, clean};
use super::tree::{self, Branch, name_of};
use super::wrap::wrap;
use crate::manifest::{Action, Manifest, Mode, Trust, limit};

/// How wide help is where the terminal isn't known, and at most: longer lines are hard to read.
const WIDEST: usize = 100;
/// Descriptions have at least this many columns beside what they describe, or stand below it.
const NARROWEST: usize = 28;
/// How far descriptions that stand below are indented.
const BELOW: usize = 10;

/// The help of a command, or of the group that words begin; of everything, where there are none.
pub(super) fn help(manifest: &Manifest, program: &str, words: &[String], style: Style) -> String {
    let names: Vec<&str> = words.iter().map(String::as_str).collect();
    let command = lookup(manifest, &names).command;
    let branches = tree::after(manifest, words);
    let options = command.map(distinct).unwrap_or_default();
    let mut page = Page::new(style);
    page.paragraph(&about(manifest, words, command, &branches));
    page.usage(&usage(program, words, command, &branches, &options));
    let mut rows = branches.iter().map(|branch| (branch.name.clone(), branch.about()));
    page.section("Commands", &mut rows);
    let mut rows = options.iter().map(|option| (format!("    {}", spelled(option)), facts(option)));
    page.section("Options", &mut rows);
    let mut rows = GLOBALS.iter().map(|global| (switch(global), choices(global)));
    page.section("Options of every command", &mut rows);
    let notes = notes(command, &options);
    if !notes.is_empty() {
        page.paragraph(&notes.join("\n"));
    }
    page.text
}

/// Text that grows section by section.
struct Page {
    text: String,
    columns: usize,
    colour: bool,
}

impl Page {
    fn new(style: Style) -> Self {
        let columns = style.columns.unwrap_or(WIDEST).min(WIDEST);
        Self { text: String::new(), columns, colour: style.colour }
    }

    /// A text of its own, after an empty line.
    fn paragraph(&mut self, text: &str) {
        self.gap();
        for line in wrap(&clean(text), self.columns) {
            self.line(&line);
        }
    }

    fn usage(&mut self, words: &str) {
        const TITLE: &str = "Usage: ";
        self.gap();
        let mut lines = wrap(words, self.columns.saturating_sub(TITLE.len())).into_iter();
        let (bold, plain) = self.bold();
        let first = lines.next().unwrap_or_default();
        self.line(&format!("{bold}Usage:{plain} {first}"));
        for line in lines {
            self.line(&format!("{:1$}{line}", "", TITLE.len()));
        }
    }

    /// Names with their descriptions beside them; nothing, where there are none.
    fn section(&mut self, title: &str, rows: &mut dyn Iterator<Item = (String, String)>) {
        let rows: Vec<(String, String)> = rows.map(|(name, about)| (clean(&name), clean(&about))).collect();
        if rows.is_empty() {
            return;
        }
        self.gap();
        let (bold, plain) = self.bold();
        self.line(&format!("{bold}{title}:{plain}"));
        let widest = rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
        let start = widest + 4;
        let is_beside = start + NARROWEST <= self.columns;
        let indent = if is_beside { start } else { BELOW };
        for (name, about) in rows {
            let mut lines = wrap(&about, self.columns.saturating_sub(indent)).into_iter();
            let gap = start - 2 - name.width();
            let first = if is_beside { lines.next().unwrap_or_default() } else { String::new() };
            self.line(&format!("  {name}{:gap$}{first}", ""));
            for line in lines {
                self.line(&format!("{:indent$}{line}", ""));
            }
        }
    }

    fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn bold(&self) -> (&'static str, &'static str) {
        if self.colour { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") }
    }
}

/// What a command is for, or what the words before one begin.
fn about(
    manifest: &Manifest,
    words: &[String],
    command: Option<Command<'_>>,
    branches: &[Branch<'_>],
) -> String {
    match command {
        Some(Command::Action(action)) => action.description.clone(),
        Some(command) => command.about().to_owned(),
        None if !words.is_empty() => tree::commands(branches.iter().map(|branch| &branch.name)),
        None if manifest.description.is_empty() => manifest.title.clone(),
        None => manifest.description.clone(),
    }
}

fn usage(
    program: &str,
    words: &[String],
    command: Option<Command<'_>>,
    branches: &[Branch<'_>],
    options: &[Parameter<'_>],
) -> String {
    let mut usage = vec![program.to_owned()];
    usage.extend(words.iter().map(|word| name_of(word)));
    usage.push("[OPTIONS]".to_owned());
    usage.extend(options.iter().filter(|option| option.required).map(spelled));
    match (branches.is_empty(), command) {
        (true, _) => {}
        (false, None) => usage.push("<COMMAND>".to_owned()),
        (false, Some(_)) => usage.push("[COMMAND]".to_owned()),
    }
    usage.join(" ")
}

/// The options of a command. Two arguments may differ in spelling only; the first is the one that an
/// option means.
fn distinct<'m>(command: Command<'m>) -> Vec<Parameter<'m>> {
    let mut kept: Vec<Parameter<'m>> = Vec::new();
    for option in command.parameters() {
        if !kept.iter().any(|known| known.flag == option.flag) {
            kept.push(option);
        }
    }
    kept
}

/// An option with what stands after it: `--query <QUERY>`.
fn spelled(option: &Parameter<'_>) -> String {
    match option.takes {
        Takes::Nothing => format!("--{}", option.flag),
        Takes::Boolean => format!("--{} [<BOOL>]", option.flag),
        Takes::Value => format!("--{} <{}>", option.flag, value_name(option)),
        Takes::List => format!("--{} <{}>...", option.flag, value_name(option)),
    }
}

fn value_name(option: &Parameter<'_>) -> String {
    option.name.replace('-', "_").to_ascii_uppercase()
}

/// An option of every command, as [`spelled`].
fn switch(global: &Global) -> String {
    let short = global.short.map_or_else(|| "    ".to_owned(), |short| format!("-{short}, "));
    let value = global.value.map(|value| format!(" <{value}>")).unwrap_or_default();
    format!("{short}--{}{value}", global.name)
}

/// What an option of every command is for, and the values that it may have.
fn choices(global: &Global) -> String {
    let mut about = global.about.to_owned();
    if global.name == "mode" {
        append_values(&mut about, Mode::ALL.iter().map(|mode| mode.as_str()));
    }
    about
}

/// What an argument is for, its limits, its default and the values that it may have.
fn facts(option: &Parameter<'_>) -> String {
    let mut text = option.about.trim().to_owned();
    if let Some(schema) = option.schema {
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
    }
    append_values(&mut text, option.values.iter().copied());
    text
}

fn append_values<'a>(text: &mut String, values: impl Iterator<Item = &'a str>) {
    let values: Vec<&str> = values.collect();
    if !values.is_empty() {
        text.push_str(&format!(" [possible values: {}]", values.join(", ")));
    }
}

/// What a caller has to know of a command besides its options.
fn notes(command: Option<Command<'_>>, options: &[Parameter<'_>]) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(order(options));
    match command {
        Some(Command::Action(action)) => lines.extend(permission(action)),
        Some(Command::Builtin(builtin)) if !builtin.notes().is_empty() => {
            lines.push(builtin.notes().to_owned());
        }
        _ => {}
    }
    lines
}

/// That values need no option before them, and what they are taken for.
fn order(options: &[Parameter<'_>]) -> Option<String> {
    let taking: Vec<String> = options
        .iter()
        .filter(|option| option.takes != Takes::Nothing)
        .map(|option| option.name.to_ascii_uppercase())
        .collect();
    match taking.as_slice() {
        [] => None,
        [one] => Some(format!("A value without an option is taken for {one}.")),
        [first, .., last] => {
            Some(format!("Values without an option are taken in this order, from {first} to {last}."))
        }
    }
}

/// What an action needs before it runs.
fn permission(action: &Action) -> Vec<String> {
    let mut lines = Vec::new();
    let permission = &action.permission;
    if permission.mode != Mode::Readonly {
        lines.push(format!("It needs `--mode {}`.", permission.mode.as_str()));
    }
    if permission.trust != Trust::Auto {
        lines.push("On a terminal it asks before it runs, unless `--yes` is given.".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::fake;
    use super::*;

    fn at(words: &[&str], style: Style) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        help(&fake::manifest(), "notes", &words, style)
    }

    fn help_of(words: &[&str]) -> String {
        at(words, Style::default())
    }

    #[test]
    fn help_is_there_at_every_level() {
        let top = help_of(&[]);
        assert!(top.starts_with("Notes in memory.\n\nUsage: notes [OPTIONS] <COMMAND>\n"), "{top}");
        assert!(top.contains("\n      --mode <MODE>  ") && !top.contains("__complete"), "{top}");
        assert!(top.contains("capabilities") && top.contains("notes  "), "{top}");
        let group = help_of(&["notes"]);
        assert!(group.starts_with("Commands: search, create, delete, batch-send\n"), "{group}");
        assert!(group.contains("\n  batch-send  batch send notes.\n"), "{group}");
        assert!(group.contains("\n  search      search notes notes.\n"), "{group}");
        let action = help_of(&["notes", "search"]);
        assert!(action.contains("At length."), "{action}");
        assert!(
            action.contains("--query <QUERY>") && action.contains("The limit. [default: 10]"),
            "{action}"
        );
        assert!(action.contains("[possible values: name, date]"), "{action}");
        assert!(
            action.contains("--case-sensitive [<BOOL>]") && action.contains("--tags <TAGS>..."),
            "{action}"
        );
        assert!(help_of(&["notes", "batch_send"]).contains("Usage: notes notes batch-send [OPTIONS]\n"));
        assert!(help_of(&["notes", "create"]).contains("It needs `--mode write`."));
        assert!(!help_of(&["notes", "search"]).contains("It needs"));
        let call = help_of(&["call"]);
        assert!(call.contains("Usage: notes call [OPTIONS] --action <ACTION>\n"), "{call}");
        assert!(call.contains("taken in this order, from ACTION to INPUT."), "{call}");
        let shell = help_of(&["completions"]);
        assert!(shell.contains("A value without an option is taken for SHELL."), "{shell}");
        assert!(!help_of(&["health"]).contains("without an option"));
    }

    #[test]
    fn odd_commands_have_help_too() {
        let mut manifest = fake::manifest();
        manifest.actions[0].parameters.push(crate::manifest::Parameter::new("case-sensitive"));
        manifest.actions[1].command = "health".to_owned();
        manifest.actions[2].command = "manifest.list".to_owned();
        let help = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            help(&manifest, "notes", &words, Style::default())
        };
        assert_eq!(
            help(&["notes", "search"]).matches("--case-sensitive").count(),
            1,
            "the first one is meant"
        );
        assert!(help(&["health"]).starts_with("Tell whether the service"), "what is built in wins");
        assert!(help(&["manifest"]).contains("Usage: notes manifest [OPTIONS] [COMMAND]\n"));
        manifest.description.clear();
        manifest.title = "No\u{1b}tes".to_owned();
        let title = super::help(&manifest, "notes", &[], Style::default());
        assert!(title.starts_with("No\\u{1b}tes\n"), "nothing that a terminal obeys: {title}");
    }

    #[test]
    fn help_fits_its_terminal() {
        for columns in [40, 50, 72, 100] {
            let text = at(&["notes", "search"], Style { columns: Some(columns), colour: false });
            assert!(text.lines().all(|line| line.width() <= columns), "{columns}:\n{text}");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&text), words(&help_of(&["notes", "search"])), "nothing is cut");
        }
        let wide = at(&[], Style { columns: Some(300), colour: false });
        assert_eq!(wide, help_of(&[]), "lines stay short enough to read");
    }

    #[test]
    fn titles_are_bold_where_colour_is_wanted() {
        let bold = at(&[], Style { columns: None, colour: true });
        assert!(bold.contains("\u{1b}[1mUsage:\u{1b}[0m notes [OPTIONS] <COMMAND>\n"), "{bold}");
        assert_eq!(bold.replace("\u{1b}[1m", "").replace("\u{1b}[0m", ""), help_of(&[]));
    }
}
