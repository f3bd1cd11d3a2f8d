//! From what a file says to what it means: names that are called, requests that are made, settings that
//! are asked for.

use std::collections::HashMap;

use reqwest::header::HeaderName;

use super::action::ActionPart;
use super::auth::{self, Plan, Standing, Stands};
use super::endpoint::{self, Filler, Job, Names, Parameter, QueryPiece};
use super::file::{AuthPart, File};
use super::template::Base;
use super::values::{is_part, is_plain, says_secret};
use crate::manifest::{Action, Credential, Effect, Manifest, Permission, Setting, Trust};
use crate::yaml::reader::{Reader, Written};
use crate::yaml::{Place, shown};

/// Everything that is known of a connector before it is opened.
pub(super) struct Definition {
    pub(super) manifest: Manifest,
    /// Of each action of the manifest.
    pub(super) operations: Vec<Operation>,
    pub(super) bases: Vec<Base>,
    pub(super) plan: Plan,
    pub(super) header_pair: Option<(String, String)>,
    /// Headers that go with every request as they stand.
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) allowed_hosts: Vec<String>,
}

pub(super) struct Operation {
    pub(super) parameters: Vec<Parameter>,
    pub(super) job: Job,
}

impl Operation {
    /// Whether what is set by that name is a part of the URL, behind the host.
    fn fills_url(&self, name: &str) -> bool {
        let Job::Request(endpoint) = &self.job else { return false };
        let is_it = |filler: &Filler| matches!(filler, Filler::Value(value) if value == name);
        let pieces = endpoint.query.iter().flat_map(|(_, pieces)| pieces);
        endpoint.path_holes.iter().any(|(_, filler)| is_it(filler))
            || pieces.into_iter().any(|piece| matches!(piece, QueryPiece::Filled(filler) if is_it(filler)))
    }
}

/// Stands where a file says no version.
const NO_VERSION: &str = "0.0.0";

/// PocketPaw runs these by adapters of its own, and their files only describe them.
pub(super) const NATIVE: [&str; 13] = [
    "postgresql",
    "mysql",
    "mssql",
    "sqlite",
    "mongodb",
    "firebase",
    "gcp",
    "gmail",
    "gcalendar",
    "gdocs",
    "drive",
    "reddit",
    "spotify",
];

pub(super) fn resolve(file: File, stem: &str, reader: &mut Reader) -> Definition {
    let place = file.name.as_ref().map_or(file.place, |name| name.place);
    let name = file.name.map_or_else(|| stem.to_owned(), |name| name.value);
    reader.short(&Written { value: name.clone(), place }, "`name`");
    let id = kebab(&name);
    if !id.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        reader.fault(
            place,
            "`name` must begin with a letter, since it becomes the connector's id, like `stripe`",
        );
    }
    let title = file.title.unwrap_or_else(|| name.clone());
    let mut manifest = Manifest::new(id, title.clone(), NO_VERSION);
    manifest.description = format!("{title}, as PocketPaw's connector `{}` has it.", shown(&name));
    manifest.category = Some(kebab(&file.category.unwrap_or_default()))
        .filter(|category| !category.is_empty())
        .unwrap_or_else(|| "generic".to_owned());
    manifest.icon = Some(file.icon.unwrap_or_else(|| "plug".to_owned()));

    let credentials: Vec<&str> = file.auth.credentials.iter().map(|one| one.name.as_str()).collect();
    let is_native = NATIVE.contains(&name.as_str());
    let mut names = Names { credentials: &credentials, is_native, bases: Vec::new(), used: HashMap::new() };
    let mut operations = Vec::new();
    let mut seen = HashMap::new();
    for part in file.actions {
        if let Some(other) = seen.insert(folded(&part.name), part.name.clone()) {
            let message = if other == part.name {
                format!("action `{other}` is there twice; rename one")
            } else {
                format!("action `{}` differs from `{other}` by its spelling only; rename one", part.name)
            };
            reader.fault(part.place, message);
            continue;
        }
        let mut action = Action::new(part.name.clone(), permission(&part, reader));
        action.description = part.description.clone().unwrap_or_default();
        if action.description.trim().is_empty() {
            let message =
                format!("action `{}` has no `description`, by which people and agents choose it", part.name);
            reader.note(part.place, message);
            action.description = format!("The action `{}` of {title}.", part.name);
        }
        let operation = endpoint::resolve(part, &mut names, reader);
        (action.parameters, action.input_schema) = super::schema::of(&operation.parameters);
        manifest.actions.push(action);
        operations.push(operation);
    }
    let (bases, used) = (names.bases, names.used);
    for name in bases.iter().flat_map(Base::holes).filter(|name| says_secret(name)) {
        if let Some(place) = used.get(name) {
            let message = format!(
                "credential `{name}` would be a part of the host, which everybody on the way sees; call it otherwise if \
                 it is no secret"
            );
            reader.fault(*place, message);
        }
    }
    let words: Vec<String> = bases.iter().flat_map(Base::words).collect();
    let standing = |name: &str| {
        if bases.iter().any(|base| base.holes().contains(&name)) {
            Stands::InHost
        } else if operations.iter().any(|operation| operation.fills_url(name)) {
            Stands::BehindHost
        } else {
            Stands::Nowhere
        }
    };
    let plan = auth::infer(&file.auth, &words, &standing, reader);
    let header_pair = auth::header_pair(&file.auth);
    if let Some((name, value)) = &header_pair {
        let message =
            format!("`{value}` is sent in the header that `{name}` names; PocketPaw would send neither");
        reader.note(file.auth.place, message);
    }
    manifest.auth = plan.to_manifest();
    ask(&mut manifest, &file.auth, &plan, &standing);

    let mut allowed_hosts: Vec<String> = file.allowed_hosts.into_iter().map(|host| host.value).collect();
    allowed_hosts.extend(bases.iter().filter_map(Base::literal_host));
    Definition { manifest, operations, bases, plan, header_pair, headers: file.auth.headers, allowed_hosts }
}

/// What a user has to set. A credential whose name says that anybody may see it, or that is a part of a
/// host, is a setting, and so is one that is a part of a path by its name and its use.
fn ask(manifest: &mut Manifest, auth: &AuthPart, plan: &Plan, standing: Standing<'_>) {
    for credential in &auth.credentials {
        let name = credential.name.as_str();
        let is_open = match standing(name) {
            Stands::InHost => true,
            Stands::BehindHost => is_part(name) && !plan.sends(name),
            Stands::Nowhere => false,
        };
        if is_open || is_plain(name) {
            let mut setting = Setting::new(name, name);
            setting.description.clone_from(&credential.description);
            setting.required = credential.required;
            setting.schema = serde_json::json!({ "type": "string" });
            manifest.settings.push(setting);
        } else {
            let mut secret = Credential::new(name, name);
            secret.description.clone_from(&credential.description);
            secret.required = credential.required;
            manifest.credentials.push(secret);
        }
    }
}

/// What an action may do, never less strict than the file has it.
fn permission(part: &ActionPart, reader: &mut Reader) -> Permission {
    let trust = part.trust.as_ref().map_or(Trust::Confirm, |trust| trust.value);
    let place = part.trust.as_ref().map_or(part.place, |trust| trust.place);
    let method = part.method.as_ref().map_or("LOCAL", |method| method.as_str());
    let effect = match (trust, method) {
        (Trust::Restricted, _) | (_, "DELETE") => Effect::Destructive,
        (Trust::Confirm, _) => Effect::Write,
        (Trust::Auto, "GET") => Effect::Read,
        (Trust::Auto, _) => Effect::Write,
    };
    let permission = Permission::new(effect).trusted(trust);
    if permission.trust > trust && part.method.is_some() {
        let (word, is) = (permission.trust.as_str(), trust.as_str());
        reader.note(
            place,
            format!(
                "action `{}` is a {method}, so it needs `{word}` although the file says `{is}`",
                part.name
            ),
        );
    }
    if part.method.is_none() { permission.local() } else { permission }
}

/// `Slack (Data)` as `slack-data`.
fn kebab(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// Names that a command line or a platform takes for the same.
fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "_")
}

/// Where a credential is used.
pub(super) type Used = HashMap<String, Place>;
