//! What is wrong with a manifest that the compiler can't see.

use std::fmt;

use serde_json::{Map, Value};

use super::draft::undraftable;
use super::probe::{Told, escape, fits, told};
use super::{Action, Manifest, Parameter, Setting};

/// One thing that is wrong with a manifest, for `manifest --check` and an author's tests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Whether it is wrong anywhere or only for some host.
    pub severity: Severity,
    /// The action or setting at fault.
    pub subject: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// How bad a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// A host will not do what the author may expect of it.
    Warning,
    /// The manifest says what isn't so.
    Error,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.subject, self.message)
    }
}

impl Manifest {
    /// Everything that is wrong with this manifest, action by action; empty is what an author wants.
    pub fn findings(&self) -> Vec<Finding> {
        let rules = [unenforced, not_an_object, undescribed, reserved, refused_default, undraftable];
        let rules_of_settings = [unenforced_setting, refused_default_of_setting];
        let settings =
            self.settings.iter().flat_map(|setting| rules_of_settings.iter().flat_map(|rule| rule(setting)));
        let actions = self.actions.iter().flat_map(|action| rules.iter().flat_map(|rule| rule(action)));
        settings.chain(taken_in_seed_agent(self)).chain(actions).collect()
    }
}

/// What is published is what is enforced.
fn unenforced(action: &Action) -> Vec<Finding> {
    let mut told = told(&action.input_schema, &action.unenforced, &action.probes);
    if !has_arguments(action) {
        // No input is taken at all, which is a finding of its own.
        told.untold.clear();
    }
    let remedy = "turn on the feature `validate` of connector-sdk, or remove the constraint";
    untrue(&action.name, "input schema", remedy, told)
}

/// The same of what a user sets.
fn unenforced_setting(setting: &Setting) -> Vec<Finding> {
    let told = told(&setting.schema, &setting.unenforced, &setting.probes);
    let remedy =
        "write it as a key of `#[config]`, turn on the feature `validate` of connector-sdk, or remove it";
    untrue(&setting.name, "schema", remedy, told)
}

fn untrue(subject: &str, schema: &str, remedy: &str, told: Told) -> Vec<Finding> {
    let finding = |severity, message| Finding { severity, subject: subject.to_owned(), message };
    let open = told.open.iter().map(|pointer| {
        let message =
            format!("its {schema} publishes the constraint `{pointer}`, which nothing checks; {remedy}");
        finding(Severity::Error, message)
    });
    // One says it for all: what is inside something that has no example has none either.
    let untold = told.untold.first().map(|pointer| {
        let place = if pointer.is_empty() { String::new() } else { format!("`{pointer}` of ") };
        let message = format!(
            "it can't be told whether the constraints of {place}its {schema} are enforced, since no value \
             was found that the type takes; give the type one with `#[schemars(example = ..)]`"
        );
        finding(Severity::Warning, message)
    });
    open.chain(untold).collect()
}

/// Arguments have names, so an input is an object, and its schema knows them.
fn not_an_object(action: &Action) -> Vec<Finding> {
    if has_arguments(action) {
        return Vec::new();
    }
    vec![error(
        action,
        "its input is not an object with named arguments; make the `#[input]` type a struct with named fields"
            .to_owned(),
    )]
}

fn has_arguments(action: &Action) -> bool {
    let schema = &action.input_schema;
    let has_names = schema.get("properties").is_some_and(Value::is_object);
    has_names && schema.get("type").and_then(Value::as_str) == Some("object")
}

/// Whoever calls an action reads what its arguments are for. The compiler sees to that where they are
/// parameters; of the fields of an `#[input]` struct only the schema tells.
fn undescribed(action: &Action) -> Vec<Finding> {
    let arguments = action.parameters.iter().filter(|parameter| parameter.description.trim().is_empty());
    let message = |parameter: &Parameter| {
        format!("its argument `{}` has no description; write a doc comment on the field", parameter.name)
    };
    arguments.map(|parameter| error(action, message(parameter))).collect()
}

/// Puffer puts arguments of these names into every call (its contract 1.3). The macro knows them as well,
/// for parameters (`keys.rs`).
pub(crate) const INJECTED_BY_PUFFER: [&str; 2] = ["connection_slug", "connector_slug"];

fn reserved(action: &Action) -> Vec<Finding> {
    let is_reserved = |parameter: &&Parameter| INJECTED_BY_PUFFER.contains(&parameter.name.as_str());
    let arguments = action.parameters.iter().filter(is_reserved);
    let message = |parameter: &Parameter| {
        format!("its argument `{}` has a name that hosts use themselves; rename the field", parameter.name)
    };
    arguments.map(|parameter| error(action, message(parameter))).collect()
}

/// What an entry of seed-agent's `connectors.yml` says of itself: what its manager reads, and what our module for it
/// does (`platform/seed_agent/shim.py`).
pub(crate) const TAKEN_IN_SEED_AGENT: [&str; 7] =
    ["connection", "durable", "name", "program", "resend", "type", "workspace"];

/// An entry sets settings and credentials by their names, beside those.
pub(crate) fn taken_in_seed_agent(manifest: &Manifest) -> impl Iterator<Item = Finding> {
    let settings = manifest.settings.iter().map(|setting| &setting.name);
    let names = settings.chain(manifest.credentials.iter().map(|credential| &credential.name));
    let taken = names.filter(|name| manifest.is_messaging() && TAKEN_IN_SEED_AGENT.contains(&name.as_str()));
    taken.map(|name| Finding {
        severity: Severity::Warning,
        subject: name.clone(),
        message: "seed-agent's `connectors.yml` can't set it, since an entry there uses the name itself; rename the field"
            .to_owned(),
    })
}

/// A default is a right value. The compiler sees to that where default and constraint are literals; of
/// others (`30` and `1..=1 + 1`) only their values tell.
fn refused_default(action: &Action) -> Vec<Finding> {
    let refused = action.parameters.iter().filter_map(|parameter| {
        let default = refused_by(&action.input_schema, action.property(&parameter.name)?)?;
        let name = &parameter.name;
        Some(error(
            action,
            format!(
                "its argument `{name}` has the default {default}, which its own schema refuses; change the \
                 default or the constraint"
            ),
        ))
    });
    refused.collect()
}

/// The same of a setting, without which no connection opens.
fn refused_default_of_setting(setting: &Setting) -> Vec<Finding> {
    let refused = refused_by(&setting.schema, &setting.schema).map(|default| Finding {
        severity: Severity::Error,
        subject: setting.name.clone(),
        message: format!(
            "its default {default} is one that its own schema refuses; change the default or the constraint"
        ),
    });
    refused.into_iter().collect()
}

/// The default that a schema has and refuses. One that can't be JSON is published as null and says nothing.
fn refused_by<'s>(root: &Value, schema: &'s Value) -> Option<&'s Value> {
    schema.get("default").filter(|default| !default.is_null() && !fits(root, schema, default))
}

fn error(action: &Action, message: String) -> Finding {
    Finding { severity: Severity::Error, subject: action.name.clone(), message }
}

/// JSON pointers to every keyword of `schema` and below it that serde does not enforce by itself, as far
/// as the schema tells.
pub(crate) fn unenforced_keywords(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(schema, String::new(), &mut found);
    found
}

fn walk(schema: &Value, at: String, found: &mut Vec<String>) {
    let Some(object) = schema.as_object() else { return };
    for keyword in object.keys() {
        if is_constraint(keyword) && !follows_from_type(keyword, object) {
            found.push(format!("{at}/{keyword}"));
        }
    }
    walk_children(object, &at, found);
}

fn walk_children(object: &Map<String, Value>, at: &str, found: &mut Vec<String>) {
    for (keyword, value) in object {
        let at = format!("{at}/{}", escape(keyword));
        match (keyword.as_str(), value) {
            ("properties" | "$defs" | "patternProperties", Value::Object(children)) => {
                for (name, child) in children {
                    walk(child, format!("{at}/{}", escape(name)), found);
                }
            }
            (
                "items"
                | "additionalProperties"
                | "contains"
                | "not"
                | "if"
                | "then"
                | "else"
                | "propertyNames",
                child,
            ) => {
                walk(child, at, found);
            }
            ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(children)) => {
                for (index, child) in children.iter().enumerate() {
                    walk(child, format!("{at}/{index}"), found);
                }
            }
            _ => {}
        }
    }
}

fn is_constraint(keyword: &str) -> bool {
    matches!(
        keyword,
        "minimum"
            | "maximum"
            | "exclusiveMinimum"
            | "exclusiveMaximum"
            | "multipleOf"
            | "minLength"
            | "maxLength"
            | "pattern"
            | "minItems"
            | "maxItems"
            | "uniqueItems"
            | "minProperties"
            | "maxProperties"
            | "contains"
            | "minContains"
            | "maxContains"
            | "not"
            | "if"
            | "propertyNames"
            | "dependentRequired"
            | "dependentSchemas"
            | "unevaluatedItems"
    )
}

/// Whether a keyword may only say what the Rust type says already, so that it is for the parser to tell
/// (see `probe`): schemars writes `minimum: 0` for a
/// `u32`, both lengths for a `char` or an array, `uniqueItems` for a set. The same is
/// so of `enum`, `const`, `required` and `additionalProperties: false`, which are not listed above.
fn follows_from_type(keyword: &str, schema: &Map<String, Value>) -> bool {
    let number = |name: &str| schema.get(name).and_then(Value::as_i64);
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    match keyword {
        "minimum" => match format {
            "uint8" | "uint16" | "uint32" | "uint64" | "uint128" | "uint" => number("minimum") == Some(0),
            "int8" => number("minimum") == Some(i8::MIN.into()),
            "int16" => number("minimum") == Some(i16::MIN.into()),
            "int32" => number("minimum") == Some(i32::MIN.into()),
            _ => false,
        },
        "maximum" => match format {
            "uint8" => number("maximum") == Some(u8::MAX.into()),
            "uint16" => number("maximum") == Some(u16::MAX.into()),
            "uint32" => number("maximum") == Some(u32::MAX.into()),
            "int8" => number("maximum") == Some(i8::MAX.into()),
            "int16" => number("maximum") == Some(i16::MAX.into()),
            "int32" => number("maximum") == Some(i32::MAX.into()),
            _ => false,
        },
        "minLength" | "maxLength" => number("minLength") == Some(1) && number("maxLength") == Some(1),
        "minItems" | "maxItems" => number("minItems").is_some() && number("minItems") == number("maxItems"),
        "uniqueItems" => true,
        // schemars writes `not` only for the never type, which serde refuses as well.
        "not" => schema.get("not") == Some(&Value::Object(Map::new())),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_serde_leaves_unchecked_is_found() {
        let schema = json!({
            "type": "object",
            "properties": {
                "limit": { "type": "integer", "format": "uint32", "minimum": 1, "maximum": 100 },
                "filter": { "type": "object", "properties": {
                    "age": { "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 },
                    "name": { "type": "string", "pattern": "^a" },
                }},
                "tags": { "type": "array", "items": { "type": "string", "maxLength": 3 } },
            },
            "$defs": { "Node": { "type": "array", "maxItems": 2 } },
        });
        let nested = vec![
            "/$defs/Node/maxItems",
            "/properties/filter/properties/name/pattern",
            "/properties/tags/items/maxLength",
        ];
        let mut all = nested.clone();
        all.extend(["/properties/limit/maximum", "/properties/limit/minimum"]);
        all.sort_unstable();
        let mut found = unenforced_keywords(&schema);
        found.sort();
        assert_eq!(found, all);
    }
}
