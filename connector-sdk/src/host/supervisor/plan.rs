//! What a `hosts.yml` says: which connectors and programs are subscribed to.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::yaml::reader::{Fields, Reader, Written};
use crate::yaml::{self, Broken, Kind, Node, Place};
use crate::{Error, Result};

/// More than these are for more than one program.
const MOST: usize = 200;

/// All that is subscribed to.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Where cursors and status are kept.
    pub(crate) state: PathBuf,
    pub(crate) entries: Vec<Planned>,
}

/// One subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    /// Its own name, which its cursor is kept under.
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) workspace: Option<String>,
    pub(crate) connection: Option<String>,
    /// The first wait before it is started again, and the longest.
    pub(crate) restart: (Option<Duration>, Option<Duration>),
}

/// What is subscribed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A connector of the host, by its id.
    Connector(String),
    /// A program that speaks Puffer's protocol. One of the two is there.
    Program { template: Option<PathBuf>, command: Option<Vec<String>> },
}

impl Plan {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// `setup` with all that is wrong with it, each with its line and column.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        Self::parse(&yaml::text_of(path).map_err(|broken| faulty(path, broken))?, path)
    }

    /// As [`Self::load`], of a file that is read already. Relative paths in it are from where the file is.
    fn parse(text: &str, path: &Path) -> Result<Self> {
        let root = yaml::read(text).map_err(|broken| faulty(path, broken))?;
        let mut reader = Reader::default();
        let folder = path.parent().unwrap_or(Path::new(""));
        let plan = plan(&root, path, folder, &mut reader);
        reader.finish().map(|_| plan).map_err(|broken| faulty(path, broken))
    }
}

fn plan(root: &Node, path: &Path, folder: &Path, reader: &mut Reader) -> Plan {
    let mut fields = Fields::new(reader.map(root, "the file"));
    let state = fields.take("state").and_then(|node| filled(node, "state", reader));
    let mut entries: Vec<Planned> = Vec::new();
    match fields.take("connectors") {
        Some(node) => {
            let nodes = reader.list(node, "connectors");
            if nodes.is_empty() && matches!(node.kind, Kind::List(_)) {
                reader.fault(node.place, "`connectors` is empty; name one at least");
            }
            for node in
                reader.at_most(MOST, 0, nodes, ("connectors", "write several files"), |node| node.place)
            {
                let Some((entry, place)) = entry(node, folder, reader) else { continue };
                if entries.iter().any(|other| other.name == entry.name) {
                    reader
                        .fault(place, format!("the name `{}` is given twice; give each its own", entry.name));
                }
                entries.push(entry);
            }
        }
        None if matches!(root.kind, Kind::Map(_)) => {
            reader.fault(root.place, "there is no `connectors`; write a list of what is to run");
        }
        None => {}
    }
    fields.end(reader, "the file");
    let state = match state {
        Some(state) => folder.join(state.value),
        None => path.with_extension("state"),
    };
    Plan { state, entries }
}

fn entry(node: &Node, folder: &Path, reader: &mut Reader) -> Option<(Planned, Place)> {
    if !matches!(node.kind, Kind::Map(_)) {
        let is = node.describe();
        reader.fault(node.place, format!("each of `connectors` must be a map, and this is {is}"));
        return None;
    }
    let mut fields = Fields::new(reader.map(node, "connectors"));
    let text = |fields: &mut Fields<'_>, key, reader: &mut Reader| {
        fields.take(key).and_then(|node| filled(node, key, reader))
    };
    let (named, name) = (fields.take("name"), "name");
    let name = named.and_then(|node| filled(node, name, reader));
    let connector = text(&mut fields, "connector", reader);
    let template = text(&mut fields, "template", reader);
    let command = fields.take("command").map(|node| {
        let words: Vec<String> = reader.texts(node, "command").into_iter().map(|word| word.value).collect();
        if matches!(&node.kind, Kind::List(_))
            && (words.is_empty() || words.iter().any(|word| word.trim().is_empty()))
        {
            reader.fault(node.place, "`command` must be a program and its arguments, none of them blank");
        }
        words
    });
    let workspace = text(&mut fields, "workspace", reader).map(|text| text.value);
    let connection = text(&mut fields, "connection", reader).map(|text| text.value);
    let restart = fields.take("restart").map_or((None, None), |node| restart(node, reader));
    let what = match &name {
        Some(name) => format!("`{}`", yaml::shown(&name.value)),
        None => "a connector".to_owned(),
    };
    fields.end(reader, &what);
    let source = match (connector, template, command) {
        (Some(connector), None, None) => Source::Connector(connector.value),
        (Some(connector), ..) => {
            let message = format!("{what} has a `connector` and a program as well; write one of them");
            reader.fault(connector.place, message);
            return None;
        }
        (None, None, None) => {
            let message =
                format!("{what} has neither `connector`, `template` nor `command`; write what it is");
            reader.fault(node.place, message);
            return None;
        }
        (None, template, command) => Source::Program {
            template: template.map(|template| folder.join(template.value)),
            command: command.map(|command| beside(command, folder)),
        },
    };
    let Some(name) = name else {
        // Faulted already where it is there and no name.
        if named.is_none() {
            reader.fault(node.place, "this has no `name`; give it one, which its cursor is kept under");
        }
        return None;
    };
    let is_name = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if !name.value.chars().all(is_name) || name.value.starts_with('-') || name.value.len() > 100 {
        let message = format!(
            "the name `{}` must be small letters, digits and `-`, not `-` first, and 100 of them at most",
            yaml::shown(&name.value)
        );
        reader.fault(name.place, message);
        return None;
    }
    Some((Planned { name: name.value, source, workspace, connection, restart }, name.place))
}

fn restart(node: &Node, reader: &mut Reader) -> (Option<Duration>, Option<Duration>) {
    let mut fields = Fields::new(reader.map(node, "restart"));
    let first = fields.take("first").and_then(|node| duration(node, "first", reader));
    let longest = fields.take("longest").and_then(|node| duration(node, "longest", reader));
    fields.end(reader, "`restart`");
    (first, longest)
}

fn duration(node: &Node, what: &str, reader: &mut Reader) -> Option<Duration> {
    let text = reader.text(node, what)?;
    match humantime::parse_duration(&text.value) {
        Ok(duration) if !duration.is_zero() => Some(duration),
        _ => {
            reader.fault(text.place, format!("`{what}` must be a duration such as `500ms`, `1s` or `2m`"));
            None
        }
    }
}

/// A text that says something.
fn filled(node: &Node, what: &str, reader: &mut Reader) -> Option<Written<String>> {
    let text = reader.text(node, what)?;
    if text.value.trim().is_empty() {
        reader.fault(text.place, format!("`{what}` is blank"));
        return None;
    }
    Some(text)
}

/// A program that is named by a relative path is looked for from where the file is, and by a name alone as ever.
fn beside(mut command: Vec<String>, folder: &Path) -> Vec<String> {
    if let Some(program) = command.first_mut()
        && program.contains('/')
        && !folder.as_os_str().is_empty()
        && let Some(path) = folder.join(&program).to_str()
    {
        *program = path.to_owned();
    }
    command
}

fn faulty(path: &Path, broken: Broken) -> Error {
    let (shown, Broken { place, message, .. }) = (path.display(), broken);
    match place {
        Some(place) => Error::setup(format!("`{shown}` has a fault: {message}"))
            .with_detail("line", place.line)
            .with_detail("column", place.column),
        None => Error::setup(format!("`{shown}` {message}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Plan> {
        Plan::parse(text, Path::new("etc/hosts.yml"))
    }

    #[test]
    fn a_file_says_what_runs() {
        let plan = parse(
            "connectors:\n\
             - { name: chat, connector: matrix, connection: work, workspace: My Business }\n\
             - { name: feed, template: feed.json, restart: { first: 500ms, longest: 2m } }\n\
             - name: tick\n  command: [bin/ticker, --fast]\n\
             - { name: plain, command: [ticker], template: /a/b.json }\n",
        )
        .expect("a plan");
        assert_eq!(plan.state, Path::new("etc/hosts.state"));
        let names: Vec<&str> = plan.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["chat", "feed", "tick", "plain"]);
        assert_eq!(plan.entries[0].source, Source::Connector("matrix".to_owned()));
        assert_eq!(plan.entries[0].workspace.as_deref(), Some("My Business"));
        let program = |template: Option<&str>, command: Option<&[&str]>| Source::Program {
            template: template.map(PathBuf::from),
            command: command.map(|words| words.iter().map(|word| (*word).to_owned()).collect()),
        };
        assert_eq!(plan.entries[1].source, program(Some("etc/feed.json"), None));
        assert_eq!(plan.entries[1].restart.0, Some(Duration::from_millis(500)));
        assert_eq!(plan.entries[2].source, program(None, Some(&["etc/bin/ticker", "--fast"])));
        assert_eq!(plan.entries[3].source, program(Some("/a/b.json"), Some(&["ticker"])));
        let named = parse("state: /var/lib/x\nconnectors: [{ name: a, connector: a }]\n").expect("a plan");
        assert_eq!(named.state, Path::new("/var/lib/x"));
    }

    #[test]
    fn whatever_is_wrong_is_named_with_its_place() {
        for (text, place, said) in [
            ("connectors: [{ name: a, connecter: b }]", "line 1, column 25", "did you mean `connector`?"),
            ("conectors: []", "line 1, column 1", "did you mean `connectors`?"),
            ("connectors: []", "line 1", "is empty"),
            ("connectors: a", "line 1, column 13", "must be a list, and is a text"),
            ("connectors: [a]", "line 1, column 14", "must be a map, and this is a text"),
            ("- a", "line 1", "must be a map, and is a list"),
            (
                "connectors: [{ name: 7, connector: b }]",
                "line 1, column 22",
                "must be a text, and is a number",
            ),
            ("connectors: [{ name: A b, connector: b }]", "line 1, column 22", "small letters"),
            ("connectors: [{ name: -a, connector: b }]", "line 1, column 22", "not `-` first"),
            ("connectors: [{ name: ../a, connector: b }]", "line 1, column 22", "small letters"),
            ("connectors: [{ connector: b }]", "line 1, column 14", "no `name`"),
            ("connectors: [{ name: a }]", "line 1, column 14", "neither `connector`"),
            ("connectors: [{ name: a, connector: b, command: [c] }]", "line 1, column 36", "one of them"),
            ("connectors: [{ name: a, command: c }]", "line 1, column 34", "must be a list"),
            ("connectors: [{ name: a, command: [] }]", "line 1, column 34", "none of them blank"),
            ("connectors: [{ name: a, command: ['', b] }]", "line 1, column 34", "none of them blank"),
            ("connectors: [{ name: a, command: [b, 7] }]", "line 1, column 38", "must be a text"),
            ("connectors: [{ name: a, connector: ' ' }]", "line 1, column 36", "is blank"),
            (
                "connectors:\n- { name: a, connector: b }\n- { name: a, connector: c }",
                "line 3, column 11",
                "`a` is given twice",
            ),
            ("connectors: [{ name: a, connector: b, restart: 5s }]", "line 1, column 48", "must be a map"),
            (
                "connectors: [{ name: a, connector: b, restart: { frist: 5s } }]",
                "line 1",
                "did you mean `first`?",
            ),
            (
                "connectors: [{ name: a, connector: b, restart: { first: 5 } }]",
                "line 1, column 57",
                "in quotes",
            ),
            (
                "connectors: [{ name: a, connector: b, restart: { first: soon } }]",
                "line 1, column 57",
                "such as `500ms`",
            ),
            (
                "connectors: [{ name: a, connector: b, secrets: { token: x } }]",
                "line 1, column 39",
                "unknown key `secrets`",
            ),
            ("connectors: [{ name: a, name: b, connector: b }]", "line 1, column 25", "a second time"),
            ("a: [", "line", "YAML"),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!(error.kind(), crate::ErrorKind::Setup);
            assert!(error.message().starts_with("`etc/hosts.yml` has a fault: "), "{error}");
            assert!(error.message().contains(place) && error.message().contains(said), "{text}: {error}");
        }
        let both =
            parse("connectors: [{ name: A, connector: b }, { nme: b, connector: c }]").expect_err("two");
        assert!(both.message().contains("small letters") && both.message().contains("nme"), "{both}");
    }
}
