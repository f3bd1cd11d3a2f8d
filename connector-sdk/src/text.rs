//! From text to the JSON value that a schema describes: flags, environment variables, form fields.

use serde_json::Value;

use crate::manifest::elements;
use crate::{Error, Result};

/// Reads a text as the JSON value that a schema wants.
///
/// `"3"` is a number where the schema wants a number and a text where it wants a text; lists and
/// objects are JSON text. `root` is what `$ref` in the schema refers to. Whether the value keeps the
/// schema's constraints is not checked here.
///
/// ```
/// use connector_sdk::json_from_text;
/// use serde_json::json;
///
/// let number = json!({ "type": ["integer", "null"] });
/// assert_eq!(json_from_text(&number, &number, "3")?, json!(3));
/// assert!(json_from_text(&number, &number, "three").is_err());
/// # Ok::<(), connector_sdk::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`](crate::ErrorKind::Usage), saying what was expected. The text itself is not
/// repeated, since it may be a credential in the wrong place.
pub fn json_from_text(schema: &Value, root: &Value, text: &str) -> Result<Value> {
    let mut types = Types::default();
    types.collect(schema, root, 0);
    if types.only_text() {
        return Ok(Value::String(text.to_owned()));
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value) if types.allows(&value) => Ok(value),
        _ if types.string || types.anything => Ok(Value::String(text.to_owned())),
        _ => Err(Error::usage(format!("expected {}", types.describe()))),
    }
}

/// Whether a schema wants a value of that JSON type, for those who write a command line.
#[cfg(feature = "cli")]
pub(crate) fn wants(schema: &Value, root: &Value, kind: &str) -> bool {
    let mut types = Types::default();
    types.collect(schema, root, 0);
    !types.anything
        && match kind {
            "boolean" => types.boolean && !types.string,
            "array" => types.array && !types.string,
            "object" => types.object && !types.string,
            "integer" => types.integer && !types.number,
            "number" => types.number,
            _ => types.only_text(),
        }
}

#[derive(Default)]
struct Types {
    string: bool,
    integer: bool,
    number: bool,
    boolean: bool,
    array: bool,
    object: bool,
    null: bool,
    anything: bool,
}

impl Types {
    fn collect(&mut self, schema: &Value, root: &Value, depth: usize) {
        // A schema may refer to itself; nobody nests alternatives this deep.
        const DEEPEST: usize = 16;
        let Some(object) = schema.as_object().filter(|_| depth < DEEPEST) else {
            self.anything = true;
            return;
        };
        let mut said = false;
        if let Some(target) = object.get("$ref").and_then(Value::as_str) {
            said = true;
            match target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
                Some(target) => self.collect(target, root, depth + 1),
                None => self.anything = true,
            }
        }
        match object.get("type") {
            Some(Value::String(kind)) => {
                said = true;
                self.add(kind);
            }
            Some(Value::Array(kinds)) => {
                said = true;
                kinds.iter().filter_map(Value::as_str).for_each(|kind| self.add(kind));
            }
            _ => {}
        }
        let constants = elements(object.get("enum")).iter();
        for constant in constants.chain(object.get("const")) {
            said = true;
            self.add(type_of(constant));
        }
        for keyword in ["anyOf", "oneOf"] {
            for alternative in elements(object.get(keyword)) {
                said = true;
                self.collect(alternative, root, depth + 1);
            }
        }
        if !said {
            self.anything = true;
        }
    }

    fn add(&mut self, kind: &str) {
        match kind {
            "string" => self.string = true,
            "integer" => self.integer = true,
            "number" => self.number = true,
            "boolean" => self.boolean = true,
            "array" => self.array = true,
            "object" => self.object = true,
            _ => self.null = true,
        }
    }

    fn only_text(&self) -> bool {
        self.string
            && !(self.integer || self.number || self.boolean || self.array || self.object || self.anything)
    }

    fn allows(&self, value: &Value) -> bool {
        self.anything
            || match value {
                Value::Null => self.null,
                Value::Bool(_) => self.boolean,
                // A whole number may be written with a fraction, as `1.0`.
                Value::Number(number) => {
                    self.number
                        || (self.integer && number.as_f64().is_some_and(|number| number.fract() == 0.0))
                }
                Value::String(_) => self.string,
                Value::Array(_) => self.array,
                Value::Object(_) => self.object,
            }
    }

    fn describe(&self) -> String {
        let words = [
            (self.boolean, "`true` or `false`"),
            (self.integer && !self.number, "a whole number"),
            (self.number, "a number"),
            (self.array, "a list as JSON, like `[1, 2]`"),
            (self.object, "an object as JSON, like `{\"key\": 1}`"),
        ];
        let words: Vec<_> = words.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
        if words.is_empty() { "`null`".to_owned() } else { words.join(", or ") }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(schema: Value, text: &str) -> Result<Value> {
        json_from_text(&schema, &schema, text)
    }

    #[test]
    fn a_text_stays_a_text_whatever_it_looks_like() -> Result<()> {
        assert_eq!(read(json!({"type": "string"}), "3")?, json!("3"));
        assert_eq!(read(json!({"type": ["string", "null"]}), "null")?, json!("null"));
        assert_eq!(read(json!({"enum": ["open", "closed"]}), "open")?, json!("open"));
        assert_eq!(read(json!({"oneOf": [{"const": "open"}]}), "open")?, json!("open"));
        Ok(())
    }

    #[test]
    fn other_types_are_json() -> Result<()> {
        assert_eq!(read(json!({"type": "integer"}), "-3")?, json!(-3));
        assert_eq!(read(json!({"type": "number"}), "1.5")?, json!(1.5));
        assert_eq!(read(json!({"type": ["boolean", "null"]}), "true")?, json!(true));
        assert_eq!(read(json!({"type": "array"}), "[1]")?, json!([1]));
        assert_eq!(read(json!({}), "word")?, json!("word"));
        assert_eq!(read(json!({}), "[1]")?, json!([1]));
        Ok(())
    }

    #[test]
    fn a_reference_is_followed_and_a_circle_ends() -> Result<()> {
        let root = json!({"$defs": {"N": {"type": "integer"}, "Me": {"$ref": "#/$defs/Me"}}});
        assert_eq!(json_from_text(&json!({"$ref": "#/$defs/N"}), &root, "4")?, json!(4));
        assert_eq!(json_from_text(&json!({"$ref": "#/$defs/Me"}), &root, "x")?, json!("x"));
        Ok(())
    }

    #[test]
    fn what_does_not_fit_says_what_was_expected_and_not_what_was_given() {
        let error = read(json!({"type": "integer"}), "s3cret").expect_err("no number");
        assert_eq!(error.to_string(), "expected a whole number");
    }
}
