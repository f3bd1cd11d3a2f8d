//! JSON for people: a tree that keeps the order in which an author wrote the fields.
//!
//! That order is the most sensible order of columns, and `serde_json::Value` forgets it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::show::clean_line;
use crate::manifest::elements;

/// JSON as it was written.
#[derive(Debug)]
pub(super) enum Data {
    Null,
    Plain(String),
    Text(String),
    List(Vec<Data>),
    Object(Vec<(String, Data)>),
}

impl Data {
    /// A value as it is.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Plain(value.to_string()),
            Value::Number(number) => Self::Plain(match number.as_f64().filter(|_| number.is_f64()) {
                Some(fraction) => fraction.to_string(),
                None => number.to_string(),
            }),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect())
            }
        }
    }

    /// Members in an order of one's own, without those that say nothing.
    pub(super) fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::of_members(&mut members.into_iter())
    }

    fn of_members(members: &mut dyn Iterator<Item = (&str, Self)>) -> Self {
        let mut kept = Vec::new();
        for (name, value) in members {
            match value {
                Self::Null => {}
                Self::List(items) if items.is_empty() => {}
                _ => kept.push((name.to_owned(), value)),
            }
        }
        Self::Object(kept)
    }

    /// Each item of a list, made into something else.
    pub(super) fn each(list: &Value, item: &dyn Fn(&Value) -> Self) -> Self {
        Self::List(elements(Some(list)).iter().map(item).collect())
    }

    /// Whether nothing is inside it.
    pub(super) fn is_flat(&self) -> bool {
        match self {
            Self::List(items) => items.is_empty(),
            Self::Object(members) => members.is_empty(),
            _ => true,
        }
    }

    /// Whether it is too long to stand beside others.
    pub(super) fn is_sentence(&self) -> bool {
        matches!(self, Self::Text(text) if text.len() > 40)
    }

    /// On one line, for a cell or behind a name.
    pub(super) fn one_line(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Plain(text) => text.clone(),
            Self::Text(text) => clean_line(text),
            Self::List(items) => items.iter().map(Self::one_line).collect::<Vec<_>>().join(", "),
            Self::Object(members) => members
                .iter()
                .map(|(name, value)| format!("{}: {}", clean_line(name), value.one_line()))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyData)
    }
}

struct AnyData;

impl<'de> Visitor<'de> for AnyData {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Data, E> {
        Ok(Data::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Data, E> {
        Ok(Data::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Data, E> {
        Ok(Data::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Data, E> {
        Ok(Data::Plain(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Data, E> {
        Ok(Data::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Data::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Data, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Data::Object(object))
    }
}
