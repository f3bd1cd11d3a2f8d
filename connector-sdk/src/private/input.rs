//! One input struct: parsed by its own `Deserialize`, with unknown arguments refused all the same.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{CowStrDeserializer, MapAccessDeserializer};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use super::arguments::{not_an_object, unknown_argument, wrong_value};
use super::whole;
use crate::{Error, Result};

pub(super) fn parse<T: DeserializeOwned>(input: &[u8], schema: &Value) -> Result<T> {
    parse_as_written(input, schema).or_else(|error| {
        // Once more, with whole numbers written as integers.
        match whole::plainly(input) {
            Some((plain, length)) if length == input.trim_ascii_end().len() => {
                parse_as_written(&plain, schema).map_err(|_| error)
            }
            _ => Err(error),
        }
    })
}

fn parse_as_written<T: DeserializeOwned>(input: &[u8], schema: &Value) -> Result<T> {
    let known = known_names(schema);
    let problem = RefCell::default();
    let mut json = serde_json::Deserializer::from_slice(input);
    let visitor = Root { known, problem: &problem, target: PhantomData };
    match json.deserialize_map(visitor).and_then(|value| json.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) => Err(match problem.into_inner() {
            Problem::NotAnObject => not_an_object(&error),
            Problem::Unknown(name) => {
                unknown_argument(&name, known.into_iter().flat_map(|known| known.keys().map(String::as_str)))
            }
            Problem::Inside(Some(name)) => {
                let read = serde_json::from_slice::<Value>(input).ok();
                let value = read.as_ref().and_then(|value| value.get(&name));
                let holds_others = value.is_some_and(|value| value.is_object() || value.is_array());
                wrong_value(&name, &error.to_string(), &error, holds_others)
            }
            Problem::Inside(None) => Error::usage(format!("the input is not what the action takes: {error}")),
        }),
    }
}

/// Whether a JSON text is an input, to find out what the type enforces.
pub(super) fn takes<T: DeserializeOwned>(input: &[u8], schema: &Value) -> bool {
    parse::<T>(input, schema).is_ok()
}

/// The names that an input may have; none where its schema doesn't tell.
pub(super) fn known_names(schema: &Value) -> Option<&Map<String, Value>> {
    let open = ["oneOf", "anyOf", "allOf", "$ref", "patternProperties"]
        .iter()
        .any(|keyword| schema.get(keyword).is_some());
    let closed = matches!(schema.get("additionalProperties"), None | Some(Value::Bool(false)));
    schema.get("properties").and_then(Value::as_object).filter(|_| closed && !open)
}

#[derive(Default)]
enum Problem {
    #[default]
    NotAnObject,
    Unknown(String),
    Inside(Option<String>),
}

struct Root<'s, T> {
    known: Option<&'s Map<String, Value>>,
    problem: &'s RefCell<Problem>,
    target: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Root<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T, M::Error> {
        *self.problem.borrow_mut() = Problem::Inside(None);
        T::deserialize(Members(Known { map, known: self.known, problem: self.problem }))
    }
}

/// The members of an object as a value. serde's own deserializer of a map knows no newtypes, and one
/// around a struct is a struct with named fields too.
struct Members<M>(M);

impl<'de, M: MapAccess<'de>> Deserializer<'de> for Members<M> {
    type Error = M::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, M::Error> {
        visitor.visit_map(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, M::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, M::Error> {
        MapAccessDeserializer::new(self.0).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A map that refuses keys which the schema doesn't know.
struct Known<'s, M> {
    map: M,
    known: Option<&'s Map<String, Value>>,
    problem: &'s RefCell<Problem>,
}

impl<'de, M: MapAccess<'de>> MapAccess<'de> for Known<'_, M> {
    type Error = M::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, M::Error> {
        *self.problem.borrow_mut() = Problem::Inside(None);
        let Some(key) = self.map.next_key_seed(Key)? else { return Ok(None) };
        if self.known.is_some_and(|known| !known.contains_key(&*key)) {
            *self.problem.borrow_mut() = Problem::Unknown(key.into_owned());
            return Err(M::Error::custom("unknown argument"));
        }
        *self.problem.borrow_mut() = Problem::Inside(Some(key.clone().into_owned()));
        seed.deserialize(CowStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, M::Error> {
        self.map.next_value_seed(seed)
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an argument")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }
}
