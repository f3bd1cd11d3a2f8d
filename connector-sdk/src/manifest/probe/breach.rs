//! Values on either side of a constraint.

use serde_json::{Map, Value};

use super::fits::matches;
use super::sample::{MANY, beside, entries, length, list, sample};

/// The name of a member that no type knows.
pub(super) const UNKNOWN: &str = "~unknown~";

/// A constraint with values that keep it, as narrowly as can be, and values that don't.
pub(super) struct Breach {
    /// The keyword, as the end of a JSON pointer.
    pub(super) keyword: String,
    pub(super) within: Vec<Value>,
    pub(super) beyond: Vec<Value>,
}

impl Breach {
    /// One for each constraint of a schema, but for those that are asked about nowhere: what schemars
    /// never writes for a type (`contains`, `if`), and `uniqueItems`, which is enforced after the parsing.
    pub(super) fn all(root: &Value, schema: &Map<String, Value>, base: Option<&Value>) -> Vec<Self> {
        let null = Value::Null;
        let base = base.unwrap_or(&null);
        let make = |keyword: &str, (within, beyond)| Self { keyword: keyword.to_owned(), within, beyond };
        let mut all = Vec::new();
        for (keyword, limit) in schema {
            match (keyword.as_str(), limit) {
                ("required", Value::Array(names)) => {
                    all.extend(names.iter().enumerate().map(|(place, name)| {
                        let mut less = base.clone();
                        if let (Some(members), Some(name)) = (less.as_object_mut(), name.as_str()) {
                            members.remove(name);
                        }
                        Self { keyword: format!("required/{place}"), within: Vec::new(), beyond: vec![less] }
                    }));
                }
                _ => all.extend(values(root, schema, keyword, limit, base).map(|both| make(keyword, both))),
            }
        }
        all
    }
}

type Both = (Vec<Value>, Vec<Value>);

fn values(
    root: &Value,
    schema: &Map<String, Value>,
    keyword: &str,
    limit: &Value,
    base: &Value,
) -> Option<Both> {
    let count = || length(schema, keyword).filter(|length| *length < MANY);
    let (own, step): (&dyn Fn(usize) -> Option<Value>, isize) = match keyword {
        "enum" => return Some((limit.as_array()?.clone(), others(limit.as_array()?))),
        "const" => return Some((vec![limit.clone()], others(std::slice::from_ref(limit)))),
        "not" => return Some((Vec::new(), vec![limit.get("const")?.clone()])),
        "minimum" => return Some((vec![limit.clone()], beside(limit, -1).into_iter().collect())),
        "maximum" => return Some((vec![limit.clone()], beside(limit, 1).into_iter().collect())),
        "exclusiveMinimum" => return Some((beside(limit, 1).into_iter().collect(), vec![limit.clone()])),
        "exclusiveMaximum" => return Some((beside(limit, -1).into_iter().collect(), vec![limit.clone()])),
        "multipleOf" => return Some((vec![limit.clone()], beside(limit, 1).into_iter().collect())),
        "pattern" => {
            let pattern = limit.as_str()?;
            let other = |text: &&str| matches(pattern, text) == Some(false);
            let beyond = ["", "a", "A", "1", " ", "\u{1}", "aA1-", "//"].into_iter().filter(other);
            return Some((Vec::new(), beyond.map(Value::from).collect()));
        }
        "additionalProperties" | "unevaluatedProperties" if *limit == Value::Bool(false) => {
            let mut more = base.clone();
            more.as_object_mut()?.insert(UNKNOWN.to_owned(), Value::Bool(true));
            return Some((Vec::new(), vec![more]));
        }
        "minLength" => (&|length| Some(stretched(base.as_str()?, length)), -1),
        "maxLength" => (&|length| Some(stretched(base.as_str()?, length)), 1),
        "minItems" => (&|length| list(schema, length, &|schema| sample(root, schema)), -1),
        "maxItems" => (&|length| list(schema, length, &|schema| sample(root, schema)), 1),
        "minProperties" => {
            (&|length| entries(schema, Map::new(), length, &|schema| sample(root, schema)), -1)
        }
        "maxProperties" => (&|length| entries(schema, Map::new(), length, &|schema| sample(root, schema)), 1),
        _ => return None,
    };
    let limit = count()?;
    let beyond = limit.checked_add_signed(step).and_then(own);
    Some((own(limit).into_iter().collect(), beyond.into_iter().collect()))
}

/// A text made that long.
fn stretched(text: &str, length: usize) -> Value {
    text.chars().chain(std::iter::repeat('a')).take(length).collect::<String>().into()
}

/// Values much like those that are allowed.
fn others(allowed: &[Value]) -> Vec<Value> {
    let like = |value: &Value| match value {
        Value::String(text) => {
            let shorter: String = text.chars().take(text.chars().count().saturating_sub(1)).collect();
            vec![format!("{text}x").into(), shorter.into(), "a".into()]
        }
        Value::Number(_) => [beside(value, 1), beside(value, -1)].into_iter().flatten().collect(),
        Value::Bool(value) => vec![(!value).into()],
        _ => Vec::new(),
    };
    allowed.iter().flat_map(like).filter(|value| !allowed.contains(value)).collect()
}
