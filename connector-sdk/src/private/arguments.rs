//! Plain parameters: from JSON text straight into the slots that the expansion made for them.

use std::cell::RefCell;
use std::fmt;

use serde::de::value::Error as ValueError;
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::similar::{listed, nearest};
use crate::{Error, Result};

/// The values of an action's parameters.
pub trait Arguments: Sized {
    /// A slot for each, empty until the input fills it.
    type Slots: Default;
    /// The parameters' names.
    const NAMES: &'static [&'static str];

    /// Fills the slot of that name with the map's next value.
    fn set<'de, A: MapAccess<'de>>(
        slots: &mut Self::Slots,
        name: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error>;

    /// Fills in defaults and checks constraints.
    fn finish(slots: Self::Slots) -> Result<Self>;
}

pub(super) fn parse<A: Arguments>(input: &[u8]) -> Result<A> {
    let mut slots = A::Slots::default();
    let problem = RefCell::default();
    let mut json = serde_json::Deserializer::from_slice(input);
    let visitor = Slots::<A> { slots: &mut slots, problem: &problem };
    match json.deserialize_map(visitor).and_then(|()| json.end()) {
        Ok(()) => A::finish(slots),
        Err(error) => Err(explain(problem.into_inner(), &error, A::NAMES)),
    }
}

/// What went wrong, where serde's own message doesn't say which argument it was.
#[derive(Default)]
pub(super) enum Problem {
    #[default]
    NotAnObject,
    At(&'static str),
    Twice(&'static str),
    Unknown(String),
}

#[cold]
fn explain(problem: Problem, error: &serde_json::Error, names: &'static [&'static str]) -> Error {
    match problem {
        Problem::NotAnObject => not_an_object(error),
        Problem::At(name) => {
            Error::usage(format!("argument `{name}`: {error}")).with_detail("argument", name)
        }
        Problem::Twice(name) => {
            Error::usage(format!("argument `{name}` is given twice")).with_detail("argument", name)
        }
        Problem::Unknown(name) => unknown_argument(&name, names.iter().copied()),
    }
}

#[cold]
pub(super) fn not_an_object(error: &serde_json::Error) -> Error {
    Error::usage(format!("the input must be a JSON object with the action's arguments: {error}"))
}

#[cold]
pub(super) fn unknown_argument<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Error {
    let shown: String = name.chars().take(80).collect();
    let message = match nearest(name, known.clone()) {
        Some(near) => format!("unknown argument `{shown}`; did you mean `{near}`?"),
        None => format!("unknown argument `{shown}`; expected {}", listed(known)),
    };
    Error::usage(message).with_detail("argument", shown)
}

struct Slots<'s, A: Arguments> {
    slots: &'s mut A::Slots,
    problem: &'s RefCell<Problem>,
}

impl<'de, A: Arguments> Visitor<'de> for Slots<'_, A> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(name) = map.next_key_seed(Key { names: A::NAMES, problem: self.problem })? {
            *self.problem.borrow_mut() = Problem::At(name);
            match A::set(self.slots, name, &mut map) {
                Ok(()) => *self.problem.borrow_mut() = Problem::NotAnObject,
                Err(error) => return Err(self.twice_or(error, name)),
            }
        }
        Ok(())
    }
}

impl<A: Arguments> Slots<'_, A> {
    fn twice_or<E: fmt::Display>(&self, error: E, name: &'static str) -> E {
        if error.to_string().starts_with(TWICE) {
            *self.problem.borrow_mut() = Problem::Twice(name);
        }
        error
    }
}

/// From a key to the name of its parameter.
struct Key<'s> {
    names: &'static [&'static str],
    problem: &'s RefCell<Problem>,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an argument")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<&'static str, E> {
        self.names.iter().find(|name| **name == key).copied().ok_or_else(|| {
            *self.problem.borrow_mut() = Problem::Unknown(key.to_owned());
            E::custom("unknown argument")
        })
    }
}

/// Begins the message by which [`fill`] says that the slot was full.
const TWICE: &str = "given twice";

/// Fills one slot.
pub(super) fn fill<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(A::Error::custom(TWICE));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

/// Passes over a value that belongs to no slot; the key was refused before.
pub fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
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
fn missing(name: &'static str) -> Error {
    Error::usage(format!("argument `{name}` is missing")).with_detail("argument", name)
}

/// Whether a type has no value for "not given". Asking its `Deserialize` rather than its name is right
/// for aliases of `Option` too.
pub(super) fn is_required<T: DeserializeOwned>() -> bool {
    T::deserialize(Missing).is_err()
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
