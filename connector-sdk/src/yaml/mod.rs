//! From YAML to a tree whose every key and value knows its place. What its author has to know is said with line and
//! column, and never repeats what stands there.

pub(crate) mod reader;

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;

/// More than this nobody writes by hand.
const MOST_BYTES: usize = 1024 * 1024;

const TOO_LARGE: &str = "is larger than 1 MiB; only what is smaller is read";

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl Place {
    /// Where what follows a text begins.
    fn after(text: &str) -> Self {
        let line = &text[text.rfind('\n').map_or(0, |end| end + 1)..];
        Self { line: 1 + text.matches('\n').count() as u64, column: 1 + line.chars().count() as u64 }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Null,
    /// A text, a number or a boolean.
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A member of a map.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) value: Node,
}

/// What is wrong with a file.
pub(crate) struct Broken {
    /// Where the first fault is.
    pub(crate) place: Option<Place>,
    /// With the line and column of each fault; without a place, what the file itself is or does.
    pub(crate) message: String,
    /// Why it can't be read.
    pub(crate) source: Option<io::Error>,
}

impl Broken {
    fn at(place: Place, message: &str) -> Self {
        let Place { line, column } = place;
        Self { place: Some(place), message: format!("line {line}, column {column}: {message}"), source: None }
    }

    fn whole(message: &str) -> Self {
        Self { place: None, message: message.to_owned(), source: None }
    }
}

/// Reads a file's text.
pub(crate) fn text_of(path: &Path) -> Result<String, Broken> {
    let mut bytes = Vec::new();
    let most = MOST_BYTES as u64;
    if let Err(error) = File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)) {
        return Err(Broken { place: None, message: format!("can't be read: {error}"), source: Some(error) });
    }
    if bytes.len() > MOST_BYTES {
        return Err(Broken::whole(TOO_LARGE));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        Broken::at(Place::after(&before), "this is not UTF-8 text; save the file as UTF-8")
    })
}

/// Reads a text.
pub(crate) fn read(text: &str) -> Result<Node, Broken> {
    if text.len() > MOST_BYTES {
        return Err(Broken::whole(TOO_LARGE));
    }
    // A mark at the beginning is allowed (YAML 1.2.2, section 5.2).
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(place) = unreadable(text) {
        let message = "a control character stands here, which YAML can't have; remove it";
        return Err(Broken::at(place, message));
    }
    let options = serde_saphyr::options! {
        // `on` and `no` stay texts; where a boolean is wanted they are read as PocketPaw reads them.
        strict_booleans: true,
        reject_unsupported_tags: true,
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::Error,
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 50_000,
            max_replay_stack_depth: 8,
        },
        budget: serde_saphyr::budget! {
            max_events: 200_000,
            max_nodes: 100_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_depth: 32,
            // The second is refused by a better message.
            max_documents: 2,
            max_recorded_anchor_events: 200_000,
            max_recorded_anchor_bytes: 8 * MOST_BYTES,
            max_total_scalar_bytes: 8 * MOST_BYTES,
        },
    };
    serde_saphyr::from_str_with_options::<Node>(text, options).map_err(|error| broken(&error))
}

/// Where the first character is that YAML can't have (section 5.1).
fn unreadable(text: &str) -> Option<Place> {
    let is_bad = |letter: char| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{85}');
    let at = text.find(is_bad)?;
    Some(Place::after(&text[..at]))
}

/// The library's own text may show what stands in the file, so only its reason is taken.
fn broken(error: &serde_saphyr::Error) -> Broken {
    use serde_saphyr::Error as E;
    let error = error.without_snippet();
    let place = error.location().map(place_of).filter(|place| place.line > 0);
    // What goes wrong inside of an anchor's copy.
    let error = if let E::AliasError { error, .. } = error { error } else { error };
    let message = match error {
        E::DuplicateMappingKey { key, .. } => match key {
            Some(key) => format!("the key `{}` stands here a second time; keep one", shown(key)),
            None => "a key stands here a second time; keep one".to_owned(),
        },
        E::Budget { .. }
        | E::AliasReplayCounterOverflow { .. }
        | E::AliasReplayLimitExceeded { .. }
        | E::AliasExpansionLimitExceeded { .. }
        | E::AliasReplayStackDepthExceeded { .. } => {
            "the file is nested too deep, or grows too large when its anchors are filled in; write it out plainly"
                .to_owned()
        }
        E::MultipleDocuments { .. } => {
            "a second document begins here, and a file is one; remove the `---`".to_owned()
        }
        E::NonFiniteFloat { .. } => "a number that is not finite stands here; write a finite one".to_owned(),
        E::UnsupportedTag { .. } => "a tag stands before this that means nothing here; remove it".to_owned(),
        E::UnknownAnchor { .. } => "`*` names an anchor that no `&` defines before; define it".to_owned(),
        E::Eof { .. } => "there is no document in it; write a map".to_owned(),
        // The parser's reasons are fixed phrases of grammar.
        E::ExternalMessage { msg, .. } => format!("it is not YAML: {}", shown(msg)),
        _ => "it is not YAML that can be read".to_owned(),
    };
    match place {
        Some(place) => Broken::at(place, &message),
        None => Broken::whole(&message),
    }
}

/// What a stranger wrote, in a message.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(80).collect()
}

fn place_of(location: serde_saphyr::Location) -> Place {
    Place { line: location.line(), column: location.column() }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        Ok(Self { place: place_of(spanned.referenced), kind: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Kind, E> {
        Ok(Kind::Scalar(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Scalar(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Kind, E> {
        Ok(Kind::Scalar(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Kind, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Kind::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Kind, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = members.next_key::<Node>()? {
            let name = match key.kind {
                Kind::Scalar(Value::String(name)) => name,
                // A key that nobody knows, so it is only ever shown.
                _ => key.to_json().to_string(),
            };
            map.push(Entry { key: name, place: key.place, value: members.next_value()? });
        }
        Ok(Kind::Map(map))
    }
}

impl Node {
    /// The value as JSON.
    pub(crate) fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Scalar(value) => value.clone(),
            Kind::List(items) => items.iter().map(Self::to_json).collect(),
            Kind::Map(entries) => Value::Object(
                entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect(),
            ),
        }
    }

    /// What it is, for a message that says what it should be.
    pub(crate) fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "nothing",
            Kind::Scalar(Value::Bool(_)) => "a boolean",
            Kind::Scalar(Value::Number(_)) => "a number",
            Kind::Scalar(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }
}
