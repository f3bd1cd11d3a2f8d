//! What may stand where a command line ends, for the completions of a shell.
//!
//! All of it is known from the manifest: a shell asks while somebody types, so nothing is read, opened
//! or asked for here.

use serde_json::{Value, json};

use super::answer::{Answer, People};
use super::command::{Builtin, Command, GLOBALS, GlobalKey, Parameter, Takes, constants};
use super::scan::{Given, Scan, scan};
use super::show::clean_line;
use super::tree;
use crate::manifest::{Manifest, Mode};
use crate::text::wants;

/// A text that nobody types. It stands for the word that is wanted, and where a reader of the command
/// line puts it says what the word is.
const MARK: &str = "\u{0}";
/// The same for a word that begins as an option does.
const OPTION_MARK: &str = "--\u{0}";

/// Answers a shell: a line for each candidate, with a tab before what it is for. `:files` and `:folders`
/// stand for what the shell finds on the disk.
pub(super) fn complete(manifest: &Manifest, asked: &Scan<'_>) -> Answer {
    let of = |place: usize| asked.given.iter().filter(move |given| given.parameter == Some(place));
    let word = of(0).find_map(|given| given.value.as_deref()).unwrap_or_default();
    let before = asked.given.iter().filter(|given| given.parameter != Some(0));
    let before: Vec<&str> = before.filter_map(|given| given.value.as_deref()).collect();
    let candidates = candidates(manifest, &before, word);
    let text = candidates.iter().map(|candidate| match &*candidate.about {
        "" => format!("{}\n", candidate.value),
        about => format!("{}\t{about}\n", candidate.value),
    });
    let text = text.collect();
    let told =
        candidates.iter().map(|candidate| json!({ "value": candidate.value, "about": candidate.about }));
    let told: Vec<Value> = told.collect();
    Answer::of_value(&json!({ "candidates": told })).shown(People::Text(text))
}

/// What the word may be.
#[derive(Debug, PartialEq, Eq)]
struct Candidate {
    value: String,
    /// What it is for, in a line; nothing, where it speaks for itself.
    about: String,
    /// Whether it stands for what is on the disk.
    is_path: bool,
}

impl Candidate {
    fn new(value: impl Into<String>, about: &str) -> Self {
        let about = clean_line(about.lines().next().unwrap_or_default());
        Self { value: value.into(), about, is_path: false }
    }

    fn plain(value: impl Into<String>) -> Self {
        Self::new(value, "")
    }

    /// `:files` or `:folders`.
    fn paths(what: &str) -> Vec<Self> {
        vec![Self { is_path: true, ..Self::plain(what) }]
    }
}

/// Everything that the word after some others may be, given what is written of it.
fn candidates(manifest: &Manifest, before: &[&str], word: &str) -> Vec<Candidate> {
    // `--mode=wr` is an option and what is written of its value.
    let (name, typed) = match word.split_once('=') {
        Some((name, value)) if name.starts_with("--") => (Some(name), value),
        _ => (None, word),
    };
    let mark = match name {
        Some(name) => format!("{name}={MARK}"),
        // After two hyphens no word is an option, and none may be offered.
        None if word.starts_with('-') || before.contains(&"--") => OPTION_MARK.to_owned(),
        None => MARK.to_owned(),
    };
    let mut line: Vec<&str> = before.to_vec();
    line.push(&mark);
    let scan = scan(manifest, &line);
    let mut found = wanted(manifest, &scan, typed, mark == OPTION_MARK);
    found.retain(|candidate| {
        // What a shell would take for two candidates, or for something else, is left out.
        let is_plain = !candidate.value.starts_with(':') && !candidate.value.contains(char::is_control);
        candidate.is_path || is_plain && candidate.value.starts_with(typed)
    });
    if let Some(name) = name {
        for candidate in found.iter_mut().filter(|candidate| !candidate.is_path) {
            candidate.value = format!("{name}={}", candidate.value);
        }
    }
    found
}

/// What may stand where the mark does.
fn wanted(manifest: &Manifest, scan: &Scan<'_>, typed: &str, is_option: bool) -> Vec<Candidate> {
    let is_mark = |text: &String| text == MARK || text == OPTION_MARK;
    let is_marked = |slot: &Option<String>| slot.as_ref().is_some_and(is_mark);
    if scan.set.iter().any(is_mark) {
        return settings(manifest, scan, typed);
    }
    if is_marked(&scan.mode) {
        return Mode::ALL.iter().map(|mode| Candidate::plain(mode.as_str())).collect();
    }
    if is_marked(&scan.config) {
        return Candidate::paths(":files");
    }
    if [&scan.timeout, &scan.workspace, &scan.connection].into_iter().any(is_marked) {
        return Vec::new();
    }
    if let Some((last, before)) = scan.words.split_last()
        && is_mark(last)
    {
        return words(manifest, before);
    }
    let marked = scan.given.iter().rfind(|given| given.value.as_ref().is_some_and(is_mark));
    match marked {
        Some(Given { parameter: Some(place), .. }) => {
            scan.parameters.get(*place).map(|parameter| values(manifest, scan, parameter)).unwrap_or_default()
        }
        Some(Given { parameter: None, value }) => match alone(manifest, scan) {
            // Where nothing is known of the value, the options that may stand there instead.
            none if none.is_empty() && value.as_deref() == Some(MARK) => options(scan),
            found => found,
        },
        None if is_option => options(scan).into_iter().chain(globals(scan)).collect(),
        None => Vec::new(),
    }
}

fn words(manifest: &Manifest, before: &[String]) -> Vec<Candidate> {
    let branches = tree::after(manifest, before).into_iter();
    branches.map(|branch| Candidate::new(branch.name.clone(), &branch.about())).collect()
}

/// A value without an option before it, or a word that makes a longer command.
fn alone(manifest: &Manifest, scan: &Scan<'_>) -> Vec<Candidate> {
    let named = |place: usize| scan.given.iter().any(|given| given.parameter == Some(place));
    let free = scan.parameters.iter().enumerate();
    let free: Vec<&Parameter<'_>> = free
        .filter(|(place, parameter)| parameter.takes != Takes::Nothing && !named(*place))
        .map(|(_, parameter)| parameter)
        .collect();
    let values_before = scan.given.iter().filter(|given| given.parameter.is_none()).count().saturating_sub(1);
    // The last list takes all that are left.
    let parameter = free.get(values_before).or(free.last().filter(|last| last.takes == Takes::List));
    let mut found = parameter.map(|parameter| values(manifest, scan, parameter)).unwrap_or_default();
    if values_before == 0 && scan.given.len() == 1 {
        found.extend(words(manifest, &scan.words));
    }
    found
}

/// The values of an option, where they are known.
fn values(manifest: &Manifest, scan: &Scan<'_>, parameter: &Parameter<'_>) -> Vec<Candidate> {
    let Some(Command::Builtin(builtin)) = scan.command else { return of_schema(parameter) };
    match (builtin, parameter.name) {
        (Builtin::Call, "action") => {
            let actions = manifest.actions.iter();
            actions.map(|action| Candidate::new(&action.name, action.summary())).collect()
        }
        (Builtin::Options, "source") => {
            let sources = manifest.options.iter();
            sources.map(|source| Candidate::new(&source.name, &source.description)).collect()
        }
        (Builtin::Manifest, "out") => Candidate::paths(":folders"),
        _ => of_schema(parameter),
    }
}

fn of_schema(parameter: &Parameter<'_>) -> Vec<Candidate> {
    match parameter.takes {
        Takes::Boolean => booleans(),
        _ => parameter.values.iter().copied().map(Candidate::plain).collect(),
    }
}

fn booleans() -> Vec<Candidate> {
    ["true", "false"].map(Candidate::plain).into()
}

/// The settings that `--set` may name, or the values of the one that is named.
fn settings(manifest: &Manifest, scan: &Scan<'_>, typed: &str) -> Vec<Candidate> {
    if let Some((name, _)) = typed.split_once('=') {
        let Some(setting) = manifest.setting(name) else { return Vec::new() };
        let values = match wants(&setting.schema, &setting.schema, "boolean") {
            true => vec!["true", "false"],
            false => constants(&setting.schema),
        };
        return values.into_iter().map(|value| Candidate::plain(format!("{name}={value}"))).collect();
    }
    let is_set = |name: &str| {
        scan.set.iter().any(|pair| pair.split_once('=').is_some_and(|(known, _)| known.trim() == name))
    };
    let settings = manifest.settings.iter().filter(|setting| !is_set(&setting.name));
    settings.map(|setting| Candidate::new(format!("{}=", setting.name), &setting.description)).collect()
}

/// The command's own options that may still be given.
fn options(scan: &Scan<'_>) -> Vec<Candidate> {
    let options = scan.parameters.iter().enumerate().filter(|(place, parameter)| {
        parameter.takes == Takes::List || !scan.given.iter().any(|given| given.parameter == Some(*place))
    });
    options.map(|(_, parameter)| Candidate::new(format!("--{}", parameter.flag), parameter.about)).collect()
}

/// The options of every command that may still be given.
fn globals(scan: &Scan<'_>) -> Vec<Candidate> {
    let is_given = |key: GlobalKey| match key {
        GlobalKey::Json => scan.json,
        GlobalKey::Yes => scan.yes,
        GlobalKey::Verbose => scan.verbose,
        GlobalKey::Help => scan.help,
        GlobalKey::Version => scan.version,
        GlobalKey::Mode => scan.mode.is_some(),
        GlobalKey::Config => scan.config.is_some(),
        GlobalKey::Timeout => scan.timeout.is_some(),
        #[cfg(feature = "credentials")]
        GlobalKey::Workspace => scan.workspace.is_some(),
        #[cfg(feature = "credentials")]
        GlobalKey::Connection => scan.connection.is_some(),
        // It may be repeated.
        GlobalKey::Set => false,
    };
    let globals = GLOBALS.iter().filter(|global| !is_given(global.key));
    globals.map(|global| Candidate::new(format!("--{}", global.name), global.about)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::export::formats;
    use super::super::fake;
    use super::*;

    fn of(line: &str) -> Vec<String> {
        let mut manifest = fake::manifest();
        manifest.actions[4].command = "manifest.echo".to_owned();
        let mut words: Vec<&str> = line.split(' ').collect();
        let word = words.pop().unwrap_or_default();
        candidates(&manifest, &words, word).into_iter().map(|candidate| candidate.value).collect()
    }

    fn lines(line: &str) -> String {
        of(line).join(" ")
    }

    #[test]
    fn words_of_commands_come_one_by_one() {
        assert!(lines("").starts_with("notes manifest fail capabilities health config doctor options call "));
        assert!(!lines("").contains("__complete"));
        assert_eq!(lines("no"), "notes");
        assert_eq!(lines("--json --mode write notes "), "search create delete batch-send");
        assert_eq!(lines("notes b"), "batch-send");
        assert_eq!(lines("help notes d"), "delete");
        assert_eq!(lines("config "), "show");
        assert_eq!(lines("notes bogus "), "");
        assert_eq!(lines("manifest "), format!("{} echo", formats().collect::<Vec<_>>().join(" ")));
        assert_eq!(lines("manifest native "), ":folders");
    }

    #[test]
    fn options_come_with_their_values() {
        assert_eq!(lines("notes search --q"), "--query");
        assert_eq!(lines("notes search --query "), "", "anybody's guess");
        assert_eq!(lines("notes search --sort "), "name date");
        assert_eq!(lines("notes search --sort=d"), "--sort=date");
        assert_eq!(lines("notes search --case-sensitive="), "--case-sensitive=true --case-sensitive=false");
        assert_eq!(lines("notes search --caseSensitive=t"), "--caseSensitive=true");
        assert_eq!(lines("notes search --query x --query"), "", "it is given once");
        assert_eq!(lines("notes search --tags x --ta"), "--tags", "a list may be repeated");
        assert_eq!(lines("notes search --query --"), "", "whatever stands after it is its value");
        assert_eq!(lines("notes search -- --"), "", "nothing after two hyphens is an option");
        assert_eq!(
            lines("notes search "),
            "--query --limit --case-sensitive --sort --filter --arg-mode --tags"
        );
        assert_eq!(lines("notes search x 1 true "), "name date", "a value without its option");
        assert!(lines("notes search -").starts_with("--query --limit "));
        assert!(lines("-").starts_with("--json --mode --set "));
        assert_eq!(lines("--mode write --mo"), "", "a mode is said once");
        assert_eq!(lines("health "), "");
    }

    #[test]
    fn what_is_known_of_a_value_is_told() {
        assert_eq!(lines("--mode "), "readonly write full admin");
        assert_eq!(lines("notes search --mode=f"), "--mode=full");
        assert_eq!(lines("--config "), ":files");
        assert_eq!(lines("--config=x"), ":files");
        assert_eq!(lines("--timeout "), "");
        assert_eq!(lines("manifest --out "), ":folders");
        assert_eq!(lines("manifest --format a"), "argentos");
        assert_eq!(lines("call "), "search_notes create_note delete_note batch_send echo fail");
        assert_eq!(lines("call --action s"), "search_notes");
        assert_eq!(lines("options "), "folders");
        assert_eq!(lines("completions z"), "zsh");
    }

    #[test]
    fn settings_come_with_their_values() {
        let mut manifest = fake::manifest();
        manifest.settings[1].schema = json!({ "enum": ["flat", "deep"] });
        let of = |before: &[&str], word: &str| {
            let found = candidates(&manifest, before, word).into_iter();
            found.map(|candidate| candidate.value).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of(&["--set"], ""), "root= depth=");
        assert_eq!(of(&[], "--set=r"), "--set=root=");
        assert_eq!(of(&["--set"], "depth="), "depth=flat depth=deep");
        assert_eq!(of(&[], "--set=depth=d"), "--set=depth=deep");
        assert_eq!(of(&["--set", "root=x", "--set"], ""), "depth=", "it is set once");
        assert_eq!(of(&["--set"], "root="), "");
    }

    #[test]
    fn a_shell_gets_lines_and_nobody_waits() {
        let asked = |arguments: &[&str]| {
            let all = [&["__complete"], arguments].concat();
            // Nothing around it: no settings, no environment, and an input that never ends.
            let process = |process: super::super::Process| {
                process.environment(|_| panic!("it looked")).stdin(std::io::repeat(b'x'))
            };
            fake::run_with(&all, process)
        };
        let outcome = asked(&["--word=se", "--", "notes"]);
        assert_eq!((outcome.code, &*outcome.stdout), (0, "search\tsearch notes notes.\n"), "{outcome:?}");
        let outcome = asked(&["--word=", "--", "notes", "search", "-", "--json"]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(
            asked(&[]).stdout.lines().next(),
            Some("notes\tCommands: search, create, delete, batch-send")
        );
        let told = fake::run(&["--json", "__complete", "--word=z", "--", "completions"]).json();
        assert_eq!(told["data"], json!({ "candidates": [{ "value": "zsh", "about": "" }] }));
        assert_eq!(fake::run(&["__compleet"]).code, 2);
        assert!(!fake::run(&["__compleet"]).stderr.contains("__complete`"));
    }

    #[test]
    fn what_a_shell_could_not_read_is_left_out() {
        let mut manifest = fake::manifest();
        manifest.actions[0].input_schema["properties"]["sort"] = json!({ "enum": ["a\nb", ":files", "c d"] });
        manifest.actions[0].description = "A\ttab and \u{1b}[1m.".to_owned();
        let found = candidates(&manifest, &["notes", "search", "--sort"], "");
        assert_eq!(found, [Candidate::plain("c d")]);
        assert_eq!(candidates(&manifest, &["notes"], "s")[0].about, "A tab and \\u{1b}[1m.");
    }
}
