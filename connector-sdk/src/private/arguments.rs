//! Plain parameters: from JSON text straight into slots of their types.
//!
//! The object itself is walked here and once for all actions, its values by serde_json: so an action
//! compiles to no code of its own besides what its types need, and types are shared by actions.

use std::fmt;

use serde::de::value::Error as ValueError;
use serde::de::{DeserializeOwned, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::whole;
use super::words::plain;
use crate::cursor::Cursor;
use crate::similar::{excerpt, listed, nearest};
use crate::{Error, Result};

/// The values of an action's parameters.
pub trait Arguments: Sized {
    /// Reads them from the input, fills in defaults, and checks constraints.
    fn read(input: &[u8]) -> Result<Self>;
}

/// Where an argument's value goes.
pub struct Slot<'s> {
    name: &'s str,
    value: &'s mut dyn Fill,
}

impl<'s> Slot<'s> {
    pub(super) fn new<T: DeserializeOwned>(name: &'s str, value: &'s mut Option<T>) -> Self {
        Self { name, value }
    }

    /// A slot for a value whose type is known when the program runs.
    #[cfg(feature = "pocketpaw")]
    pub(crate) fn over(name: &'s str, value: &'s mut dyn Fill) -> Self {
        Self { name, value }
    }
}

/// A value that is read at most once.
pub(crate) trait Fill {
    fn is_full(&self) -> bool;

    /// Reads a value from the beginning of a text, and says how long it was. There is none, nor an
    /// error that serde_json would know of, where the text ends.
    fn fill(&mut self, json: &[u8]) -> Option<Result<usize, serde_json::Error>>;
}

impl<T: DeserializeOwned> Fill for Option<T> {
    fn is_full(&self) -> bool {
        self.is_some()
    }

    fn fill(&mut self, json: &[u8]) -> Option<Result<usize, serde_json::Error>> {
        let mut values = serde_json::Deserializer::from_slice(json).into_iter();
        Some(values.next()?.map(|value| {
            *self = Some(value);
            values.byte_offset()
        }))
    }
}

/// Fills the slots with the members of an object. A member without a slot is an error, as is one that
/// comes twice.
pub fn read(input: &[u8], slots: &mut [Slot<'_>]) -> Result<()> {
    let mut text = Cursor::new(input);
    match object(&mut text, slots) {
        Ok(()) => Ok(()),
        Err(problem) => Err(problem.explain(input, text.at(), slots)),
    }
}

/// What went wrong, and what is needed to say it.
enum Problem<'n> {
    /// The text is no JSON, or no object.
    NotAnObject,
    /// A value is none of its type.
    Value(&'n str, serde_json::Error),
    Twice(&'n str),
    Unknown(String),
}

fn object<'n>(text: &mut Cursor<'_>, slots: &mut [Slot<'n>]) -> Result<(), Problem<'n>> {
    expect(text, b'{')?;
    if !text.skip(b'}') {
        loop {
            let slot = slot(text, slots)?;
            expect(text, b':')?;
            if slot.value.is_full() {
                return Err(Problem::Twice(slot.name));
            }
            match slot.value.fill(text.rest()) {
                Some(Ok(length)) => text.advance(length),
                Some(Err(error)) => match refill(slot, text.rest()) {
                    Some(length) => text.advance(length),
                    None => return Err(Problem::Value(slot.name, error)),
                },
                None => return Err(Problem::NotAnObject),
            }
            if !text.skip(b',') {
                break;
            }
        }
        expect(text, b'}')?;
    }
    text.space();
    if text.rest().is_empty() { Ok(()) } else { Err(Problem::NotAnObject) }
}

/// From a key to its slot.
fn slot<'s, 'v>(text: &mut Cursor<'_>, slots: &'s mut [Slot<'v>]) -> Result<&'s mut Slot<'v>, Problem<'v>> {
    text.space();
    let rest = text.rest();
    // Nearly all keys are written without escapes, and need no parser to be compared.
    let is_plainly = |name: &str| {
        rest.get(name.len() + 1) == Some(&b'"')
            && rest.first() == Some(&b'"')
            && rest[1..].starts_with(name.as_bytes())
    };
    let place = match slots.iter().position(|slot| is_plainly(slot.name)) {
        Some(place) => {
            text.advance(slots[place].name.len() + 2);
            place
        }
        None => {
            let mut key = None::<String>;
            match key.fill(rest) {
                Some(Ok(length)) => text.advance(length),
                Some(Err(_)) | None => return Err(Problem::NotAnObject),
            }
            let key = key.unwrap_or_default();
            match slots.iter().position(|slot| slot.name == key) {
                Some(place) => place,
                None => return Err(Problem::Unknown(key)),
            }
        }
    };
    Ok(&mut slots[place])
}

fn expect<'n>(text: &mut Cursor<'_>, byte: u8) -> Result<(), Problem<'n>> {
    if text.skip(byte) { Ok(()) } else { Err(Problem::NotAnObject) }
}

/// Once more, with whole numbers written as integers.
#[cold]
fn refill(slot: &mut Slot<'_>, json: &[u8]) -> Option<usize> {
    let (plain, length) = whole::plainly(json)?;
    matches!(slot.value.fill(&plain), Some(Ok(_))).then_some(length)
}

impl Problem<'_> {
    /// The error, where the text was read as far as `at`.
    #[cold]
    fn explain(self, input: &[u8], at: usize, slots: &[Slot<'_>]) -> Error {
        match self {
            Self::NotAnObject => match parse_object(input) {
                Err(error) => not_an_object(&error),
                Ok(()) => Error::usage("the input must be a JSON object with the action's arguments"),
            },
            Self::Value(name, error) => {
                let (before, value) = input.split_at(at);
                let holds_others = matches!(value.trim_ascii_start().first(), Some(b'{' | b'['));
                wrong_value(name, &located(&error, before), &error, holds_others)
            }
            Self::Twice(name) => {
                Error::usage(format!("argument `{name}` is given twice")).with_detail("argument", name)
            }
            Self::Unknown(name) => unknown_argument(&name, slots.iter().map(|slot| slot.name)),
        }
    }
}

/// What serde_json says of a text that should be an object.
fn parse_object(input: &[u8]) -> Result<(), serde_json::Error> {
    struct Object;

    impl<'de> Visitor<'de> for Object {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
            while map.next_entry::<String, IgnoredAny>()?.is_some() {}
            Ok(())
        }
    }

    let mut json = serde_json::Deserializer::from_slice(input);
    json.deserialize_map(Object)?;
    json.end()
}

/// An error inside a value, with its place in the whole text rather than in the value; `before` is what
/// stands before the value.
fn located(error: &serde_json::Error, before: &[u8]) -> String {
    let text = error.to_string();
    let Some(words) = text.strip_suffix(&format!(" at line {} column {}", error.line(), error.column()))
    else {
        return text;
    };
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let indent = before.iter().rev().take_while(|byte| **byte != b'\n').count();
    let column = if error.line() == 1 { indent + error.column() } else { error.column() };
    format!("{words} at line {} column {column}", lines + error.line())
}

/// An argument whose value is none of its type; `error` is what serde_json says of it, with the right place
/// in `text`. A number or text that is of the wrong type is told by the argument's name, and often nobody
/// wrote the JSON that it stands in. Only what is inside of a list or an object has to be found in it.
#[cold]
pub(super) fn wrong_value(name: &str, text: &str, error: &serde_json::Error, holds_others: bool) -> Error {
    let (words, place) = text.rfind(" at line ").map_or((text, ""), |at| text.split_at(at));
    let place = if error.is_data() && !holds_others { "" } else { place };
    Error::usage(format!("argument `{name}`: {}{place}", plain(words))).with_detail("argument", name)
}

#[cold]
pub(super) fn not_an_object(error: &serde_json::Error) -> Error {
    Error::usage(format!("the input must be a JSON object with the action's arguments: {error}"))
}

#[cold]
pub(super) fn unknown_argument<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Error {
    let shown = excerpt(name);
    let message = match nearest(name, known.clone()) {
        Some(near) => format!("unknown argument `{shown}`; did you mean `{near}`?"),
        None => format!("unknown argument `{shown}`; expected {}", listed(known)),
    };
    Error::usage(message).with_detail("argument", shown)
}

/// The slot's value, or the parameter's default.
pub fn or_default<T>(slot: Option<T>, default: impl FnOnce() -> T) -> T {
    slot.unwrap_or_else(default)
}

/// The slot's value, or what the type is when nothing is given: `None` for an `Option`, else an error.
pub(super) fn required<T: DeserializeOwned>(name: &'static str, slot: Option<T>) -> Result<T> {
    match slot {
        Some(value) => Ok(value),
        None => T::deserialize(Missing).map_err(|_| missing(name)),
    }
}

#[cold]
pub(crate) fn missing(name: &str) -> Error {
    Error::usage(format!("argument `{name}` is missing")).with_detail("argument", name)
}

/// Whether a type has no value for "not given". Asking its `Deserialize` rather than its name is right
/// for aliases of `Option` too.
pub(super) fn is_required<T: DeserializeOwned>() -> bool {
    T::deserialize(Missing).is_err()
}

/// Whether a JSON text is a value of the type, to find out what the type enforces.
pub(super) fn takes<T: DeserializeOwned>(json: &[u8], _: &Value) -> bool {
    let mut slot = None::<T>;
    matches!(slot.fill(json), Some(Ok(length)) if length == json.len())
}

struct Missing;

impl<'de> Deserializer<'de> for Missing {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, ValueError> {
        Err(ValueError::custom("missing"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads an `a` and a `b`.
    fn read_two(input: &str) -> Result<(Option<u32>, Option<Vec<String>>), String> {
        let (mut a, mut b) = (None, None);
        let slots = &mut [Slot::new("a", &mut a), Slot::new("b", &mut b)];
        read(input.as_bytes(), slots).map_err(|error| error.to_string())?;
        Ok((a, b))
    }

    #[test]
    fn members_find_their_slots_however_they_are_written() {
        let b = || Some(vec!["x,}".to_owned()]);
        for (input, expected) in [
            ("{}", (None, None)),
            (" { } ", (None, None)),
            (r#"{"a":1}"#, (Some(1), None)),
            (r#"{"a":1,"b":["x,}"]}"#, (Some(1), b())),
            (" {\n\"b\" : [ \"x,}\" ] ,\t\"a\" : 1 }\r\n", (Some(1), b())),
            (r#"{"\u0061":1,"\u0062":["x\u002c}"]}"#, (Some(1), b())),
        ] {
            assert_eq!(read_two(input), Ok(expected), "{input}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let object = "the input must be a JSON object with the action's arguments: ";
        for (input, expected) in [
            ("", "EOF while parsing a value at line 1 column 0"),
            ("[]", "invalid type: sequence, expected an object at line 1 column 0"),
            ("{", "EOF while parsing an object at line 1 column 1"),
            (r#"{"a":"#, "EOF while parsing a value at line 1 column 5"),
            (r#"{"a"1}"#, "expected `:` at line 1 column 5"),
            (r#"{"a":1"#, "EOF while parsing an object at line 1 column 6"),
            (r#"{"a":1,}"#, "trailing comma at line 1 column 8"),
            (r#"{"a":1 "b":[]}"#, "expected `,` or `}` at line 1 column 8"),
            (r#"{"a":1}}"#, "trailing characters at line 1 column 8"),
            (r#"{a:1}"#, "key must be a string at line 1 column 2"),
        ] {
            let error = read_two(input).expect_err(input);
            assert_eq!(error.strip_prefix(object), Some(expected), "{input}");
        }
        for (input, expected) in [
            (r#"{"a":1,"a":2}"#, "argument `a` is given twice"),
            (r#"{"a":1,"aa":2}"#, "unknown argument `aa`; did you mean `a`?"),
            (r#"{"a":1,"c\n":2}"#, "unknown argument `c\n`; expected `a` or `b`"),
            (
                r#"{"a":-1}"#,
                "argument `a`: invalid value: integer `-1`, expected a whole number from 0 to 4294967295",
            ),
            (
                "{\n  \"a\": \"1\"}",
                "argument `a`: invalid type: string \"1\", expected a whole number from 0 to 4294967295",
            ),
            (
                "{\n\"b\": [\n1]}",
                "argument `b`: invalid type: integer `1`, expected a string at line 3 column 1",
            ),
            (r#"{"a":1x}"#, "argument `a`: trailing characters at line 1 column 7"),
        ] {
            assert_eq!(read_two(input).expect_err(input), expected, "{input}");
        }
    }

    #[test]
    fn every_place_is_where_serde_json_sees_it() {
        for input in [r#"{"a":[]}"#, "{\n  \"a\": 1x}", "{\"b\": [\n1]}", r#"{ "b" : {}}"#, r#"{"a":1e}"#] {
            #[derive(Debug, serde::Deserialize)]
            #[expect(dead_code, reason = "it is read for its errors")]
            struct Two {
                a: Option<u32>,
                b: Option<Vec<String>>,
            }
            let theirs = serde_json::from_str::<Two>(input).expect_err(input).to_string();
            let ours = read_two(input).expect_err(input);
            let place = |text: &str| text.split(" at line ").nth(1).map(str::to_owned);
            assert_eq!(place(&ours), place(&theirs), "{input}: {ours}; {theirs}");
        }
    }
}
