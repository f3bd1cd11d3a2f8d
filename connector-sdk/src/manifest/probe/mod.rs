//! Whether a published constraint is enforced, found out by asking: values are made that break it and
//! nothing else, and the typed parser is asked whether it takes them. It only parses; nothing runs.
//!
//! A schema alone doesn't tell. `minItems` equal to `maxItems` is a fact of `[bool; 2]` and a wish for a
//! `Vec<bool>`; `enum` is a fact of an enum and a wish for a `String`. What is asked is asked at both sides
//! of a limit, so a parser that refuses values for reasons of its own proves nothing.

mod breach;
mod fits;
mod sample;

use std::fmt;

use serde_json::{Map, Value};

pub(crate) use fits::{Fits, fits, matches, repeated, target};

use breach::Breach;
use sample::sample;

/// How a schema's values are parsed; none where nobody knows, as of a manifest from a file.
#[derive(Clone, Default)]
pub(crate) struct Probes(pub(crate) Vec<Probe>);

/// Whether a parser takes a JSON text; the schema is that of the whole input.
pub(crate) type Takes = fn(&[u8], &Value) -> bool;

/// How the values of a part of a schema are parsed.
#[derive(Clone)]
pub(crate) struct Probe {
    /// JSON pointer to the part.
    pub(crate) at: String,
    pub(crate) takes: Takes,
    /// JSON pointers to keywords that are enforced after the parsing.
    pub(crate) checked: Vec<String>,
}

impl fmt::Debug for Probes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Probes")
    }
}

/// How a manifest was made is no part of what it says.
impl PartialEq for Probes {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What is known of the constraints of a schema.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// JSON pointers to constraints that nothing enforces.
    pub(crate) open: Vec<String>,
    /// JSON pointers to the places of which nothing could be found out, since no value is known that the
    /// parser takes.
    pub(crate) untold: Vec<String>,
}

/// Corrects what the schema alone seems to tell, `unenforced`, by what the parsers tell.
pub(crate) fn told(schema: &Value, unenforced: &[String], probes: &Probes) -> Told {
    let mut told = Told { open: unenforced.to_vec(), untold: Vec::new() };
    for probe in &probes.0 {
        let Some(part) = schema.pointer(&probe.at) else { continue };
        let mut asking = Asking { root: schema, part, probe, seen: Vec::new(), told: &mut told };
        asking.place(part, &probe.at, &Some);
    }
    told.open.sort_unstable();
    told.open.dedup();
    told
}

/// Puts a value where a place is into an otherwise right value of the whole part.
type Around<'a> = &'a dyn Fn(Value) -> Option<Value>;

struct Asking<'a> {
    root: &'a Value,
    /// The schema of all that the parser parses.
    part: &'a Value,
    probe: &'a Probe,
    /// The places that were asked about: a type may contain itself.
    seen: Vec<String>,
    told: &'a mut Told,
}

impl<'a> Asking<'a> {
    fn takes(&self, value: &Value) -> bool {
        (self.probe.takes)(value.to_string().as_bytes(), self.root)
    }

    fn fits(&self, value: &Value) -> bool {
        fits(self.root, self.part, value)
    }

    fn place(&mut self, schema: &'a Value, at: &str, around: Around<'_>) {
        let Value::Object(object) = schema else { return };
        if self.seen.iter().any(|seen| seen == at) {
            return;
        }
        self.seen.push(at.to_owned());
        let base = sample(self.root, schema);
        let breaches = Breach::all(self.root, object, base.as_ref());
        if !breaches.is_empty() {
            let whole = base.and_then(around);
            if whole.is_some_and(|whole| self.fits(&whole) && self.takes(&whole)) {
                breaches.into_iter().for_each(|breach| self.ask(breach, at, around));
            } else {
                self.told.untold.push(at.to_owned());
            }
        }
        self.inside(object, at, around);
    }

    /// Asks about one constraint.
    fn ask(&mut self, breach: Breach, at: &str, around: Around<'_>) {
        let pointer = format!("{at}/{}", breach.keyword);
        if self.probe.checked.contains(&pointer) {
            return;
        }
        let controls = breach.within.into_iter().filter_map(around).filter(|value| self.fits(value));
        if controls.collect::<Vec<_>>().iter().any(|control| !self.takes(control)) {
            return;
        }
        // What breaks the one keyword may still be right, by another branch of an `anyOf`.
        let wrong: Vec<Value> =
            breach.beyond.into_iter().filter_map(around).filter(|value| !self.fits(value)).collect();
        if wrong.iter().any(|value| self.takes(value)) {
            self.told.open.push(pointer);
        } else if !wrong.is_empty() {
            self.told.open.retain(|open| *open != pointer);
        }
    }

    /// Goes on to the schemas inside a schema.
    fn inside(&mut self, object: &'a Map<String, Value>, at: &str, around: Around<'_>) {
        let root = self.root;
        let own = || sample(root, &Value::Object(object.clone()));
        for (keyword, value) in object {
            let at = format!("{at}/{}", escape(keyword));
            match (keyword.as_str(), value) {
                ("$ref", Value::String(reference)) => {
                    if let (Some(schema), Some(at)) = (target(root, reference), reference.strip_prefix('#')) {
                        self.place(schema, at, around);
                    }
                }
                ("properties", Value::Object(properties)) => {
                    for (name, property) in properties {
                        let with = |value| around(with_member(own()?, name, value)?);
                        self.place(property, &format!("{at}/{}", escape(name)), &with);
                    }
                }
                ("additionalProperties", _) => {
                    self.place(value, &at, &|value| around(with_member(own()?, "key", value)?));
                }
                ("items", _) => {
                    self.place(value, &at, &|value| around(with_item(own()?, usize::MAX, value)?));
                }
                ("prefixItems", Value::Array(schemas)) => {
                    for (place, schema) in schemas.iter().enumerate() {
                        let with = |value| around(with_item(own()?, place, value)?);
                        self.place(schema, &format!("{at}/{place}"), &with);
                    }
                }
                ("anyOf" | "oneOf" | "allOf", Value::Array(schemas)) => {
                    let mut rest = object.clone();
                    if keyword != "allOf" {
                        rest.remove(keyword);
                    }
                    let rest = Value::Object(rest);
                    for (place, schema) in schemas.iter().enumerate() {
                        let with = |value| around(sample::merged(sample(root, &rest), value));
                        self.place(schema, &format!("{at}/{place}"), &with);
                    }
                }
                _ => {}
            }
        }
    }
}

fn with_member(mut object: Value, name: &str, value: Value) -> Option<Value> {
    object.as_object_mut()?.insert(name.to_owned(), value);
    Some(object)
}

/// With the item at `place`, or one more.
fn with_item(mut list: Value, place: usize, value: Value) -> Option<Value> {
    let items = list.as_array_mut()?;
    match items.get_mut(place) {
        Some(item) => *item = value,
        // A list of a fixed length has no room for one more.
        None => match items.first_mut() {
            Some(first) if place == usize::MAX => *first = value,
            _ => items.push(value),
        },
    }
    Some(list)
}

pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
