//! Where a value is wrong by a schema that refers to itself. A validator explains every alternative of every
//! level, so what it does doubles with each: 20 levels of a small input are minutes. Whether the value is
//! right it tells at once, so only the place is searched here, one way down.

use serde_json::{Map, Value};

use crate::manifest::{Fits, target};

/// Whether a schema refers to itself. What doesn't is written in place (see `build.rs`).
pub(super) fn is_recursive(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.contains_key("$ref") || members.values().any(is_recursive),
        Value::Array(items) => items.iter().any(is_recursive),
        _ => false,
    }
}

/// What is wrong with a value that the schema refuses, as far down as it is told by one way.
pub(super) fn explain(root: &Value, value: &Value) -> String {
    let mut search = Search { root, fits: Fits::new(root) };
    let (mut at, mut schema, mut value) = (String::new(), root, value);
    // A reference that leads to itself would be followed for ever.
    const LONGEST: usize = 10_000;
    for _ in 0..LONGEST {
        let Some((step, inner, part)) = search.below(schema, value) else { break };
        if let Some(step) = step {
            at.push_str(&format!("/{step}"));
        }
        (schema, value) = (inner, part);
    }
    let at = if at.is_empty() { "the value".to_owned() } else { format!("`{at}`") };
    let words = if is_recursive(schema) { None } else { said(schema, value) };
    format!("{at}: {}", words.unwrap_or_else(|| "it is not what its schema takes".to_owned()))
}

/// What the validator says of a part that has no parts like itself.
fn said(schema: &Value, value: &Value) -> Option<String> {
    let validator = jsonschema::draft202012::new(schema).ok()?;
    validator.iter_errors(value).next().map(|error| error.to_string())
}

/// A name or number where the value is left for what is inside it, and what is at fault there.
type Below<'v> = (Option<String>, &'v Value, &'v Value);

struct Search<'v> {
    root: &'v Value,
    fits: Fits<'v>,
}

impl<'v> Search<'v> {
    fn below(&mut self, schema: &'v Value, value: &'v Value) -> Option<Below<'v>> {
        let keywords = schema.as_object()?;
        keywords.iter().find_map(|(keyword, child)| match (keyword.as_str(), child, value) {
            ("$ref", Value::String(reference), _) => {
                let schema = target(self.root, reference)?;
                self.wrong(schema, value).then_some((None, schema, value))
            }
            ("properties", Value::Object(properties), Value::Object(members)) => {
                properties.iter().find_map(|(name, schema)| {
                    let member = members.get(name)?;
                    self.wrong(schema, member).then(|| (Some(name.clone()), schema, member))
                })
            }
            ("items", schema, Value::Array(items)) if !keywords.contains_key("prefixItems") => {
                let mut items = items.iter().enumerate();
                let (place, item) = items.find(|(_, item)| self.wrong(schema, item))?;
                Some((Some(place.to_string()), schema, item))
            }
            ("allOf", Value::Array(schemas), _) => {
                let schema = schemas.iter().find(|schema| self.wrong(schema, value))?;
                Some((None, schema, value))
            }
            ("anyOf" | "oneOf", Value::Array(schemas), _) => {
                let mut meant = schemas.iter().filter(|schema| self.may_be_meant(schema, value));
                match (meant.next(), meant.next()) {
                    (Some(schema), None) if self.wrong(schema, value) => Some((None, schema, value)),
                    _ => None,
                }
            }
            _ => None,
        })
    }

    fn wrong(&mut self, schema: &'v Value, value: &'v Value) -> bool {
        !self.fits.whether(schema, value)
    }

    /// Whether an alternative is not excluded by the value's type, its names or the key that tells it.
    fn may_be_meant(&self, schema: &'v Value, value: &'v Value) -> bool {
        let Some(keywords) = schema.as_object() else { return true };
        let only = |keywords: &Map<String, Value>, names: &[&str]| {
            let kept = keywords.iter().filter(|(keyword, _)| names.contains(&keyword.as_str()));
            Value::Object(kept.map(|(keyword, limit)| (keyword.clone(), limit.clone())).collect())
        };
        let mut may_be =
            Fits::new(self.root).whether(&only(keywords, &["type", "const", "enum", "required"]), value);
        for (name, property) in keywords.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let (Some(property), Some(member)) = (property.as_object(), value.get(name)) else { continue };
            may_be &= Fits::new(self.root).whether(&only(property, &["const"]), member);
        }
        may_be
    }
}

#[cfg(test)]
mod tests {
    use schemars::{JsonSchema, schema_for};
    use serde_json::json;

    use super::super::afterwards::Afterwards;
    use super::*;
    use crate::manifest::Probes;

    #[derive(JsonSchema)]
    #[schemars(tag = "kind")]
    #[expect(dead_code, reason = "it is only described")]
    enum Node {
        A {
            child: Box<Node>,
        },
        B {
            children: Vec<Node>,
        },
        C {
            child: Option<Box<Node>>,
        },
        Leaf {
            #[schemars(range(max = 5))]
            number: u32,
        },
    }

    #[test]
    fn a_deep_fault_is_found_at_once() {
        let schema = schema_for!(Node).to_value();
        assert!(is_recursive(&schema) && !is_recursive(&schema_for!(Vec<u8>).to_value()));
        let mut unenforced = vec!["/oneOf/3/properties/number/maximum".to_owned()];
        let afterwards = Afterwards::new(&schema, &mut unenforced, &mut Probes::default());
        let tree = |number: u32| {
            (0..30).fold(json!({ "kind": "Leaf", "number": number }), |child, _| {
                let child = json!({ "kind": "C", "child": child });
                json!({ "kind": "A", "child": { "kind": "B", "children": [child] } })
            })
        };
        assert!(afterwards.check(&schema, &tree(5)).is_ok());
        let error = afterwards.check(&schema, &tree(9)).expect_err("too great").to_string();
        assert!(error.starts_with("`/child/children/0/child/child/children/0"), "{error}");
        assert!(error.ends_with("/number`: 9 is greater than the maximum of 5"), "{error}");
    }
}
