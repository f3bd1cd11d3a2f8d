//! `connector.json` and what `capabilities` answers: the same document (contract 1.2 and 1.6).
//!
//! It is made of structs and not of maps, so that its bytes depend on nothing but the manifest: the
//! order of a map's keys depends on features that some other crate may have turned on.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::commands::{Command, actions, commands, options_command};
use super::fields::{Field, fields};
use super::{tool, value_of};
use crate::manifest::{Effect, Manifest, Mode};

/// The version that all of ArgentOS's own manifests have.
const SCHEMA_VERSION: &str = "1.0.0";

#[derive(Serialize)]
pub(super) struct Document<'m> {
    tool: String,
    backend: &'m str,
    manifest_schema_version: &'static str,
    scope: Scope<'m>,
    connector: Descriptor<'m>,
    pub(super) auth: Auth<'m>,
    commands: Vec<Command<'m>>,
}

/// What the canvas needs. Its parser blocks a connector whose flags don't say that it is live.
#[derive(Serialize)]
struct Scope<'m> {
    kind: &'m str,
    surface: String,
    scaffold_only: bool,
    live_backend_available: bool,
    live_read_available: bool,
    write_bridge_available: bool,
    #[serde(rename = "workerFields")]
    worker_fields: Vec<String>,
    worker_visible_actions: Vec<&'m str>,
    fields: Vec<Field<'m>>,
    #[serde(rename = "pickerHints", serialize_with = "object")]
    picker_hints: Vec<(&'m str, PickerHint<'m>)>,
}

#[derive(Serialize)]
struct PickerHint<'m> {
    kind: &'m str,
    selection_surface: &'m str,
    resource: String,
    source_command: String,
    source_fields: [&'static str; 2],
}

#[derive(Serialize)]
struct Descriptor<'m> {
    label: &'m str,
    category: &'m str,
    categories: [&'m str; 1],
    resources: Vec<&'m str>,
}

/// What a connection needs, as environment variables.
#[derive(Serialize)]
pub(super) struct Auth<'m> {
    pub(super) kind: &'static str,
    pub(super) required: bool,
    pub(super) service_keys: Vec<&'m str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    optional_service_keys: Vec<&'m str>,
    pub(super) interactive_setup: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Permissions<'m> {
    tool: String,
    backend: &'m str,
    #[serde(serialize_with = "object")]
    permissions: Vec<(String, &'static str)>,
}

/// Members in the order in which they stand.
fn object<S: Serializer, K: Serialize, V: Serialize>(
    members: &[(K, V)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members.iter().map(|(key, value)| (key, value)))
}

/// What `capabilities` answers.
pub fn capabilities(manifest: &Manifest) -> Value {
    let mut answer = value_of(&document(manifest));
    answer["version"] = manifest.version.as_str().into();
    answer["modes"] = Mode::ALL.iter().map(|mode| mode.as_str()).collect();
    answer
}

/// What `connector.json` says.
pub(super) fn document(manifest: &Manifest) -> Document<'_> {
    Document {
        tool: tool(manifest),
        backend: &manifest.id,
        manifest_schema_version: SCHEMA_VERSION,
        scope: scope(manifest),
        connector: Descriptor {
            label: &manifest.title,
            category: &manifest.category,
            categories: [&manifest.category],
            resources: resources(manifest),
        },
        auth: auth(manifest),
        commands: commands(manifest),
    }
}

/// What `permissions.json` says.
pub(super) fn permissions(manifest: &Manifest) -> Permissions<'_> {
    Permissions {
        tool: tool(manifest),
        backend: &manifest.id,
        permissions: commands(manifest)
            .into_iter()
            .map(|command| (command.id.into_owned(), command.required_mode))
            .collect(),
    }
}

/// Whether a connector has a command that takes more than the mode `readonly`, or that changes
/// something. Certification calls a tool with such commands and no write bridge a mere preview.
pub(super) fn has_writes(manifest: &Manifest) -> bool {
    actions(manifest)
        .any(|action| action.permission.effect != Effect::Read || action.permission.mode != Mode::Readonly)
}

fn scope(manifest: &Manifest) -> Scope<'_> {
    let fields = fields(manifest);
    let mut worker_fields: Vec<String> = Vec::new();
    for field in &fields {
        if !worker_fields.contains(&field.id) {
            worker_fields.push(field.id.clone());
        }
    }
    let resources = resources(manifest);
    Scope {
        kind: &manifest.category,
        surface: if resources.is_empty() { manifest.id.clone() } else { resources.join("-") },
        scaffold_only: false,
        live_backend_available: true,
        live_read_available: true,
        write_bridge_available: has_writes(manifest),
        worker_fields,
        worker_visible_actions: actions(manifest).map(|action| action.command.as_str()).collect(),
        fields,
        picker_hints: manifest
            .options
            .iter()
            .map(|source| (source.name.as_str(), hint(manifest, source)))
            .collect(),
    }
}

fn hint<'m>(manifest: &Manifest, source: &'m crate::manifest::OptionsSource) -> PickerHint<'m> {
    PickerHint {
        kind: &source.name,
        selection_surface: &source.name,
        resource: format!("{}.{}", manifest.id, source.name),
        source_command: options_command(&source.name),
        source_fields: ["id", "name"],
    }
}

/// What the actions act on, each once.
fn resources(manifest: &Manifest) -> Vec<&str> {
    let mut resources: Vec<&str> = Vec::new();
    for resource in actions(manifest).filter_map(|action| action.resource.as_deref()) {
        if !resources.contains(&resource) {
            resources.push(resource);
        }
    }
    resources
}

/// What has to be in the environment, and how it gets there.
///
/// ArgentOS gives a tool nothing but its `service_keys`. So a setting without which no connection
/// opens is one of them like a credential: a tool with a required setting outside of that list could
/// never become ready.
fn auth(manifest: &Manifest) -> Auth<'_> {
    let needs = needs(manifest);
    let keys = |required: bool| {
        needs.iter().filter(|need| need.required == required).map(|need| need.env).collect::<Vec<_>>()
    };
    Auth {
        // However a service authenticates, what this tool is given is the value of a variable.
        kind: "service-key",
        required: needs.iter().any(|need| need.required),
        service_keys: keys(true),
        optional_service_keys: keys(false),
        interactive_setup: needs.iter().map(Need::step).collect(),
    }
}

/// A setting or a credential: something that a connection needs, or takes.
pub(super) struct Need<'m> {
    pub(super) name: &'m str,
    pub(super) env: &'m str,
    pub(super) required: bool,
    pub(super) secret: bool,
    pub(super) description: &'m str,
    pub(super) help: Option<&'m str>,
}

/// Everything that a connection needs or takes, what it can't do without first.
pub(super) fn needs(manifest: &Manifest) -> Vec<Need<'_>> {
    let credentials = manifest.credentials.iter().map(|credential| Need {
        name: &credential.name,
        env: &credential.env,
        required: credential.required,
        secret: true,
        description: &credential.description,
        help: credential.help.as_deref(),
    });
    let settings = manifest.settings.iter().map(|setting| Need {
        name: &setting.name,
        env: &setting.env,
        required: setting.required,
        secret: false,
        description: &setting.description,
        help: setting.help.as_deref(),
    });
    let (mut needs, optional): (Vec<_>, Vec<_>) = credentials.chain(settings).partition(|need| need.required);
    needs.extend(optional);
    needs
}

impl Need<'_> {
    /// What a person has to do, in a sentence or two.
    pub(super) fn step(&self) -> String {
        let set = if self.required { "Set" } else { "Optionally set" };
        let what = sentence(super::commands::first_line(self.description));
        let step = if what.is_empty() {
            format!("{set} {}.", self.env)
        } else {
            format!("{set} {}: {what}", self.env)
        };
        match self.help.map(sentence) {
            Some(help) if !help.is_empty() => format!("{step} {help}"),
            _ => step,
        }
    }
}

/// A text that ends like a sentence.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
