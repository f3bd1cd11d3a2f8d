//! What a program is: read from a `ConnectorTemplate`, or made for a command that nothing more is known of.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::permission;
use crate::manifest::{Action, Events, Manifest, Parameter, elements};
use crate::similar::excerpt;
use crate::{Error, Result};

/// More is no template.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// A program and what it can do.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) manifest: Manifest,
    /// The program and what stands before each question on its command line.
    pub(super) command: Vec<String>,
}

/// As Puffer reads it: what isn't known is nothing (contract 1.1).
#[derive(Deserialize)]
struct Template {
    slug: String,
    description: String,
    skill: String,
    binary: String,
    #[serde(default)]
    command: Vec<String>,
    #[serde(default)]
    requires_auth: bool,
    #[serde(default)]
    can_subscribe: bool,
    #[serde(default)]
    #[expect(dead_code, reason = "Puffer refuses one that is no bool")]
    can_proxy_agent: bool,
    #[serde(default)]
    subscriber: Option<Subscriber>,
    #[serde(default)]
    output_schema: Value,
    #[serde(default)]
    actions: BTreeMap<String, Definable>,
}

#[derive(Deserialize)]
struct Subscriber {
    #[expect(dead_code, reason = "Puffer refuses a template without it")]
    manifest_slug: String,
    #[serde(default)]
    display_name: Option<String>,
}

#[derive(Deserialize)]
struct Definable {
    slug: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    input_schema: Value,
    #[serde(default)]
    output_schema: Value,
    permission: permission::Stated,
}

impl Definition {
    /// Reads a template, or what is given to `ConnectorRegister`, which has one in it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`](crate::ErrorKind::Setup) with all that is wrong with it.
    pub(super) fn read(json: &str) -> Result<Self> {
        if json.len() > MOST_BYTES {
            return Err(Error::setup(
                "the template is larger than 16 MiB; that is no description of a connector",
            ));
        }
        #[derive(Deserialize)]
        struct Wrapped {
            template: Template,
        }
        let not_one = |error: serde_json::Error| Error::setup(format!("the template can't be read: {error}"));
        let members: BTreeMap<String, IgnoredAny> = serde_json::from_str(json).map_err(not_one)?;
        let template: Template = match members.contains_key("template") && !members.contains_key("slug") {
            true => serde_json::from_str::<Wrapped>(json).map_err(not_one)?.template,
            false => serde_json::from_str(json).map_err(not_one)?,
        };
        let faults = template.faults();
        let slug = excerpt(&template.slug);
        if !faults.is_empty() {
            return Err(Error::setup(format!("the template `{slug}` can't be used: {}", faults.join("; "))));
        }
        if template.command.is_empty() {
            return Err(Error::setup(format!(
                "the template `{slug}` has no `command`, so nothing but Puffer itself can run it; give it one"
            )));
        }
        Ok(template.into_definition())
    }

    /// What Puffer takes a command for of which it knows nothing more: something that wants to be asked whether it is
    /// well, and that tells.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub(super) fn of_command(id: &str, command: Vec<String>) -> Result<Self> {
        let template = Template {
            slug: id.to_owned(),
            description: format!("{id} connector"),
            skill: id.to_owned(),
            binary: String::new(),
            command,
            requires_auth: true,
            can_subscribe: true,
            can_proxy_agent: false,
            subscriber: None,
            output_schema: json!({}),
            actions: BTreeMap::new(),
        };
        match template.faults().as_slice() {
            [] if !template.command.is_empty() => Ok(template.into_definition()),
            [] => Err(Error::setup(format!("the command of `{}` is empty; name a program", excerpt(id)))),
            faults => Err(Error::setup(format!(
                "the command `{}` can't be used: {}",
                excerpt(id),
                faults.join("; ")
            ))),
        }
    }
}

impl Template {
    /// What Puffer itself would refuse it for (contract 1.2).
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !is_slug(&self.slug, "-") {
            faults.push(format!(
                "the slug `{}` must be small letters, digits and `-`, and not empty",
                excerpt(&self.slug)
            ));
        }
        let blank = |text: &str| text.trim().is_empty();
        for (name, text) in [("description", &self.description), ("skill", &self.skill)] {
            if blank(text) {
                faults.push(format!("its `{name}` is blank"));
            }
        }
        if blank(&self.binary) && self.command.is_empty() {
            faults.push("it has neither a `binary` nor a `command`".to_owned());
        }
        if self.command.iter().any(|word| blank(word)) {
            faults.push("an element of its `command` is blank".to_owned());
        }
        for (key, action) in &self.actions {
            let shown = excerpt(key);
            if !is_slug(key, "_-") {
                faults.push(format!(
                    "the action `{shown}` must be small letters, digits, `_` and `-`, and not empty"
                ));
            }
            if *key != action.slug {
                faults.push(format!("the action `{shown}` has the slug `{}`", excerpt(&action.slug)));
            }
            if blank(&action.permission.category) {
                faults.push(format!("the permission of the action `{shown}` has a blank `category`"));
            }
        }
        faults
    }

    fn into_definition(self) -> Definition {
        let title = self.subscriber.as_ref().and_then(|subscriber| subscriber.display_name.clone());
        // A template has no version.
        let mut manifest = Manifest::new(&self.slug, title.unwrap_or_else(|| self.slug.clone()), "0.0.0");
        manifest.description = self.description;
        // Puffer asks whether it is well where it needs credentials, and others may not know the question.
        manifest.health = self.requires_auth;
        if self.can_subscribe {
            let description = format!("What {} tells.", self.slug);
            manifest.events = Some(Events::new(description, schema(self.output_schema)));
        }
        manifest.actions = self.actions.into_values().map(action).collect();
        Definition { manifest, command: self.command }
    }
}

fn action(stated: Definable) -> Action {
    let mut action = Action::new(stated.slug, stated.permission.derived());
    action.description = match stated.description.trim() {
        "" => stated.permission.summary,
        _ => stated.description,
    };
    action.input_schema = match stated.input_schema {
        Value::Object(schema) => Value::Object(schema),
        // Whatever Puffer's agents like to give it.
        _ => json!({ "type": "object", "properties": {} }),
    };
    action.output_schema = schema(stated.output_schema);
    action.parameters = parameters(&action.input_schema);
    action
}

/// `null` says nothing.
fn schema(schema: Value) -> Value {
    if schema.is_object() || schema.is_boolean() { schema } else { Value::Bool(true) }
}

fn parameters(schema: &Value) -> Vec<Parameter> {
    let none = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    let required = elements(schema.get("required"));
    let parameter = |(name, property): (&String, &Value)| {
        let mut parameter = Parameter::new(name);
        parameter.description =
            property.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        parameter.required = required.iter().any(|required| required.as_str() == Some(name));
        parameter
    };
    properties.iter().map(parameter).collect()
}

/// Whether a name is one as Puffer has them (contract 1.3).
pub(super) fn is_slug(text: &str, also: &str) -> bool {
    let may_be =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || also.contains(letter);
    !text.is_empty() && text.chars().all(may_be)
}
