//! The grammar: which commands there are, and which options each takes.

use std::borrow::Cow;

use serde_json::Value;

use super::export::formats;
use crate::manifest::{Action, Manifest, Mode, elements};
use crate::platform::argentos;
use crate::text::wants;

/// An option that every command takes, wherever it stands.
pub(super) struct Global {
    pub(super) key: GlobalKey,
    pub(super) name: &'static str,
    pub(super) short: Option<char>,
    /// What its value is called; none: it takes no value.
    pub(super) value: Option<&'static str>,
    pub(super) about: &'static str,
}

/// Which of the options that every command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GlobalKey {
    Json,
    Mode,
    Set,
    Config,
    #[cfg(feature = "credentials")]
    Workspace,
    #[cfg(feature = "credentials")]
    Connection,
    Timeout,
    Yes,
    Verbose,
    Help,
    Version,
}

/// All options that every command takes.
pub(super) const GLOBALS: &[Global] = &[
    global(GlobalKey::Json, "json", None, None, "Answer with one line of JSON, whatever happens"),
    global(GlobalKey::Mode, "mode", None, Some("MODE"), "How far this call may go [default: readonly]"),
    global(
        GlobalKey::Set,
        "set",
        None,
        Some("NAME=VALUE"),
        "Set one of the connector's settings; may be repeated",
    ),
    global(GlobalKey::Config, "config", None, Some("FILE"), "Read settings from a TOML file"),
    #[cfg(feature = "credentials")]
    global(
        GlobalKey::Workspace,
        "workspace",
        None,
        Some("NAME"),
        "Use what was stored in that workspace [default: default]",
    ),
    #[cfg(feature = "credentials")]
    global(
        GlobalKey::Connection,
        "connection",
        None,
        Some("NAME"),
        "Use what was stored under that name [default: default]",
    ),
    global(
        GlobalKey::Timeout,
        "timeout",
        None,
        Some("DURATION"),
        "Give up after that time, such as `30s` or `2m`",
    ),
    global(GlobalKey::Yes, "yes", Some('y'), None, "Don't ask before an action that wants approval"),
    global(GlobalKey::Verbose, "verbose", Some('v'), None, "Log to standard error what is being done"),
    global(GlobalKey::Help, "help", Some('h'), None, "Print help"),
    global(GlobalKey::Version, "version", Some('V'), None, "Print the version"),
];

const fn global(
    key: GlobalKey,
    name: &'static str,
    short: Option<char>,
    value: Option<&'static str>,
    about: &'static str,
) -> Global {
    Global { key, name, short, value, about }
}

/// What a command line asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Command<'m> {
    Builtin(Builtin),
    Action(&'m Action),
}

/// The commands that every connector has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builtin {
    Manifest,
    Capabilities,
    Health,
    ConfigShow,
    Doctor,
    Options,
    Call,
    #[cfg(feature = "credentials")]
    Connect,
    #[cfg(feature = "credentials")]
    Disconnect,
    #[cfg(feature = "credentials")]
    Connections,
    #[cfg(feature = "puffer")]
    AuthOk,
    #[cfg(feature = "puffer")]
    Act,
    #[cfg(feature = "puffer")]
    Subscribe,
    #[cfg(feature = "puffer")]
    Subscriber,
    #[cfg(feature = "puffer")]
    Contacts,
    #[cfg(feature = "seed-agent")]
    Mailbox,
    Completions,
    Complete,
}

impl Builtin {
    pub(super) const ALL: &[Self] = &[
        Self::Manifest,
        Self::Capabilities,
        Self::Health,
        Self::ConfigShow,
        Self::Doctor,
        Self::Options,
        Self::Call,
        #[cfg(feature = "credentials")]
        Self::Connect,
        #[cfg(feature = "credentials")]
        Self::Disconnect,
        #[cfg(feature = "credentials")]
        Self::Connections,
        #[cfg(feature = "puffer")]
        Self::AuthOk,
        #[cfg(feature = "puffer")]
        Self::Act,
        #[cfg(feature = "puffer")]
        Self::Subscribe,
        #[cfg(feature = "puffer")]
        Self::Subscriber,
        #[cfg(feature = "puffer")]
        Self::Contacts,
        #[cfg(feature = "seed-agent")]
        Self::Mailbox,
        Self::Completions,
        Self::Complete,
    ];

    /// Its id, whose segments are the words on a command line.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Capabilities => "capabilities",
            Self::Health => "health",
            Self::ConfigShow => "config.show",
            Self::Doctor => "doctor",
            Self::Options => "options",
            Self::Call => "call",
            #[cfg(feature = "credentials")]
            Self::Connect => "connect",
            #[cfg(feature = "credentials")]
            Self::Disconnect => "disconnect",
            #[cfg(feature = "credentials")]
            Self::Connections => "connections",
            #[cfg(feature = "puffer")]
            Self::AuthOk => "auth-ok",
            #[cfg(feature = "puffer")]
            Self::Act => "act",
            #[cfg(feature = "puffer")]
            Self::Subscribe => "subscribe",
            #[cfg(feature = "puffer")]
            Self::Subscriber => "subscriber",
            #[cfg(feature = "puffer")]
            Self::Contacts => "contacts",
            #[cfg(feature = "seed-agent")]
            Self::Mailbox => "mailbox",
            Self::Completions => "completions",
            Self::Complete => COMPLETE,
        }
    }

    pub(super) const fn about(self) -> &'static str {
        match self {
            Self::Manifest => "Print or write the files by which a platform knows this connector",
            Self::Capabilities => "List what this connector can do",
            Self::Health => "Tell whether the service is reachable and the credentials are good",
            Self::ConfigShow => "List the settings and credentials, and which of them are set",
            Self::Doctor => "Tell what is missing and what to do about it",
            Self::Options => "List the choices for a setting or an argument",
            Self::Call => "Call an action by its name, with its input as JSON",
            #[cfg(feature = "credentials")]
            Self::Connect => "Check settings and credentials, and store them for later runs",
            #[cfg(feature = "credentials")]
            Self::Disconnect => "Forget what was stored of a connection",
            #[cfg(feature = "credentials")]
            Self::Connections => "List the connections that are stored",
            #[cfg(feature = "puffer")]
            Self::AuthOk => "Tell Puffer whether a stored connection may be used",
            #[cfg(feature = "puffer")]
            Self::Act => "Run an action for Puffer, with its input on standard input",
            #[cfg(feature = "puffer")]
            Self::Subscribe => "Send events to Puffer, as long as standard input is open",
            #[cfg(feature = "puffer")]
            Self::Subscriber => "Send events to a topic of Puffer's, as long as standard input is open",
            #[cfg(feature = "puffer")]
            Self::Contacts => "Tell Puffer that there are no contacts",
            #[cfg(feature = "seed-agent")]
            Self::Mailbox => "Carry messages between the service and the folders of a seed-agent",
            Self::Completions => "Print completions for a shell",
            Self::Complete => "List what may stand where a command line ends, for a shell",
        }
    }

    /// How far a call has to be allowed to go for it. At a terminal, whoever types the command is the one
    /// whose store it is, and needs to say no mode.
    pub(super) const fn mode(self) -> Mode {
        match self {
            #[cfg(feature = "credentials")]
            Self::Connect | Self::Disconnect => Mode::Write,
            _ => Mode::Readonly,
        }
    }

    /// What a caller has to know of it besides its options.
    pub(super) const fn notes(self) -> &'static str {
        match self {
            #[cfg(feature = "credentials")]
            Self::Connect => {
                "Values come from `--set`, standard input (`--stdin`), the environment, `--config` and what is \
                 stored, in this order. On a terminal it asks for the others, unless `--yes` is given. Without \
                 a terminal it needs `--mode write`."
            }
            #[cfg(feature = "credentials")]
            Self::Disconnect => {
                "On a terminal it asks before it removes something, unless `--yes` is given. Without a \
                 terminal it needs `--mode write`."
            }
            _ => "",
        }
    }
}

impl<'m> Command<'m> {
    /// All commands, the built-in ones first.
    pub(super) fn all(manifest: &'m Manifest) -> impl Iterator<Item = Self> {
        let builtins = Builtin::ALL.iter().copied().map(Self::Builtin);
        builtins.chain(manifest.actions.iter().map(Self::Action))
    }

    /// Its id: `notes.search`, `config.show`.
    pub(super) fn id(self) -> &'m str {
        match self {
            Self::Builtin(builtin) => builtin.id(),
            Self::Action(action) => &action.command,
        }
    }

    /// What it is for, in a line.
    pub(super) fn about(self) -> &'m str {
        match self {
            Self::Builtin(builtin) => builtin.about(),
            Self::Action(action) => action.summary(),
        }
    }

    /// Whether it is there for programs only, and people aren't told of it.
    pub(super) fn is_hidden(self) -> bool {
        matches!(self, Self::Builtin(Builtin::Complete))
    }

    /// The options of the command itself, in the order in which values without a flag fill them.
    pub(super) fn parameters(self) -> Vec<Parameter<'m>> {
        match self {
            Self::Action(action) => action.parameters.iter().map(|known| of_action(action, known)).collect(),
            Self::Builtin(builtin) => of_builtin(builtin),
        }
    }
}

/// An option of one command.
#[derive(Clone, Debug)]
pub(super) struct Parameter<'m> {
    /// Its name in an input: `page_size`.
    pub(super) name: &'m str,
    /// Its name as an option, without the hyphens: `page-size`.
    pub(super) flag: Cow<'m, str>,
    pub(super) takes: Takes,
    pub(super) required: bool,
    pub(super) about: &'m str,
    /// The schema of its value, where an action says one.
    pub(super) schema: Option<&'m Value>,
    /// The values that it may have, where they are few.
    pub(super) values: Vec<&'m str>,
}

/// What stands after an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing.
    Nothing,
    /// Nothing, `true` or `false`.
    Boolean,
    /// A value.
    Value,
    /// A value, and the option may be repeated.
    List,
}

fn of_action<'m>(action: &'m Action, known: &'m crate::manifest::Parameter) -> Parameter<'m> {
    let root = &action.input_schema;
    let schema = action.property(&known.name);
    let takes = match schema {
        Some(schema) if wants(schema, root, "boolean") => Takes::Boolean,
        Some(schema) if wants(schema, root, "array") => Takes::List,
        _ => Takes::Value,
    };
    let values = schema.map(constants).unwrap_or_default();
    Parameter {
        name: &known.name,
        flag: Cow::Owned(argentos::flag(&known.name)),
        takes,
        required: known.required,
        about: &known.description,
        schema,
        values,
    }
}

/// The texts that a schema lists one by one.
pub(super) fn constants(schema: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    add_constants(schema, &mut found);
    for keyword in ["oneOf", "anyOf"] {
        for alternative in elements(schema.get(keyword)) {
            add_constants(alternative, &mut found);
        }
    }
    found
}

fn add_constants<'s>(schema: &'s Value, found: &mut Vec<&'s str>) {
    for value in schema.get("const").into_iter().chain(elements(schema.get("enum"))) {
        found.extend(value.as_str());
    }
}

/// The shells for which there are completions.
pub(super) const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// The command that a shell's completions call. No name of an action begins so.
pub(super) const COMPLETE: &str = "__complete";

fn of_builtin(builtin: Builtin) -> Vec<Parameter<'static>> {
    let option = |name, takes, about| Parameter {
        name,
        flag: Cow::Borrowed(name),
        takes,
        required: false,
        about,
        schema: None,
        values: Vec::new(),
    };
    match builtin {
        Builtin::Manifest => vec![
            Parameter {
                values: formats().collect(),
                ..option("format", Takes::Value, "Whose files [default: native]")
            },
            option("out", Takes::Value, "Write the files below this directory"),
            option(
                "check",
                Takes::Nothing,
                "Write nothing; fail when a file differs or the manifest has a fault",
            ),
        ],
        Builtin::Options => vec![
            Parameter { required: true, ..option("source", Takes::Value, "The name of the options source") },
            option("query", Takes::Value, "What the choices have to match"),
        ],
        Builtin::Call => vec![
            Parameter { required: true, ..option("action", Takes::Value, "The action's name or command id") },
            option("input", Takes::Value, "Its input, a JSON object; `-` reads standard input [default: {}]"),
        ],
        Builtin::Completions => vec![Parameter {
            required: true,
            values: SHELLS.to_vec(),
            ..option("shell", Takes::Value, "For which shell")
        }],
        Builtin::Complete => vec![
            option("word", Takes::Value, "What is written of the word that is wanted"),
            option("before", Takes::List, "The words before it"),
        ],
        #[cfg(feature = "credentials")]
        Builtin::Connect => vec![
            option("name", Takes::Value, "What the connection is called [default: default]"),
            option(
                "stdin",
                Takes::Nothing,
                "Read settings and credentials, a JSON object, from standard input",
            ),
            #[cfg(feature = "oauth")]
            option(
                "browser",
                Takes::Nothing,
                "Have somebody agree in a browser, also where somebody has before",
            ),
            #[cfg(feature = "oauth")]
            option("device", Takes::Nothing, "The same on another device, where a code is entered"),
        ],
        #[cfg(feature = "credentials")]
        Builtin::Disconnect => {
            vec![option("name", Takes::Value, "What the connection is called [default: default]")]
        }
        #[cfg(feature = "credentials")]
        Builtin::Connections => Vec::new(),
        #[cfg(feature = "puffer")]
        Builtin::AuthOk | Builtin::Act => {
            let name =
                Parameter { required: true, ..option("name", Takes::Value, "What the connection is called") };
            let action = Parameter { required: true, ..option("action", Takes::Value, "The action's name") };
            if builtin == Builtin::Act { vec![name, action] } else { vec![name] }
        }
        #[cfg(feature = "puffer")]
        Builtin::Subscribe | Builtin::Subscriber | Builtin::Contacts => Vec::new(),
        #[cfg(feature = "seed-agent")]
        Builtin::Mailbox => vec![
            Parameter { required: true, ..option("home", Takes::Value, "The agent's folder") },
            Parameter {
                required: true,
                ..option("name", Takes::Value, "What the connection is called there: its outbox")
            },
            option("durable", Takes::Boolean, "Write so that a loss of power loses nothing [default: true]"),
            option(
                "resend",
                Takes::Boolean,
                "Send again what may have arrived, although it may come twice [default: false]",
            ),
        ],
        Builtin::Capabilities | Builtin::Health | Builtin::ConfigShow | Builtin::Doctor => Vec::new(),
    }
}

/// What some words stand for.
pub(super) struct Lookup<'m> {
    /// The command that they name.
    pub(super) command: Option<Command<'m>>,
    /// Whether more words may follow that make a longer command of them.
    pub(super) longer: bool,
}

impl Lookup<'_> {
    /// Whether the words neither name nor begin a command.
    pub(super) fn is_nothing(&self) -> bool {
        self.command.is_none() && !self.longer
    }
}

/// Finds the command that words name. A built-in command comes before an action of the same words,
/// which `call` still reaches.
pub(super) fn lookup<'m>(manifest: &'m Manifest, words: &[&str]) -> Lookup<'m> {
    let mut found = Lookup { command: None, longer: false };
    for command in Command::all(manifest) {
        let mut segments = command.id().split('.');
        if !words.iter().all(|word| segments.next().is_some_and(|segment| same(segment, word))) {
            continue;
        }
        if segments.next().is_some() {
            found.longer = true;
        } else if found.command.is_none() {
            found.command = Some(command);
        }
    }
    found
}

/// Finds the action that words name, by its name (`search_notes`) or its id as a command (`notes.search`).
/// No built-in command hides it.
pub(super) fn lookup_action<'m>(manifest: &'m Manifest, words: &[&str]) -> Lookup<'m> {
    let written = words.join(".");
    let find = |fits: &dyn Fn(&Action) -> bool| manifest.actions.iter().find(|action| fits(action));
    // As it is written comes first: names may differ in `-` and `_` only.
    let found = find(&|action| action.name == written)
        .or_else(|| find(&|action| action.command == written))
        .or_else(|| find(&|action| same(&action.name, &written)))
        .or_else(|| find(&|action| same(&action.command, &written)));
    let longer = manifest.actions.iter().any(|action| {
        let mut segments = action.command.split('.');
        let begins = words.iter().all(|word| segments.next().is_some_and(|segment| same(segment, word)));
        begins && segments.next().is_some()
    });
    Lookup { command: found.map(Command::Action), longer }
}

/// `batch-send` and `batch_send` are the same word.
pub(super) fn same(segment: &str, word: &str) -> bool {
    let fold = |byte: u8| if byte == b'-' { b'_' } else { byte };
    segment.len() == word.len() && segment.bytes().zip(word.bytes()).all(|(a, b)| fold(a) == fold(b))
}

/// One spelling for `page-size`, `page_size` and `pageSize`.
pub(super) fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut small_before = false;
    for letter in name.chars() {
        if letter.is_uppercase() && small_before {
            out.push('-');
        }
        small_before = letter.is_lowercase() || letter.is_ascii_digit();
        match letter {
            '_' => out.push('-'),
            _ => out.extend(letter.to_lowercase()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::fake;
    use super::*;

    #[test]
    fn words_find_commands() {
        let manifest = fake::manifest();
        let id = |words: &[&str]| lookup(&manifest, words).command.map(Command::id);
        assert_eq!(id(&["notes", "search"]), Some("notes.search"));
        assert_eq!(id(&["notes", "batch-send"]), Some("notes.batch_send"));
        assert_eq!(id(&["config", "show"]), Some("config.show"));
        assert_eq!(id(&["notes"]), None);
        assert!(lookup(&manifest, &["notes"]).longer);
        assert!(!lookup(&manifest, &["notez"]).longer);
        assert_eq!(id(&["health"]), Some("health"));
    }

    #[test]
    fn spellings_of_an_option_are_one() {
        for spelling in ["page-size", "page_size", "pageSize", "PageSize", "Page_Size"] {
            assert_eq!(kebab(spelling), "page-size");
        }
        assert_eq!(kebab("x2Y"), "x2-y");
        assert_eq!(kebab("URL"), "url");
    }

    #[test]
    fn a_schema_says_what_an_option_takes() {
        let manifest = fake::manifest();
        let Some(Command::Action(action)) = lookup(&manifest, &["notes", "search"]).command else {
            panic!("no action")
        };
        let parameters = Command::Action(action).parameters();
        let takes: Vec<_> = parameters.iter().map(|known| (&*known.flag, known.takes)).collect();
        assert_eq!(
            takes,
            [
                ("query", Takes::Value),
                ("limit", Takes::Value),
                ("case-sensitive", Takes::Boolean),
                ("sort", Takes::Value),
                ("filter", Takes::Value),
                ("arg-mode", Takes::Value),
                ("tags", Takes::List),
            ]
        );
        assert_eq!(parameters[3].values, ["name", "date"]);
    }
}
