//! What is given to an action: held against its schema, and written as Puffer writes it (contract 1.4).

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::super::act::{INJECTED, Members};
use super::super::frames::one_line;
use crate::manifest::{Action, Fits, elements};
use crate::similar::{excerpt, nearest};
use crate::{Error, Result};

/// What holds inputs against a schema.
#[derive(Debug)]
pub(super) struct Checks {
    /// All of JSON Schema.
    #[cfg(feature = "validate")]
    validator: jsonschema::Validator,
}

impl Checks {
    /// # Errors
    ///
    /// [`ErrorKind::Setup`](crate::ErrorKind::Setup) where the schema of the action is none, with `validate`.
    pub(super) fn of(action: &Action) -> Result<Self> {
        #[cfg(not(feature = "validate"))]
        let _ = action;
        Ok(Self {
            #[cfg(feature = "validate")]
            validator: jsonschema::draft202012::new(&action.input_schema)
                .map_err(|error| no_schema(action, &error))?,
        })
    }

    /// Refuses an input that the schema doesn't allow.
    ///
    /// The program never says what it makes of its schema, and Puffer doesn't look at it either. So it is enforced here:
    /// names, and without the feature `validate` whatever the crate's own reading of a schema is sure to be wrong.
    fn check(&self, action: &Action, members: &Members<'_>) -> Result<()> {
        let name = &action.name;
        let mut seen = HashSet::new();
        let mut input = Map::new();
        for (key, value) in &members.0 {
            if !seen.insert(&**key) {
                return Err(Error::usage(format!(
                    "`{name}` is given `{}` twice; give it once",
                    excerpt(key)
                )));
            }
            if is_foreign(key, action) {
                continue;
            }
            let value = serde_json::from_str(value.get()).map_err(|error| unreadable(name, &error))?;
            input.insert(key.to_string(), value);
        }
        let schema = &action.input_schema;
        for required in elements(schema.get("required")).iter().filter_map(Value::as_str) {
            if !input.contains_key(required) {
                return Err(missing(name, required));
            }
        }
        if schema.get("additionalProperties") == Some(&Value::Bool(false))
            && schema.get("patternProperties").is_none()
            && let Some(unknown) = input.keys().find(|key| action.property(key).is_none())
        {
            return Err(self::unknown(action, unknown));
        }
        let input = Value::Object(input);
        let members = input.as_object().into_iter().flatten();
        for (key, value) in members {
            let Some(property) = action.property(key) else { continue };
            if !Fits::new(schema).whether(property, value) {
                return Err(Error::usage(format!(
                    "the argument `{}` of `{name}` is not what its schema allows",
                    excerpt(key)
                ))
                .with_detail("argument", key.as_str()));
            }
        }
        if !Fits::new(schema).whether(schema, &input) {
            return Err(Error::usage(format!("the input of `{name}` is not what its schema allows")));
        }
        #[cfg(feature = "validate")]
        if let Err(error) = self.validator.validate(&input) {
            // Where, and not what stands there.
            let (at, rule) = (error.instance_path(), error.schema_path());
            let place = if at.as_str().is_empty() { String::new() } else { format!(" at `{at}`") };
            return Err(Error::usage(format!(
                "the input of `{name}` is not what its schema allows{place}: see `{rule}` there"
            )));
        }
        Ok(())
    }

    /// The line that a program reads: the input on one line, with the two keys that Puffer puts into every one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the input is not what the schema allows.
    pub(super) fn line(
        &self,
        action: &Action,
        input: &[u8],
        connection: &str,
        connector: &str,
    ) -> Result<Vec<u8>> {
        let members: Members<'_> =
            serde_json::from_slice(input).map_err(|error| unreadable(&action.name, &error))?;
        self.check(action, &members)?;
        let mut line = vec![b'{'];
        let mut write = |key: &str, value: &str| {
            if line.len() > 1 {
                line.push(b',');
            }
            // Neither a text nor a growing buffer can fail.
            let _ = serde_json::to_writer(&mut line, key);
            line.push(b':');
            let begin = line.len();
            line.extend_from_slice(value.as_bytes());
            one_line(&mut line[begin..]);
        };
        // Which connection the program uses is never the caller's to say, unless the action asks for it.
        let taken = || members.0.iter().filter(|(key, _)| !is_foreign(key, action));
        for (key, value) in taken() {
            write(key, RawValue::get(value));
        }
        for (key, slug) in INJECTED.into_iter().zip([connection, connector]) {
            if !taken().any(|(known, _): &(Cow<'_, str>, _)| known == key) {
                // A slug has nothing to escape.
                write(key, &format!("\"{slug}\""));
            }
        }
        line.extend_from_slice(b"}\n");
        Ok(line)
    }
}

/// Whether a key is Puffer's and none of the action's.
fn is_foreign(key: &str, action: &Action) -> bool {
    INJECTED.contains(&key) && action.property(key).is_none()
}

#[cfg(feature = "validate")]
#[cold]
fn no_schema(action: &Action, error: &jsonschema::ValidationError<'_>) -> Error {
    let (name, at) = (&action.name, error.instance_path());
    let place =
        if at.as_str().is_empty() { String::new() } else { format!(" at `{}`", excerpt(at.as_str())) };
    let why = excerpt(&error.to_string());
    Error::setup(format!("the input schema of the action `{name}` is no JSON Schema{place}: {why}"))
}

#[cold]
fn unreadable(action: &str, error: &serde_json::Error) -> Error {
    Error::usage(format!("the input of `{action}` is not a JSON object: {error}"))
}

#[cold]
fn missing(action: &str, name: &str) -> Error {
    Error::usage(format!("`{action}` needs the argument `{name}`")).with_detail("argument", name)
}

#[cold]
fn unknown(action: &Action, name: &str) -> Error {
    let known = action.parameters.iter().map(|parameter| parameter.name.as_str());
    let (shown, action) = (excerpt(name), &action.name);
    Error::usage(match nearest(name, known) {
        Some(near) => format!("`{action}` has no argument `{shown}`; did you mean `{near}`?"),
        None => format!("`{action}` has no argument `{shown}`"),
    })
    .with_detail("argument", shown)
}
