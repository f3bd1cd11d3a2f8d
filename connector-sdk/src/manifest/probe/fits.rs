//! Whether a value is right by a schema, as far as needs be known here.

use std::collections::{HashMap, HashSet};
use std::ptr;

use regex_lite::Regex;
use serde_json::{Map, Value};

/// What a reference inside a schema refers to.
pub(crate) fn target<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

/// Whether a text matches a pattern, where the pattern is one.
pub(crate) fn matches(pattern: &str, text: &str) -> Option<bool> {
    Some(Regex::new(pattern).ok()?.is_match(text))
}

/// Whether `value` is right by `schema`. A keyword that isn't known here is taken to be kept, so that a
/// value is only called wrong where it is.
pub(crate) fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    Fits::new(root).whether(schema, value)
}

/// What was found of values so far. A type that contains itself is a reference, and every alternative of
/// it may ask the same of what is inside: without a memory each level would double the work. With it, each
/// value is held against what a reference refers to once, so the work is at most the size of the schema
/// times that of the value, and there is nothing to give up.
pub(crate) struct Fits<'v> {
    root: &'v Value,
    /// By the places in memory of what a reference refers to and of the value; both outlive this.
    known: HashMap<(*const Value, *const Value), bool>,
}

impl<'v> Fits<'v> {
    pub(crate) fn new(root: &'v Value) -> Self {
        Self { root, known: HashMap::new() }
    }

    pub(crate) fn whether(&mut self, schema: &'v Value, value: &'v Value) -> bool {
        match schema {
            Value::Bool(any) => *any,
            Value::Object(schema) => {
                schema.iter().all(|(keyword, limit)| self.keeps(schema, keyword, limit, value))
            }
            _ => true,
        }
    }

    fn referred(&mut self, reference: &str, value: &'v Value) -> bool {
        let Some(schema) = target(self.root, reference) else { return true };
        let place = (ptr::from_ref(schema), ptr::from_ref(value));
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        // A reference that comes back to itself before it says anything says nothing.
        self.known.insert(place, true);
        let fits = self.whether(schema, value);
        self.known.insert(place, fits);
        fits
    }

    fn keeps(
        &mut self,
        schema: &'v Map<String, Value>,
        keyword: &str,
        limit: &'v Value,
        value: &'v Value,
    ) -> bool {
        match (keyword, limit, value) {
            ("$ref", Value::String(reference), _) => self.referred(reference, value),
            ("type", Value::String(name), _) => is_a(name, value),
            ("type", Value::Array(names), _) => {
                names.iter().filter_map(Value::as_str).any(|name| is_a(name, value))
            }
            ("const", _, _) => limit == value,
            ("enum", Value::Array(values), _) => values.contains(value),
            ("anyOf" | "oneOf", Value::Array(schemas), _) => {
                schemas.iter().any(|schema| self.whether(schema, value))
            }
            ("allOf", Value::Array(schemas), _) => schemas.iter().all(|schema| self.whether(schema, value)),
            // Of the rest nothing is known, so neither of its opposite.
            ("not", Value::Object(not), _) => match not.get("const") {
                Some(constant) if not.len() == 1 => constant != value,
                _ => !not.is_empty(),
            },
            (_, _, Value::Number(number)) => keeps_number(keyword, limit, number.as_f64()),
            (_, _, Value::String(text)) => keeps_text(keyword, limit, text),
            ("items", _, Value::Array(items)) => {
                let before = schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
                items.iter().skip(before).all(|value| self.whether(limit, value))
            }
            ("prefixItems", Value::Array(schemas), Value::Array(items)) => {
                schemas.iter().zip(items).all(|(schema, item)| self.whether(schema, item))
            }
            ("uniqueItems", Value::Bool(true), Value::Array(items)) => repeated(items).is_none(),
            ("minItems", _, Value::Array(items)) => at_least(items.len(), limit),
            ("maxItems", _, Value::Array(items)) => at_most(items.len(), limit),
            ("properties", Value::Object(properties), Value::Object(members)) => properties
                .iter()
                .all(|(name, schema)| members.get(name).is_none_or(|member| self.whether(schema, member))),
            ("required", Value::Array(names), Value::Object(members)) => {
                names.iter().filter_map(Value::as_str).all(|name| members.contains_key(name))
            }
            ("patternProperties", Value::Object(patterns), Value::Object(members)) => {
                patterns.iter().all(|(pattern, schema)| {
                    let named = |(name, _): &(&String, &Value)| matches(pattern, name) == Some(true);
                    members.iter().filter(named).all(|(_, member)| self.whether(schema, member))
                })
            }
            ("additionalProperties", _, Value::Object(members)) => {
                let known = schema.get("properties").and_then(Value::as_object);
                let patterns = schema.get("patternProperties").and_then(Value::as_object);
                let additional = |name: &String| {
                    !known.is_some_and(|known| known.contains_key(name))
                        && !patterns
                            .into_iter()
                            .flatten()
                            .any(|(pattern, _)| matches(pattern, name) != Some(false))
                };
                let mut members =
                    members.iter().filter(|(name, _)| additional(name)).map(|(_, member)| member);
                members.all(|value| self.whether(limit, value))
            }
            // What other keywords evaluate isn't known here, but nobody evaluates a name like this one.
            ("unevaluatedProperties", Value::Bool(false), Value::Object(members)) => {
                !members.contains_key(super::breach::UNKNOWN)
            }
            ("minProperties", _, Value::Object(members)) => at_least(members.len(), limit),
            ("maxProperties", _, Value::Object(members)) => at_most(members.len(), limit),
            _ => true,
        }
    }
}

fn is_a(name: &str, value: &Value) -> bool {
    match (name, value) {
        ("integer", Value::Number(number)) => number.as_f64().is_some_and(|number| number.fract() == 0.0),
        ("null", Value::Null)
        | ("boolean", Value::Bool(_))
        | ("number", Value::Number(_))
        | ("string", Value::String(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_)) => true,
        _ => false,
    }
}

fn keeps_number(keyword: &str, limit: &Value, number: Option<f64>) -> bool {
    let (Some(number), Some(limit)) = (number, limit.as_f64()) else { return true };
    match keyword {
        "minimum" => number >= limit,
        "maximum" => number <= limit,
        "exclusiveMinimum" => number > limit,
        "exclusiveMaximum" => number < limit,
        // `0.3 / 0.1` is not quite 3.
        "multipleOf" => {
            let times = number / limit;
            (times - times.round()).abs() <= times.abs().max(1.0) * 4.0 * f64::EPSILON
        }
        _ => true,
    }
}

fn keeps_text(keyword: &str, limit: &Value, text: &str) -> bool {
    match (keyword, limit) {
        ("minLength", _) => at_least(text.chars().count(), limit),
        ("maxLength", _) => at_most(text.chars().count(), limit),
        ("pattern", Value::String(pattern)) => matches(pattern, text) != Some(false),
        _ => true,
    }
}

fn at_least(length: usize, limit: &Value) -> bool {
    limit.as_u64().is_none_or(|limit| length as u64 >= limit)
}

fn at_most(length: usize, limit: &Value) -> bool {
    limit.as_u64().is_none_or(|limit| length as u64 <= limit)
}

/// The first item that stands in a list twice.
pub(crate) fn repeated(items: &[Value]) -> Option<&Value> {
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().find(|item| !seen.insert(*item))
}
