//! From the static data of the expansion to the manifest.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::afterwards::Afterwards;
use super::checks::Keywords;
use super::linked::{Actions, Described, object_of};
use super::oauth;
#[cfg(feature = "oauth")]
use super::spec::RenewFn;
use super::spec::{ActionSpec, AuthSpec, ClientSpec, Input, Param, StructSpec};
#[cfg(feature = "events")]
use super::{EventsSpec, SendSpec};
use crate::manifest::{
    Action, ApiKeyPlace, Auth, Credential, Manifest, OptionsSource, Parameter, Probe, Probes, Setting,
    add_bounds, elements, unenforced_keywords,
};
use crate::{Call, Result};

/// A connector's manifest, with what is made of it once and used at each call.
pub struct Table {
    pub(super) manifest: Manifest,
    /// For each action, in their order.
    inputs: Vec<Afterwards>,
    /// For each setting, in their order.
    pub(super) settings: Vec<Afterwards>,
    /// What gets other tokens, where a bearer's is renewed.
    #[cfg(feature = "oauth")]
    pub(super) renew: Option<RenewFn>,
}

impl Table {
    /// Makes it from what the two attributes say.
    pub fn new<T: Actions>() -> Self {
        let spec = <T as Actions>::SPEC;
        let described = <T as Described>::SPEC;
        let clients = described.clients;
        let mut manifest = describe(&described);
        manifest.health = !spec.health.is_empty();
        manifest.login = !spec.login.is_empty();
        #[cfg(feature = "events")]
        {
            manifest.events = spec.events.first().map(EventsSpec::manifest);
            manifest.delivery = spec.send.first().map(SendSpec::manifest);
        }
        manifest.options = spec
            .options
            .iter()
            .map(|options| OptionsSource::new(options.name, options.description))
            .collect();
        manifest.base = clients.first().map(|client| client.base.to_owned());
        manifest.headers = clients.first().map(headers).unwrap_or_default();
        manifest.actions = spec.actions.iter().map(|spec| action(spec, clients)).collect();
        Self {
            #[cfg(feature = "oauth")]
            renew: renewal(&described.auth),
            ..Self::over(manifest)
        }
    }

    fn over(mut manifest: Manifest) -> Self {
        let actions = manifest.actions.iter_mut();
        let inputs = actions.map(|Action { input_schema, unenforced, probes, .. }| {
            Afterwards::new(input_schema, unenforced, probes)
        });
        let inputs = inputs.collect();
        let settings = manifest.settings.iter_mut();
        let settings = settings
            .map(|Setting { schema, unenforced, probes, .. }| Afterwards::new(schema, unenforced, probes));
        let settings = settings.collect();
        Self {
            manifest,
            inputs,
            settings,
            #[cfg(feature = "oauth")]
            renew: None,
        }
    }

    /// Checks an input that the typed parser took.
    pub(super) fn check(&self, call: Call<'_>) -> Result<()> {
        match self.inputs.get(call.index) {
            Some(afterwards) if afterwards.is_needed() => {
                // The typed parser has read it, so it is JSON.
                let Ok(value) = serde_json::from_slice(call.input) else { return Ok(()) };
                afterwards.check(&call.action.input_schema, &value)
            }
            _ => Ok(()),
        }
    }
}

fn describe(spec: &StructSpec) -> Manifest {
    let mut manifest = Manifest::new(spec.id, spec.title, spec.version);
    manifest.description = spec.description.to_owned();
    manifest.category = spec.category.to_owned();
    manifest.icon = spec.icon.map(str::to_owned);
    manifest.docs = spec.docs.map(str::to_owned);
    manifest.auth = auth(&spec.auth);
    manifest.settings = spec
        .settings
        .iter()
        .map(|setting| {
            let param = &setting.value;
            let mut generator = generator();
            let mut schema = property(param, &mut generator);
            add_definitions(&mut schema, &mut generator);
            let mut schema = Value::Object(schema);
            add_bounds(&mut schema);
            let mut unenforced = unenforced_keywords(&schema);
            let probe = probe(param, String::new());
            unenforced.retain(|pointer| !probe.checked.contains(pointer));
            Setting {
                name: param.name.to_owned(),
                description: param.description.to_owned(),
                required: param.default.is_none() && (param.required)(),
                env: setting.env.map_or_else(|| env_name(spec.id, param.name), str::to_owned),
                schema,
                placeholder: setting.placeholder.map(str::to_owned),
                help: setting.help.map(str::to_owned),
                options: param.options.map(str::to_owned),
                depends_on: setting.depends_on.map(str::to_owned),
                advanced: setting.advanced,
                unenforced,
                probes: Probes(vec![probe]),
            }
        })
        .collect();
    manifest.credentials = spec
        .secrets
        .iter()
        .map(|secret| Credential {
            name: secret.name.to_owned(),
            description: secret.description.to_owned(),
            required: secret.required,
            env: secret.env.map_or_else(|| env_name(spec.id, secret.name), str::to_owned),
            help: secret.help.map(str::to_owned),
        })
        .collect();
    match &spec.auth {
        AuthSpec::OAuth2(oauth2) => oauth::declare(&mut manifest, oauth2, true),
        AuthSpec::Any(ways) => ways.iter().for_each(|way| {
            if let AuthSpec::OAuth2(oauth2) = way {
                oauth::declare(&mut manifest, oauth2, false);
            }
        }),
        _ => {}
    }
    manifest
}

/// `NOTES_ROOT` for the setting `root` of `notes`.
fn env_name(id: &str, field: &str) -> String {
    format!("{id}_{field}").replace('-', "_").to_ascii_uppercase()
}

fn auth(spec: &AuthSpec) -> Auth {
    match *spec {
        AuthSpec::OAuth2(ref oauth2) => Auth::OAuth2(oauth::oauth2(oauth2)),
        AuthSpec::Any(ways) => Auth::Any { of: ways.iter().map(auth).collect() },
        AuthSpec::ApiKeyCookie { key, cookie } => {
            Auth::ApiKey { key: key.to_owned(), place: ApiKeyPlace::Cookie(cookie.to_owned()) }
        }
        AuthSpec::None => Auth::None,
        AuthSpec::Bearer { token, .. } => Auth::Bearer { token: token.to_owned() },
        AuthSpec::ApiKeyHeader { key, header } => {
            Auth::ApiKey { key: key.to_owned(), place: ApiKeyPlace::Header(header.to_owned()) }
        }
        AuthSpec::ApiKeyQuery { key, query } => {
            Auth::ApiKey { key: key.to_owned(), place: ApiKeyPlace::Query(query.to_owned()) }
        }
        AuthSpec::Basic { user, password } => {
            Auth::Basic { user: user.to_owned(), password: password.to_owned() }
        }
    }
}

#[cfg(feature = "oauth")]
fn renewal(spec: &AuthSpec) -> Option<RenewFn> {
    match *spec {
        AuthSpec::Bearer { renew, .. } => renew,
        AuthSpec::Any(ways) => ways.iter().find_map(renewal),
        _ => None,
    }
}

fn headers(client: &ClientSpec) -> BTreeMap<String, String> {
    client.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn action<C>(spec: &ActionSpec<C>, clients: &[ClientSpec]) -> Action {
    let (mut input_schema, parameters, probes) = match &spec.input {
        Input::Params(params) => {
            let (schema, parameters) = input_of(params);
            let at = |param: &Param| probe(param, format!("/properties/{}", param.name));
            (schema, parameters, params.iter().map(at).collect())
        }
        Input::Struct { schema, takes } => {
            let schema = close(root(*schema, generator()));
            let parameters = parameters_of(&schema);
            let probe = Probe { at: String::new(), takes: *takes, checked: Vec::new() };
            (schema, parameters, vec![probe])
        }
    };
    let mut output_schema = Value::Object(root(spec.output, settings().for_serialize().into_generator()));
    add_bounds(&mut input_schema);
    add_bounds(&mut output_schema);
    let mut unenforced = unenforced_keywords(&input_schema);
    unenforced.retain(|pointer| !probes.iter().any(|probe| probe.checked.contains(pointer)));
    let request = spec.request.map(|request| {
        // The first is the connector's own.
        let another = clients.iter().skip(1).find(|client| client.name == request.client);
        let mut request = request.describe(another.map(|client| client.base), &parameters);
        request.headers = another.map(headers).unwrap_or_default();
        request
    });
    Action {
        name: spec.name.to_owned(),
        command: spec.command.to_owned(),
        resource: spec.resource.map(str::to_owned),
        description: spec.description.to_owned(),
        permission: spec.permission,
        scopes: spec.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        timeout: spec.timeout.map(Duration::from_millis),
        request,
        parameters,
        unenforced,
        probes: Probes(probes),
        input_schema,
        output_schema,
    }
}

/// The schema of an event's payload, as it is published.
#[cfg(feature = "events")]
pub(super) fn payload_schema(payload: fn(&mut SchemaGenerator) -> schemars::Schema) -> Value {
    let mut schema = Value::Object(root(payload, settings().for_serialize().into_generator()));
    add_bounds(&mut schema);
    schema
}

/// The schema of plain parameters.
fn input_of(params: &[Param]) -> (Value, Vec<Parameter>) {
    let mut generator = generator();
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut parameters = Vec::new();
    for param in params {
        let is_required = param.default.is_none() && (param.required)();
        if is_required {
            required.push(Value::from(param.name));
        }
        properties.insert(param.name.to_owned(), Value::Object(property(param, &mut generator)));
        parameters.push(Parameter {
            name: param.name.to_owned(),
            description: param.description.to_owned(),
            required: is_required,
            options: param.options.map(str::to_owned),
        });
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    add_definitions(&mut schema, &mut generator);
    (Value::Object(schema), parameters)
}

/// How a value whose schema is at `at` is parsed, and which keywords generated checks then enforce.
fn probe(param: &Param, at: String) -> Probe {
    let Keywords(keywords) = param.keywords.map_or_else(Keywords::default, |make| make(Keywords::default()));
    let checked = keywords.into_iter().map(|(keyword, _)| format!("{at}/{keyword}")).collect();
    Probe { at, takes: param.takes, checked }
}

fn property(param: &Param, generator: &mut SchemaGenerator) -> Map<String, Value> {
    let mut schema = object_of((param.schema)(generator));
    if !param.description.is_empty() {
        schema.insert("description".to_owned(), param.description.into());
    }
    if let Some(default) = param.default {
        schema.insert("default".to_owned(), default());
    }
    if let Some(keywords) = param.keywords {
        let Keywords(keywords) = keywords(Keywords::default());
        schema.extend(keywords.into_iter().map(|(keyword, value)| (keyword.to_owned(), value)));
    }
    schema
}

fn parameters_of(schema: &Value) -> Vec<Parameter> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = elements(schema.get("required"));
    properties
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let description = property.get("description").and_then(Value::as_str).unwrap_or_default();
            let required = required.iter().any(|known| known == name);
            Parameter { name: name.clone(), description: description.to_owned(), required, options: None }
        })
        .collect()
}

/// Says that unknown arguments are refused, where they are (see `input.rs`).
fn close(mut schema: Map<String, Value>) -> Value {
    let value = Value::Object(schema.clone());
    if super::input::known_names(&value).is_some() {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
    Value::Object(schema)
}

fn root(
    schema: fn(&mut SchemaGenerator) -> schemars::Schema,
    mut generator: SchemaGenerator,
) -> Map<String, Value> {
    let mut schema = object_of(schema(&mut generator));
    // The type's name is the author's affair; what it is for is said by its description.
    schema.remove("title");
    schema
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.inline_subschemas = true;
    })
}

fn generator() -> SchemaGenerator {
    settings().into_generator()
}

/// Adds what can't be written in place: types that contain themselves.
fn add_definitions(schema: &mut Map<String, Value>, generator: &mut SchemaGenerator) {
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), definitions.into());
    }
}
