//! Reads a command line: which command, how far it may go, and which values it was given.
//!
//! It never stops at a mistake, because whoever sent a broken command line with `--json` gets JSON all
//! the same, and whoever may not run a command learns that before anything about its arguments. It
//! gives no meaning to values either; `argument.rs` does, once the command may run.

use std::ffi::OsStr;

#[cfg(feature = "host")]
use super::command::Builtin;
use super::command::{
    Command, GLOBALS, Global, GlobalKey, Lookup, Parameter, Takes, kebab, lookup, lookup_action,
};
use crate::Error;
use crate::manifest::Manifest;
use crate::similar::{excerpt, listed, nearest};

/// A command line that has been read.
#[derive(Debug, Default)]
pub(super) struct Scan<'m> {
    pub(super) json: bool,
    pub(super) yes: bool,
    pub(super) verbose: bool,
    pub(super) help: bool,
    pub(super) version: bool,
    pub(super) mode: Option<String>,
    pub(super) config: Option<String>,
    pub(super) timeout: Option<String>,
    pub(super) workspace: Option<String>,
    pub(super) connection: Option<String>,
    pub(super) set: Vec<String>,
    /// The words that were taken for a command, up to the first that no command has.
    pub(super) words: Vec<String>,
    pub(super) command: Option<Command<'m>>,
    /// Whether the words begin commands and name none, as `notes` does for `notes search`.
    pub(super) group: bool,
    /// The options of the command.
    pub(super) parameters: Vec<Parameter<'m>>,
    /// What was given to the command, in the order of the command line.
    pub(super) given: Vec<Given>,
    /// The whole input of an action as JSON text, where a command line may give it so.
    pub(super) input: Option<String>,
    /// Whether all of it is UTF-8 text. That it isn't is then the first thing that is wrong.
    pub(super) is_text: bool,
    /// The first thing that is wrong with the command line.
    pub(super) problem: Option<Error>,
}

/// A value on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    /// The option before it, by its place in the command's parameters; none: it stood alone.
    pub(super) parameter: Option<usize>,
    /// The value; none: the option stood alone.
    pub(super) value: Option<String>,
}

/// What the words of a command line may name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grammar {
    /// The built-in commands, and actions by their ids as commands: a connector's own binary.
    Binary,
    /// Actions alone, by either name; `--input` takes all arguments of one as JSON.
    Actions,
    /// Nothing: the command is known.
    #[cfg(feature = "host")]
    Only(Builtin),
}

/// Reads the command line of a connector's own binary.
pub(super) fn scan<'m, A: AsRef<OsStr>>(manifest: &'m Manifest, arguments: &[A]) -> Scan<'m> {
    read(manifest, Grammar::Binary, arguments)
}

/// Reads a command line that names an action and its arguments, and no built-in command.
#[cfg(feature = "host")]
pub(super) fn scan_action<'m, A: AsRef<OsStr>>(manifest: &'m Manifest, arguments: &[A]) -> Scan<'m> {
    read(manifest, Grammar::Actions, arguments)
}

/// Reads the options and values of one built-in command.
#[cfg(feature = "host")]
pub(super) fn scan_builtin<'m, A: AsRef<OsStr>>(
    manifest: &'m Manifest,
    builtin: Builtin,
    arguments: &[A],
) -> Scan<'m> {
    read(manifest, Grammar::Only(builtin), arguments)
}

fn read<'m, A: AsRef<OsStr>>(manifest: &'m Manifest, grammar: Grammar, arguments: &[A]) -> Scan<'m> {
    let mut tokens = Vec::with_capacity(arguments.len());
    let mut scan = Scan { is_text: true, ..Scan::default() };
    for (place, argument) in arguments.iter().enumerate() {
        let token = argument.as_ref().to_string_lossy();
        if argument.as_ref().to_str().is_none() {
            scan.is_text = false;
            scan.wrong(format!("argument {} of the command line is not UTF-8 text", place + 1));
        }
        tokens.push(token.into_owned());
    }
    let tokens = tokens.into_iter().peekable();
    #[cfg_attr(not(feature = "host"), expect(unused_mut, reason = "it is a host that knows the command"))]
    let mut open = true;
    #[cfg(feature = "host")]
    if let Grammar::Only(builtin) = grammar {
        let command = Command::Builtin(builtin);
        scan.words = command.id().split('.').map(str::to_owned).collect();
        (scan.command, scan.parameters, open) = (Some(command), command.parameters(), false);
    }
    Scanner { manifest, grammar, scan, tokens, open, words_only: false }.run()
}

/// Where it is kept what an option of every command says.
enum Slot<'s> {
    Switch(&'s mut bool),
    Value(&'s mut Option<String>),
    Values(&'s mut Vec<String>),
}

impl Scan<'_> {
    fn slot(&mut self, key: GlobalKey) -> Slot<'_> {
        match key {
            GlobalKey::Json => Slot::Switch(&mut self.json),
            GlobalKey::Yes => Slot::Switch(&mut self.yes),
            GlobalKey::Verbose => Slot::Switch(&mut self.verbose),
            GlobalKey::Help => Slot::Switch(&mut self.help),
            GlobalKey::Version => Slot::Switch(&mut self.version),
            GlobalKey::Mode => Slot::Value(&mut self.mode),
            GlobalKey::Config => Slot::Value(&mut self.config),
            GlobalKey::Timeout => Slot::Value(&mut self.timeout),
            #[cfg(feature = "credentials")]
            GlobalKey::Workspace => Slot::Value(&mut self.workspace),
            #[cfg(feature = "credentials")]
            GlobalKey::Connection => Slot::Value(&mut self.connection),
            GlobalKey::Set => Slot::Values(&mut self.set),
        }
    }

    #[cold]
    fn wrong(&mut self, message: impl Into<String>) {
        if self.problem.is_none() {
            self.problem = Some(Error::usage(message.into()));
        }
    }
}

struct Scanner<'m> {
    manifest: &'m Manifest,
    grammar: Grammar,
    scan: Scan<'m>,
    tokens: std::iter::Peekable<std::vec::IntoIter<String>>,
    /// Whether the next word may still be one of the command's.
    open: bool,
    /// Whether `--` was seen.
    words_only: bool,
}

impl<'m> Scanner<'m> {
    fn run(mut self) -> Scan<'m> {
        while let Some(token) = self.tokens.next() {
            if self.words_only || !is_option(&token) {
                self.word(token);
            } else if token == "--" {
                self.words_only = true;
            } else {
                self.option(&token);
            }
        }
        self.scan
    }

    fn lookup(&self, words: &[&str]) -> Lookup<'m> {
        match self.grammar {
            Grammar::Binary => lookup(self.manifest, words),
            Grammar::Actions => lookup_action(self.manifest, words),
            #[cfg(feature = "host")]
            Grammar::Only(_) => Lookup { command: None, longer: false },
        }
    }

    fn word(&mut self, word: String) {
        if !self.open {
            // After words that are no command there is nothing to give a value to.
            if self.scan.command.is_some() {
                self.scan.given.push(Given { parameter: None, value: Some(word) });
            }
            return;
        }
        if self.scan.words.is_empty() && word == "help" && self.lookup(&["help"]).is_nothing() {
            self.scan.help = true;
            return;
        }
        let before = self.scan.words.len();
        // A command's id is accepted as one word as well.
        self.scan.words.extend(word.split('.').map(str::to_owned));
        let words: Vec<&str> = self.scan.words.iter().map(String::as_str).collect();
        let found = self.lookup(&words);
        match found.command {
            Some(command) => {
                self.scan.command = Some(command);
                self.scan.parameters = command.parameters();
                self.scan.group = false;
                self.open = found.longer;
            }
            None if self.scan.command.is_some() => {
                // `manifest` is a command, and this word doesn't make a longer one of it.
                self.scan.words.truncate(before);
                self.open = false;
                self.scan.given.push(Given { parameter: None, value: Some(word) });
            }
            None => {
                self.scan.group = found.longer;
                self.open = found.longer;
            }
        }
    }

    fn option(&mut self, token: &str) {
        let (name, value) = match token.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (token, None),
        };
        let Some(long) = name.strip_prefix("--") else {
            let short = GLOBALS.iter().find(|global| {
                global
                    .short
                    .is_some_and(|short| name.strip_prefix('-') == Some(short.encode_utf8(&mut [0; 4])))
            });
            match short {
                Some(global) => self.global(global, value),
                None => self.unknown(name),
            }
            return;
        };
        let long = kebab(long);
        if let Some(global) = GLOBALS.iter().find(|global| global.name == long) {
            self.global(global, value);
        } else if self.grammar == Grammar::Actions && long == "input" && self.scan.command.is_some() {
            self.input(value);
        } else if let Some(place) = self.parameter(&name[2..], &long) {
            self.of_command(place, value);
        } else {
            self.unknown(name);
        }
    }

    /// The command's option of that name. The exact spelling comes first, for actions whose arguments
    /// differ in spelling only.
    fn parameter(&self, written: &str, kebabed: &str) -> Option<usize> {
        let parameters = &self.scan.parameters;
        let exact = parameters.iter().position(|known| known.name == written || known.flag == written);
        exact.or_else(|| parameters.iter().position(|known| kebab(&known.flag) == kebabed))
    }

    fn of_command(&mut self, place: usize, value: Option<String>) {
        let Some(parameter) = self.scan.parameters.get(place) else { return };
        let value = match (parameter.takes, value) {
            (Takes::Nothing, Some(_)) => {
                let message = format!("`--{}` takes no value", parameter.flag);
                return self.scan.wrong(message);
            }
            (Takes::Nothing, None) => None,
            (_, Some(value)) => Some(value),
            (Takes::Boolean, None) => self.tokens.next_if(|next| next == "true" || next == "false"),
            // Whatever comes next is the value: a title may begin with a hyphen.
            (Takes::Value | Takes::List, None) => match self.tokens.next() {
                Some(value) => Some(value),
                None => {
                    let message = format!("`--{}` needs a value", parameter.flag);
                    return self.scan.wrong(message);
                }
            },
        };
        self.scan.given.push(Given { parameter: Some(place), value });
    }

    fn input(&mut self, value: Option<String>) {
        match value.or_else(|| self.tokens.next()) {
            None => self.scan.wrong("`--input` needs a value: a JSON object, or `-` for standard input"),
            Some(_) if self.scan.input.is_some() => self.scan.wrong("`--input` is given twice; give it once"),
            value => self.scan.input = value,
        }
    }

    fn global(&mut self, global: &Global, value: Option<String>) {
        let name = global.name;
        if global.value.is_none() {
            if value.is_some() {
                self.scan.wrong(format!("`--{name}` takes no value"));
                // Either would be the answer, whatever else is wrong.
                if matches!(global.key, GlobalKey::Help | GlobalKey::Version) {
                    return;
                }
            }
            if let Slot::Switch(switch) = self.scan.slot(global.key) {
                *switch = true;
            }
            return;
        }
        // None of these values begins with two hyphens, so `--mode --json` is a mode left out, and the
        // caller still gets JSON.
        let Some(value) = value.or_else(|| self.tokens.next_if(|next| !next.starts_with("--"))) else {
            if global.key == GlobalKey::Mode {
                // Not the default: the caller meant some other one.
                self.scan.mode.get_or_insert_default();
            }
            return self.scan.wrong(format!("`--{name}` needs a value"));
        };
        match self.scan.slot(global.key) {
            Slot::Values(values) => values.push(value),
            // The last one does not win: a host writes `--mode readonly` before arguments that a model chose.
            Slot::Value(Some(_)) => self.scan.wrong(format!("`--{name}` is given twice; give it once")),
            Slot::Value(slot) => *slot = Some(value),
            Slot::Switch(_) => {}
        }
    }

    /// What stands after `=` is not repeated: it may be a credential in the wrong place.
    #[cold]
    fn unknown(&mut self, name: &str) {
        let shown = excerpt(name);
        let flags = self.scan.parameters.iter().map(|known| &*known.flag);
        let globals = GLOBALS.iter().map(|global| global.name);
        let written = kebab(name.trim_start_matches('-'));
        let advice = match nearest(&written, flags.clone().chain(globals)) {
            Some(near) => format!("did you mean `--{near}`?"),
            None if self.scan.command.is_none() => {
                "options of a command stand after the command; see `--help`".to_owned()
            }
            None if !name.starts_with("--") => {
                "a value that begins with `-` stands after its option, or after `--`".to_owned()
            }
            None if self.scan.parameters.is_empty() => "this command takes no options of its own".to_owned(),
            None => {
                let flags: Vec<String> = flags.map(|flag| format!("--{flag}")).collect();
                format!("this command takes {}", listed(flags.iter().map(String::as_str)))
            }
        };
        self.scan.wrong(format!("unknown option `{shown}`; {advice}"));
    }
}

/// Whether a token is an option. `-` is a value (standard input), and so is a negative number.
pub(super) fn is_option(token: &str) -> bool {
    let Some(rest) = token.strip_prefix('-') else { return false };
    let number = rest.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    !(rest.is_empty() || number && token.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::fake;
    use super::*;

    fn given(arguments: &[&str]) -> Vec<(Option<String>, Option<String>)> {
        let manifest = fake::manifest();
        let scan = scan(&manifest, arguments);
        assert!(scan.problem.is_none(), "{arguments:?}: {:?}", scan.problem);
        let flag = |place: usize| scan.parameters[place].flag.to_string();
        scan.given.iter().map(|given| (given.parameter.map(flag), given.value.clone())).collect()
    }

    fn problem(arguments: &[&str]) -> String {
        let manifest = fake::manifest();
        scan(&manifest, arguments).problem.expect("a problem").to_string()
    }

    fn option(name: &str, value: &str) -> (Option<String>, Option<String>) {
        (Some(name.to_owned()), Some(value.to_owned()))
    }

    #[test]
    fn globals_stand_anywhere() {
        let manifest = fake::manifest();
        for line in [
            "--json --mode write notes search x",
            "notes --json search --mode=write x",
            "notes search x --mode write --json",
            "notes search --json --mode write -- x",
        ] {
            let arguments: Vec<&str> = line.split(' ').collect();
            let scan = scan(&manifest, &arguments);
            assert!(scan.json, "{line}");
            assert_eq!(scan.mode.as_deref(), Some("write"), "{line}");
            assert_eq!(scan.command.map(Command::id), Some("notes.search"), "{line}");
            assert_eq!(scan.given, [Given { parameter: None, value: Some("x".to_owned()) }], "{line}");
        }
    }

    #[test]
    fn every_spelling_of_an_option_is_accepted() {
        for spelling in ["--case-sensitive", "--case_sensitive", "--caseSensitive"] {
            assert_eq!(given(&["notes", "search", spelling]), [(Some("case-sensitive".to_owned()), None)]);
        }
        assert_eq!(given(&["notes", "search", "--arg-mode", "x"]), [option("arg-mode", "x")]);
        assert_eq!(given(&["notes.search", "--query=a=b"]), [option("query", "a=b")]);
    }

    #[test]
    fn what_stands_after_an_option_is_its_value() {
        for value in ["-x", "--json", "--", "-", "--query", ""] {
            assert_eq!(given(&["notes", "search", "--query", value]), [option("query", value)], "{value}");
        }
        let manifest = fake::manifest();
        assert!(!scan(&manifest, &["notes", "search", "--query", "--json"]).json);
    }

    #[test]
    fn a_boolean_takes_true_and_false_and_nothing_else() {
        let words = |line: &str| given(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(words("notes search --case-sensitive false"), [option("case-sensitive", "false")]);
        assert_eq!(
            words("notes search --case-sensitive word"),
            [(Some("case-sensitive".to_owned()), None), (None, Some("word".to_owned()))]
        );
    }

    #[test]
    fn numbers_below_zero_are_values() {
        assert_eq!(
            given(&["notes", "search", "x", "-3", "-.5", "-"])
                .iter()
                .filter_map(|(_, v)| v.as_deref())
                .collect::<Vec<_>>(),
            ["x", "-3", "-.5", "-"]
        );
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            problem(&["notes", "search", "--qeury", "x"]),
            "unknown option `--qeury`; did you mean `--query`?"
        );
        assert_eq!(problem(&["notes", "search", "--query"]), "`--query` needs a value");
        assert_eq!(problem(&["--json=yes", "health"]), "`--json` takes no value");
        assert_eq!(
            problem(&["--zzz=s3cret", "health"]),
            "unknown option `--zzz`; options of a command stand after the command; see `--help`"
        );
        assert_eq!(
            problem(&["health", "--zzz"]),
            "unknown option `--zzz`; this command takes no options of its own"
        );
        assert!(problem(&["notes", "search", "-x"]).starts_with("unknown option `-x`; a value that begins"));
    }

    #[test]
    fn json_is_seen_whatever_else_is_wrong() {
        let manifest = fake::manifest();
        for line in
            ["bogus --foo --json", "--mode --json health", "notes search --bogus --json", "--bogus=1 --json"]
        {
            let arguments: Vec<&str> = line.split(' ').collect();
            let scan = scan(&manifest, &arguments);
            assert!(scan.json, "{line}");
        }
    }

    #[test]
    fn arguments_that_a_model_chose_can_not_raise_the_mode() {
        let line = ["--mode", "readonly", "notes", "delete", "a", "--mode", "admin"];
        assert_eq!(problem(&line), "`--mode` is given twice; give it once");
        let manifest = fake::manifest();
        assert_eq!(scan(&manifest, &line).mode.as_deref(), Some("readonly"));
        assert_eq!(scan(&manifest, &["health", "--mode"]).mode.as_deref(), Some(""), "not the default");
    }

    #[test]
    fn unknown_commands_and_groups_are_told_apart() {
        let manifest = fake::manifest();
        let bogus = scan(&manifest, &["bogus", "x"]);
        assert!(bogus.command.is_none() && !bogus.group);
        assert_eq!(bogus.words, ["bogus"]);
        let group = scan(&manifest, &["notes"]);
        assert!(group.command.is_none() && group.group);
        let half = scan(&manifest, &["notes", "bogus"]);
        assert!(half.command.is_none() && !half.group);
        assert!(scan(&manifest, &["help", "notes"]).help);
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_a_usage_error() {
        use std::os::unix::ffi::OsStringExt as _;
        let manifest = fake::manifest();
        let scan = scan(&manifest, &["--json".into(), OsString::from_vec(vec![b'a', 0xff])]);
        assert!(scan.json);
        assert_eq!(
            scan.problem.expect("a problem").to_string(),
            "argument 2 of the command line is not UTF-8 text"
        );
    }
}
