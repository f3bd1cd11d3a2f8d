//! A value that is right by a schema, as plain as can be.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::super::elements;
use super::fits::{fits, matches, target};

/// A value holds at most that many values of types that contain themselves, one in the other.
const DEEPEST: usize = 6;

/// So many schemas are looked at for one value. What takes more is given up.
const STEPS: usize = 20_000;

/// A right value that is not null where it needn't be. None where none is found: an author helps with an
/// `example` in the schema.
pub(super) fn sample(root: &Value, schema: &Value) -> Option<Value> {
    // The flattest first: of an expression it is a number, and no sum of sums.
    let steps = Cell::new(STEPS);
    (0..=DEEPEST).find_map(|depth| of(Search { root, steps: &steps, depth }, schema))
}

/// Only a type that contains itself is referred to, so nothing but references can be without an end.
#[derive(Clone, Copy)]
struct Search<'a> {
    root: &'a Value,
    steps: &'a Cell<usize>,
    /// How many references may be followed from here.
    depth: usize,
}

fn of(search: Search<'_>, schema: &Value) -> Option<Value> {
    search.steps.set(search.steps.get().checked_sub(1)?);
    let object = match schema {
        Value::Bool(any) => return any.then_some(Value::Null),
        Value::Object(object) => object,
        _ => return None,
    };
    let given = |keyword| elements(object.get(keyword)).iter().find(|value| !value.is_null());
    if let Some(value) = given("examples").or_else(|| object.get("const")).or_else(|| given("enum")) {
        return Some(value.clone());
    }
    if let Some(default) = object.get("default").filter(|default| default.as_str().is_some()) {
        return Some(default.clone());
    }
    if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
        let depth = search.depth.checked_sub(1)?;
        return of(Search { depth, ..search }, target(search.root, reference)?);
    }
    let mut value = typed(search, object);
    for schema in elements(object.get("allOf")) {
        value = Some(merged(value, of(search, schema)?));
    }
    for keyword in ["anyOf", "oneOf"] {
        let Some(schemas) = object.get(keyword).and_then(Value::as_array) else { continue };
        let branches = || schemas.iter().filter_map(|schema| of(search, schema));
        let branch = branches().find(|branch| !branch.is_null()).or_else(|| branches().next())?;
        value = Some(merged(value, branch));
    }
    value
}

/// Two objects as one; else the second.
pub(super) fn merged(first: Option<Value>, second: Value) -> Value {
    match (first, second) {
        (Some(Value::Object(mut members)), Value::Object(others)) => {
            members.extend(others);
            Value::Object(members)
        }
        (_, second) => second,
    }
}

fn typed(search: Search<'_>, schema: &Map<String, Value>) -> Option<Value> {
    let name = match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            let names = || names.iter().filter_map(Value::as_str);
            names().find(|name| *name != "null").or_else(|| names().next())?
        }
        _ if schema.contains_key("properties") => "object",
        _ => return Some(Value::Null),
    };
    match name {
        "boolean" => Some(true.into()),
        "string" => text(schema),
        "integer" | "number" => number(search.root, schema),
        "array" => {
            let least = length(schema, "minItems").unwrap_or(0);
            list(schema, least, &|schema| of(search, schema))
        }
        "object" => {
            let names = elements(schema.get("required")).iter();
            let properties = schema.get("properties");
            let mut members = Map::new();
            for name in names.filter_map(Value::as_str) {
                let property = properties.and_then(|properties| properties.get(name));
                members.insert(name.to_owned(), of(search, property.unwrap_or(&Value::Bool(true)))?);
            }
            let least = length(schema, "minProperties").unwrap_or(0);
            entries(schema, members, least, &|schema| of(search, schema))
        }
        _ => Some(Value::Null),
    }
}

pub(super) fn length(schema: &Map<String, Value>, keyword: &str) -> Option<usize> {
    usize::try_from(schema.get(keyword)?.as_u64()?).ok()
}

/// A list of that many items, which differ as far as that is easy.
pub(super) fn list(
    schema: &Map<String, Value>,
    length: usize,
    sample: &dyn Fn(&Value) -> Option<Value>,
) -> Option<Value> {
    let first = elements(schema.get("prefixItems"));
    // A list with no room for one more is told by its length, which is what it then is too long by.
    let rest = schema.get("items").filter(|rest| **rest != Value::Bool(false)).unwrap_or(&Value::Bool(true));
    let items = (0..length).map(|place| match first.get(place) {
        Some(schema) => sample(schema),
        None => sample(rest).map(|item| match item {
            Value::String(text) if place > first.len() && rest.get("enum").is_none() => {
                let more = text.chars().count() == 1;
                let letter = char::from(b'a' + u8::try_from(place % 26).unwrap_or_default());
                Value::String(if more { letter.to_string() } else { format!("{text}{letter}") })
            }
            Value::Number(number) if place > first.len() => {
                number.as_i64().map_or(Value::Number(number), |number| (number + place as i64).into())
            }
            other => other,
        }),
    });
    items.collect::<Option<Vec<Value>>>().map(Value::Array)
}

/// An object with as many members as asked for, where it may have more than those that it has.
pub(super) fn entries(
    schema: &Map<String, Value>,
    mut members: Map<String, Value>,
    length: usize,
    sample: &dyn Fn(&Value) -> Option<Value>,
) -> Option<Value> {
    let any = Value::Bool(true);
    let schema = schema.get("additionalProperties").unwrap_or(&any);
    for place in members.len()..length {
        members.insert(format!("key{place}"), sample(schema)?);
    }
    Some(Value::Object(members))
}

fn text(schema: &Map<String, Value>) -> Option<Value> {
    let plain = match schema.get("format").and_then(Value::as_str) {
        Some("uri" | "url" | "iri" | "uri-reference") => "https://example.com/a",
        Some("email") => "a@example.com",
        Some("hostname") => "example.com",
        Some("ip" | "ipv4") => "127.0.0.1",
        Some("ipv6") => "::1",
        Some("uuid") => "67e55044-10b1-426f-9247-bb680e5fe0c8",
        Some("date") => "2024-02-29",
        Some("time") => "12:30:00",
        Some("partial-date-time") => "2024-02-29T12:30:00",
        Some("date-time") => "2024-02-29T12:30:00Z",
        Some("duration") => "PT1S",
        Some("char") | None | Some(_) => "a",
    };
    let least = length(schema, "minLength").unwrap_or(1);
    let most = length(schema, "maxLength").unwrap_or(usize::MAX);
    let long = |text: &str| {
        let mut text = text.to_owned();
        while text.chars().count() < least.min(most).min(MANY) {
            text.push('a');
        }
        text.chars().take(most).collect::<String>()
    };
    let pattern = schema.get("pattern").and_then(Value::as_str);
    [plain, "a", "A", "1", "A1", "a1", "a/a", "a-a", "1.0.0", "#000000"]
        .into_iter()
        .map(long)
        .find(|text| pattern.is_none_or(|pattern| matches(pattern, text) == Some(true)))
        .map(Value::String)
}

/// More items or letters than this are not made.
pub(super) const MANY: usize = 2000;

fn number(root: &Value, schema: &Map<String, Value>) -> Option<Value> {
    let limits = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
    let limits = limits.iter().filter_map(|keyword| schema.get(*keyword));
    let near = limits.flat_map(|limit| [Some(limit.clone()), beside(limit, 1), beside(limit, -1)]).flatten();
    let mut plain = schema.clone();
    plain.remove("enum");
    let plain = Value::Object(plain);
    [json!(1)].into_iter().chain(near).find(|number| fits(root, &plain, number))
}

/// A number that much greater.
pub(super) fn beside(number: &Value, step: i8) -> Option<Value> {
    if let Some(number) = number.as_i64() {
        return number.checked_add(step.into()).map(Value::from);
    }
    if let Some(number) = number.as_u64() {
        return number.checked_add_signed(step.into()).map(Value::from);
    }
    Some(json!(number.as_f64()? + f64::from(step)))
}
