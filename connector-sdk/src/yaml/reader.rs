//! Keeps what is wrong with a file and what is worth knowing of it, so that all of it is said at once.

use serde_json::Value;

use super::{Broken, Entry, Kind, Node, Place, shown};
use crate::similar::{listed, nearest};

/// More faults than this are one: the file is no connector.
const MOST_FAULTS: usize = 20;
/// A longer name is none.
const LONGEST_NAME: usize = 100;
/// More unknown keys than this are counted: each note costs time, and nobody reads so many.
const MOST_UNKNOWN: usize = 50;
/// What was meant is looked for so many times in a file: it costs as much as the names are long and many.
const MOST_GUESSES: usize = 50;

/// A value and where it was written.
#[derive(Clone, Debug)]
pub(crate) struct Written<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

#[derive(Default)]
pub(crate) struct Reader {
    notes: Vec<(Place, String)>,
    faults: Vec<(Place, String)>,
    /// How many keys nobody knows, and where the first is of those that are only counted.
    unknown: usize,
    counted: Option<Place>,
    guesses: usize,
}

impl Reader {
    /// Something that the author or a user of the file should know.
    pub(crate) fn note(&mut self, place: Place, message: impl Into<String>) {
        self.notes.push((place, message.into()));
    }

    /// Something that has to be mended before the file can be used.
    pub(crate) fn fault(&mut self, place: Place, message: impl Into<String>) {
        self.faults.push((place, message.into()));
    }

    /// The notes in the order of the file, unless something is wrong with it: then all that is.
    pub(crate) fn finish(mut self) -> Result<Vec<(Place, String)>, Broken> {
        if self.faults.is_empty() {
            if let Some(place) = self.counted {
                let more = self.unknown - MOST_UNKNOWN;
                self.note(place, format!("from here on {more} more unknown keys, which have no effect"));
            }
            self.notes.sort_by_key(|(place, _)| *place);
            return Ok(self.notes);
        }
        self.faults.sort_by_key(|(place, _)| *place);
        let more = self.faults.len().saturating_sub(MOST_FAULTS);
        let said: Vec<String> = self
            .faults
            .iter()
            .take(MOST_FAULTS)
            .map(|(place, message)| format!("line {}, column {}: {message}", place.line, place.column))
            .collect();
        let mut message = said.join("; ");
        if more > 0 {
            message = format!("{message}; and {more} more");
        }
        Err(Broken { place: self.faults.first().map(|(place, _)| *place), message, source: None })
    }

    /// The known name that was meant, unless this was asked too often.
    pub(crate) fn nearest<'a>(
        &mut self,
        written: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        self.guesses += 1;
        if self.guesses > MOST_GUESSES { None } else { nearest(written, known) }
    }

    /// The first items of a list or map, `before` of which there were others, and a fault at the first that is one
    /// too many, with what is to be done.
    pub(crate) fn at_most<'n, T>(
        &mut self,
        most: usize,
        before: usize,
        items: &'n [T],
        (what, remedy): (&str, &str),
        place: impl Fn(&T) -> Place,
    ) -> &'n [T] {
        let left = most.saturating_sub(before);
        let Some(item) = items.get(left) else { return items };
        self.fault(place(item), format!("there are more than {most} {what}; {remedy}"));
        &items[..left]
    }

    /// What stands there as a text.
    pub(crate) fn text(&mut self, node: &Node, what: &str) -> Option<Written<String>> {
        match &node.kind {
            Kind::Scalar(Value::String(text)) => Some(Written { value: text.clone(), place: node.place }),
            Kind::Scalar(_) => {
                let is = node.describe();
                self.fault(node.place, format!("`{what}` must be a text, and is {is}; put it in quotes"));
                None
            }
            _ => {
                self.fault(node.place, format!("`{what}` must be a text, and is {}", node.describe()));
                None
            }
        }
    }

    /// Faults a name that is no name by its length: it stands in tables and trails beside others.
    pub(crate) fn short(&mut self, name: &Written<String>, what: &str) {
        if name.value.chars().count() > LONGEST_NAME {
            let message = format!("{what} must have {LONGEST_NAME} characters at most; make it shorter");
            self.fault(name.place, message);
        }
    }

    /// What stands there as a boolean, in all the words that PocketPaw's reader takes (YAML 1.1).
    pub(crate) fn boolean(&mut self, node: &Node, what: &str) -> Option<bool> {
        let read = match &node.kind {
            Kind::Scalar(value) => boolean_of(value),
            _ => None,
        };
        if read.is_none() {
            self.fault(node.place, format!("`{what}` must be `true` or `false`, and is {}", node.describe()));
        }
        read
    }

    pub(crate) fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.kind {
            Kind::List(items) => items,
            _ => {
                self.fault(node.place, format!("`{what}` must be a list, and is {}", node.describe()));
                &[]
            }
        }
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, node: &Node, what: &str) -> Vec<Written<String>> {
        self.list(node, what).iter().filter_map(|item| self.text(item, what)).collect()
    }

    pub(crate) fn map<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Entry] {
        match &node.kind {
            Kind::Map(entries) => entries,
            _ => {
                self.fault(node.place, format!("`{what}` must be a map, and is {}", node.describe()));
                &[]
            }
        }
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(
        &mut self,
        text: &Written<String>,
        what: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let known = words.iter().map(|(word, _)| *word);
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(*value);
        }
        let written = shown(&text.value);
        let message = match self.nearest(&text.value, known.clone()) {
            Some(near) => format!("unknown {what} `{written}`; did you mean `{near}`?"),
            None => format!("unknown {what} `{written}`; expected {}", listed(known)),
        };
        self.fault(text.place, message);
        None
    }
}

/// A boolean in any of YAML 1.1's words.
pub(crate) fn boolean_of(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(is) => Some(*is),
        Value::String(word) => match word.to_ascii_lowercase().as_str() {
            "yes" | "on" => Some(true),
            "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The members of a map, each taken by the name that it is known by; what is left is unknown.
pub(crate) struct Fields<'n> {
    entries: &'n [Entry],
    known: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    pub(crate) fn new(entries: &'n [Entry]) -> Self {
        Self { entries, known: Vec::new() }
    }

    /// The value of that name; `null` counts as not written.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<&'n Node> {
        self.known.push(name);
        let entry = self.entries.iter().find(|entry| entry.key == name)?;
        (!matches!(entry.value.kind, Kind::Null)).then_some(&entry.value)
    }

    /// Faults what nothing took.
    #[cfg(feature = "supervisor")]
    pub(crate) fn end(self, reader: &mut Reader, what: &str) {
        for entry in self.entries.iter().filter(|entry| !self.known.contains(&entry.key.as_str())) {
            let written = shown(&entry.key);
            let known = self.known.iter().copied();
            let message = match reader.nearest(&entry.key, known.clone()) {
                Some(near) => format!("unknown key `{written}` of {what}; did you mean `{near}`?"),
                None => format!("unknown key `{written}` of {what}; expected {}", listed(known)),
            };
            reader.fault(entry.place, message);
        }
    }

    /// Notes what nothing took.
    pub(crate) fn finish(self, reader: &mut Reader, what: &str) {
        for entry in self.entries.iter().filter(|entry| !self.known.contains(&entry.key.as_str())) {
            reader.unknown += 1;
            if reader.unknown > MOST_UNKNOWN {
                reader.counted.get_or_insert(entry.place);
                continue;
            }
            let written = shown(&entry.key);
            let message = match nearest(&entry.key, self.known.iter().copied()) {
                Some(near) => format!("unknown key `{written}` of {what}; did you mean `{near}`?"),
                None => format!(
                    "unknown key `{written}` of {what}, which has no effect; expected {}",
                    listed(self.known.iter().copied())
                ),
            };
            reader.note(entry.place, message);
        }
    }
}
