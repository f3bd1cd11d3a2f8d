//! Lists whose items differ. schemars publishes `uniqueItems` for a set, but serde's sets take an item twice
//! and keep it once, and lists may be said to be unique as well; so it is enforced here, where it stands.

use std::collections::HashSet;
use std::ptr;

use serde_json::Value;

use crate::manifest::{Fits, matches, repeated, target};
use crate::{Error, Result};

/// Whether something in a schema says `uniqueItems`. Only then is an input looked at again.
pub(super) fn is_published(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members
            .iter()
            .any(|(key, value)| (key == "uniqueItems" && *value == Value::Bool(true)) || is_published(value)),
        Value::Array(items) => items.iter().any(is_published),
        _ => false,
    }
}

/// Refuses a value with a list that has an item twice where the schema says it may not.
pub(super) fn check(schema: &Value, value: &Value) -> Result<()> {
    let mut search = Search { root: schema, fits: Fits::new(schema), seen: HashSet::new() };
    match search.find(schema, value, "") {
        Some((at, item)) => {
            let at = if at.is_empty() { "the value".to_owned() } else { format!("`{at}`") };
            Err(Error::usage(format!("{at} has the item {item} twice; its items must differ")))
        }
        None => Ok(()),
    }
}

/// A search that ends with the first list at fault, so whatever was seen before has none. As in [`Fits`],
/// a value is held against what a reference refers to once: alternatives of a type that contains itself
/// would double the work with each level.
struct Search<'v> {
    root: &'v Value,
    fits: Fits<'v>,
    seen: HashSet<(*const Value, *const Value)>,
}

impl<'v> Search<'v> {
    fn referred(&mut self, reference: &str, value: &'v Value, at: &str) -> Option<(String, &'v Value)> {
        let schema = target(self.root, reference)?;
        let is_new = self.seen.insert((ptr::from_ref(schema), ptr::from_ref(value)));
        if is_new { self.find(schema, value, at) } else { None }
    }

    /// The first item that is one too many, and the JSON pointer to its list.
    fn find(&mut self, schema: &'v Value, value: &'v Value, at: &str) -> Option<(String, &'v Value)> {
        let schema = schema.as_object()?;
        if let (Some(true), Some(items)) =
            (schema.get("uniqueItems").and_then(Value::as_bool), value.as_array())
            && let Some(item) = repeated(items)
        {
            return Some((at.to_owned(), item));
        }
        schema.iter().find_map(|(keyword, children)| match (keyword.as_str(), children, value) {
            ("$ref", Value::String(reference), _) => self.referred(reference, value, at),
            ("properties", Value::Object(properties), Value::Object(members)) => properties
                .iter()
                .find_map(|(name, schema)| self.find(schema, members.get(name)?, &format!("{at}/{name}"))),
            ("patternProperties", Value::Object(patterns), Value::Object(members)) => {
                patterns.iter().find_map(|(pattern, schema)| {
                    let mut members = members.iter().filter(|(name, _)| matches(pattern, name) == Some(true));
                    members.find_map(|(name, member)| self.find(schema, member, &format!("{at}/{name}")))
                })
            }
            ("additionalProperties", child, Value::Object(members)) => {
                let known = schema.get("properties").and_then(Value::as_object);
                let mut others =
                    members.iter().filter(|(name, _)| !known.is_some_and(|known| known.contains_key(*name)));
                others.find_map(|(name, member)| self.find(child, member, &format!("{at}/{name}")))
            }
            ("prefixItems", Value::Array(schemas), Value::Array(items)) => schemas
                .iter()
                .zip(items)
                .enumerate()
                .find_map(|(place, (schema, item))| self.find(schema, item, &format!("{at}/{place}"))),
            ("items", child, Value::Array(items)) => {
                let before = schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
                let mut rest = items.iter().enumerate().skip(before);
                rest.find_map(|(place, item)| self.find(child, item, &format!("{at}/{place}")))
            }
            ("allOf", Value::Array(schemas), _) => {
                schemas.iter().find_map(|schema| self.find(schema, value, at))
            }
            // A value is right where one branch takes it.
            ("anyOf" | "oneOf", Value::Array(schemas), _) => {
                if schemas.iter().any(|schema| self.fits.whether(schema, value)) {
                    return None;
                }
                schemas.iter().find_map(|schema| self.find(schema, value, at))
            }
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use schemars::{JsonSchema, schema_for};
    use serde_json::json;

    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "it is only described")]
    struct Sets {
        top: HashSet<u8>,
        by_name: BTreeMap<String, BTreeSet<String>>,
        by_number: BTreeMap<u8, BTreeSet<String>>,
        either: Either,
        pairs: Vec<(u8, BTreeSet<u8>)>,
        inside: Option<Box<Sets>>,
    }

    #[derive(JsonSchema)]
    #[schemars(untagged)]
    #[expect(dead_code, reason = "it is only described")]
    enum Either {
        Set(BTreeSet<u8>),
        Text(String),
    }

    #[derive(JsonSchema)]
    #[schemars(tag = "kind")]
    #[expect(dead_code, reason = "it is only described")]
    enum Node {
        A { child: Box<Node> },
        B { child: Box<Node> },
        Leaf { set: BTreeSet<u32> },
    }

    #[test]
    fn alternatives_that_contain_themselves_are_searched_once() {
        let schema = schema_for!(Node).to_value();
        // What the search finds, what it doesn't find although nothing fits, and what is right.
        for (leaf, is_right) in [
            (json!({ "kind": "Leaf", "set": [1, 1] }), false),
            (json!({ "kind": "Leaf", "set": ["a", "b"] }), true),
            (json!({ "kind": "Leaf", "set": [1, 2] }), true),
        ] {
            let node = (0..100).fold(leaf, |child, _| json!({ "kind": "B", "child": child }));
            assert_eq!(check(&schema, &node).is_ok(), is_right);
        }
    }

    #[test]
    fn an_item_that_stands_twice_is_found_wherever_it_is() {
        let schema = schema_for!(Sets).to_value();
        assert!(is_published(&schema));
        assert!(!is_published(&schema_for!(Vec<u8>).to_value()));
        let right = json!({
            "top": [1, 2], "by_name": { "a": ["x", "y"] }, "by_number": { "1": ["x"] }, "either": "aa",
            "pairs": [[1, [1]], [1, [1]]],
        });
        assert!(check(&schema, &right).is_ok());
        for (pointer, list) in [
            ("/top", json!([1, 2, 1])),
            ("/by_name/a", json!(["x", "x"])),
            ("/by_number/1", json!(["x", "x"])),
            ("/either", json!([3, 3])),
            ("/pairs/1/1", json!([3, 3])),
        ] {
            let mut wrong = right.clone();
            *wrong.pointer_mut(pointer).expect(pointer) = list;
            let error = check(&schema, &wrong).expect_err(pointer).to_string();
            assert!(error.contains(pointer) && error.contains("twice"), "{error}");
            let mut outer = right.clone();
            outer["inside"] = wrong;
            assert!(check(&schema, &outer).is_err(), "{pointer} inside");
        }
    }
}
