//! The bounds that integers of 32 bits have by themselves. schemars publishes those of 8 and 16 bits and of
//! these only that an unsigned one is not negative, so a host would learn of the others by an error.
//!
//! Those of 64 bits are not published. Most readers of JSON hold numbers as doubles, for which 2^63 - 1 and
//! 2^63 are the same: a bound that they can't hold is no bound that they can keep.

use serde_json::{Map, Value};

/// Adds them wherever a schema has such an integer without narrower ones.
pub(crate) fn add_bounds(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(add_bounds),
        Value::Object(schema) => {
            if let Some([least, most]) = of_type(schema) {
                for (keyword, exclusive, bound) in
                    [("minimum", "exclusiveMinimum", least), ("maximum", "exclusiveMaximum", most)]
                {
                    if !schema.contains_key(exclusive) {
                        schema.entry(keyword).or_insert_with(|| bound.into());
                    }
                }
            }
            for (keyword, value) in schema {
                match (keyword.as_str(), value) {
                    // These hold values and no schemas.
                    ("default" | "const" | "enum" | "examples", _) => {}
                    // These hold schemas by names that are no keywords, whatever they are.
                    (
                        "properties" | "patternProperties" | "$defs" | "dependentSchemas",
                        Value::Object(schemas),
                    ) => schemas.values_mut().for_each(add_bounds),
                    (_, value) => add_bounds(value),
                }
            }
        }
        _ => {}
    }
}

/// A number's limit that is worth telling people: another than that of its 32 bits.
#[cfg(feature = "cli")]
pub(crate) fn limit<'s>(schema: &'s Value, keyword: &str) -> Option<&'s Value> {
    let bounds = schema.as_object().and_then(of_type);
    let is_own = |limit: &Value| bounds.is_some_and(|bounds| bounds.iter().any(|bound| *limit == *bound));
    schema.get(keyword).filter(|limit| !is_own(limit))
}

/// The least and the greatest number of a schema's type, where it is one of 32 bits.
pub(super) fn of_type(schema: &Map<String, Value>) -> Option<[i64; 2]> {
    match schema.get("format")?.as_str()? {
        "int32" => Some([i32::MIN.into(), i32::MAX.into()]),
        "uint32" => Some([0, u32::MAX.into()]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_may_be_that_of_a_keyword() {
        for keyword in ["properties", "patternProperties", "$defs"] {
            for name in ["default", "const", "enum", "examples", "properties", "format"] {
                let mut schema = json!({ keyword: { name: { "type": "integer", "format": "int32" } } });
                add_bounds(&mut schema);
                assert_eq!(schema[keyword][name]["maximum"], i32::MAX, "{name} in {keyword}");
                assert!(schema[keyword].get("maximum").is_none(), "{name} in {keyword}");
            }
        }
    }

    #[test]
    fn bounds_are_added_where_there_are_none() {
        let mut schema = json!({
            "properties": {
                "a": { "type": "integer", "format": "int32" },
                "b": { "type": ["integer", "null"], "format": "uint32", "minimum": 0 },
                "c": { "type": "integer", "format": "uint32", "minimum": 1, "exclusiveMaximum": 9 },
                "d": { "type": "integer", "format": "int64" },
                "format": { "type": "string", "default": { "format": "int32" } },
            },
            "prefixItems": [{ "type": "integer", "format": "uint32", "minimum": 0, "maximum": 7 }],
        });
        add_bounds(&mut schema);
        let expected = json!({
            "properties": {
                "a": { "type": "integer", "format": "int32", "minimum": -2_147_483_648, "maximum": 2_147_483_647 },
                "b": { "type": ["integer", "null"], "format": "uint32", "minimum": 0, "maximum": 4_294_967_295_u32 },
                "c": { "type": "integer", "format": "uint32", "minimum": 1, "exclusiveMaximum": 9 },
                "d": { "type": "integer", "format": "int64" },
                "format": { "type": "string", "default": { "format": "int32" } },
            },
            "prefixItems": [{ "type": "integer", "format": "uint32", "minimum": 0, "maximum": 7 }],
        });
        assert_eq!(schema, expected);
    }
}
