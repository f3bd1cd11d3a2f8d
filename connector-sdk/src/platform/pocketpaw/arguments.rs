//! From the input's JSON to the values of parameters, by what the file says of them.

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

use super::action::ValueKind;
use super::endpoint::Parameter;
use crate::__private::{Fill, Slot, missing, read};
use crate::similar::{excerpt, listed, nearest};
use crate::{Error, Result};

/// The arguments in the order of the parameters; none where nothing is given and nothing is the default.
///
/// # Errors
///
/// `usage`, in the words that generated connectors use.
pub(super) fn parse(input: &[u8], parameters: &[Parameter]) -> Result<Vec<Option<Value>>> {
    let mut typed: Vec<Typed> =
        parameters.iter().map(|parameter| Typed { kind: parameter.kind, value: None }).collect();
    let mut slots: Vec<Slot<'_>> = parameters
        .iter()
        .zip(&mut typed)
        .map(|(parameter, typed)| Slot::over(&parameter.name, typed))
        .collect();
    read(input, &mut slots)?;
    drop(slots);
    let mut arguments = Vec::with_capacity(parameters.len());
    for (parameter, typed) in parameters.iter().zip(typed) {
        match typed.value {
            Some(value) => {
                check_choice(parameter, &value)?;
                arguments.push(Some(value));
            }
            None if parameter.required => return Err(missing(&parameter.name)),
            None => arguments.push(parameter.default.clone()),
        }
    }
    Ok(arguments)
}

fn check_choice(parameter: &Parameter, value: &Value) -> Result<()> {
    let is_among = |choices: &&Vec<Value>| choices.iter().any(|choice| is_same(choice, value));
    let Some(choices) = parameter.choices.as_ref().filter(|choices| !is_among(choices)) else {
        return Ok(());
    };
    let name = &parameter.name;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let known: Vec<String> = choices.iter().map(text).collect();
    let known = || known.iter().map(String::as_str);
    let given = text(value);
    let shown = excerpt(&given);
    let message = match nearest(&given, known()) {
        Some(near) => format!("argument `{name}`: unknown variant `{shown}`, did you mean `{near}`?"),
        None => format!("argument `{name}`: unknown variant `{shown}`, expected {}", listed(known())),
    };
    Err(Error::usage(message).with_detail("argument", name.as_str()))
}

/// Whether two values are one. Numbers are by what they count: `1`, `1.0` and `1e0` (JSON Schema, 4.2.2).
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => a.as_f64() == b.as_f64(),
        _ => one == other,
    }
}

/// A value of a type that a file says.
struct Typed {
    kind: ValueKind,
    value: Option<Value>,
}

impl Fill for Typed {
    fn is_full(&self) -> bool {
        self.value.is_some()
    }

    fn fill(&mut self, json: &[u8]) -> Option<Result<usize, serde_json::Error>> {
        let mut values = serde_json::Deserializer::from_slice(json).into_iter::<IgnoredAny>();
        if let Err(error) = values.next()? {
            return Some(Err(error));
        }
        let length = values.byte_offset();
        let mut value = serde_json::Deserializer::from_slice(json);
        Some(OfKind(self.kind).deserialize(&mut value).map(|value| {
            self.value = Some(value);
            length
        }))
    }
}

#[derive(Clone, Copy)]
struct OfKind(ValueKind);

impl<'de> DeserializeSeed<'de> for OfKind {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.0 == ValueKind::Any {
            return Value::deserialize(deserializer);
        }
        deserializer.deserialize_any(self)
    }
}

impl OfKind {
    fn only<E: serde::de::Error>(
        self,
        value: Value,
        unexpected: serde::de::Unexpected<'_>,
    ) -> Result<Value, E> {
        if self.0.takes(&value) { Ok(value) } else { Err(E::invalid_type(unexpected, &self)) }
    }
}

impl<'de> Visitor<'de> for OfKind {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.describe())
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.only(value.into(), serde::de::Unexpected::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.only(value.into(), serde::de::Unexpected::Signed(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.only(value.into(), serde::de::Unexpected::Unsigned(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.only(value.into(), serde::de::Unexpected::Float(value))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.only(value.into(), serde::de::Unexpected::Str(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Value, A::Error> {
        if !self.0.has_parts() {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        }
        Value::deserialize(SeqAccessDeserializer::new(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Value, A::Error> {
        if self.0 != ValueKind::Object {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self));
        }
        Value::deserialize(MapAccessDeserializer::new(members))
    }
}
