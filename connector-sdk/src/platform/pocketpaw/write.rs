//! From a manifest to a file that PocketPaw's loader and engine take.
//!
//! A file can say of an action that it is one request with its arguments in path, query or body, and nothing
//! more. Whatever of an action needs more is left out with the reason, since a file that says less would do
//! something else.

use std::collections::HashSet;

use serde_json::Value;

use super::emit;
use super::resolve::NATIVE;
use super::template;
use super::values::says_secret;
use crate::http::names as holes;
use crate::manifest::{Action, ApiKeyPlace, Auth, Content, Manifest, Place, Request};
use crate::similar::listed;
use crate::text::wants;
use crate::{Error, Result};

/// A connector as a file of PocketPaw.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// The file's name: `<id>.yaml`.
    pub name: String,
    /// Its text, the same for the same manifest.
    pub text: String,
    /// The actions that it doesn't have.
    pub left_out: Vec<LeftOut>,
    /// What of the connector itself the file doesn't have.
    pub notes: Vec<String>,
}

/// An action that a file can't say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Its name.
    pub action: String,
    /// Why.
    pub why: String,
}

/// Writes a connector as a file that PocketPaw loads. Actions that no file can say are left out; the
/// file tells which in a comment.
///
/// What a file has no word for and PocketPaw does otherwise: it applies no defaults and enforces no limits, puts
/// values into a path as they are, and sends `{}` where a POST has no arguments.
///
/// # Errors
///
/// `usage` when there is nothing to write: PocketPaw can't authenticate so, runs a connector of that name by a
/// program of its own, or none of the actions can be said.
pub fn write(manifest: &Manifest) -> Result<Written> {
    let id = &manifest.id;
    let cannot = |why: String| Error::usage(format!("`{id}` can't be a file of PocketPaw: {why}"));
    if NATIVE.contains(&id.as_str()) {
        return Err(cannot(
            "PocketPaw runs a connector of that name by a program of its own; give it another id".into(),
        ));
    }
    let mut names = Names::of(manifest).map_err(cannot)?;
    let (mut actions, mut left_out) = (String::new(), Vec::new());
    for action in &manifest.actions {
        match said(manifest, action, &names) {
            Ok(said) => {
                names.used.extend(said.settings);
                actions.push_str(&said.text);
            }
            Err(why) => left_out.push(LeftOut { action: action.name.clone(), why }),
        }
    }
    if actions.is_empty() {
        let reasons: Vec<String> =
            left_out.iter().map(|one| format!("`{}`: {}", one.action, one.why)).collect();
        return Err(cannot(match reasons.is_empty() {
            true => "it has no actions".to_owned(),
            false => format!("none of its actions can be said in one; {}", reasons.join("; ")),
        }));
    }
    let mut text = format!(
        "{}\n",
        emit::comment("Written by `manifest --format pocketpaw`; change the connector, not this.")
    );
    let notes: Vec<String> = names.note.iter().cloned().collect();
    for note in &notes {
        text.push_str(&format!("{}\n", emit::comment(note)));
    }
    if !left_out.is_empty() {
        text.push_str("# Left out, since a file can't say it:\n");
        for one in &left_out {
            text.push_str(&format!("{}\n", emit::comment(&format!("  {}: {}", one.action, one.why))));
        }
    }
    for (key, value) in [("name", id), ("display_name", &manifest.title), ("type", &manifest.category)] {
        text.push_str(&format!("{key}: {}\n", emit::text(value)));
    }
    if let Some(icon) = &manifest.icon {
        text.push_str(&format!("icon: {}\n", emit::text(icon)));
    }
    text.push_str(&names.auth(manifest));
    text.push_str(&format!("actions:\n{actions}"));
    Ok(Written { name: format!("{id}.yaml"), text, left_out, notes })
}

/// The names by which PocketPaw asks for what is set, and how it authenticates with them.
struct Names<'m> {
    /// Of settings and credentials: the name in the manifest, and the file's.
    known: Vec<(&'m str, String)>,
    method: &'static str,
    /// More keys of `auth`, with their values.
    keys: Vec<(&'static str, String)>,
    /// What authenticates, in the order in which the file has to have it.
    sent: Vec<&'m str>,
    /// The settings that the actions of the file use.
    used: Vec<&'m str>,
    /// Of several ways to authenticate, the file has one.
    note: Option<String>,
}

impl<'m> Names<'m> {
    fn of(manifest: &'m Manifest) -> Result<Self, String> {
        let settings = manifest.settings.iter().map(|one| (one.name.as_str(), one.env.clone()));
        let credentials = manifest.credentials.iter().map(|one| (one.name.as_str(), one.env.clone()));
        let mut names = Self {
            known: settings.chain(credentials).collect(),
            method: "none",
            keys: Vec::new(),
            sent: Vec::new(),
            used: Vec::new(),
            note: None,
        };
        let ways = manifest.auth.ways();
        let Some(way) = ways.iter().find(|way| names.authenticate(way)) else {
            return Err(match ways {
                [Auth::OAuth2(_)] => "PocketPaw sends nothing where a file says `oauth`, and renews no tokens; let the \
                                      connector take a bearer token as well (`auth = any(..)`)"
                    .to_owned(),
                _ => "PocketPaw authenticates with a bearer token, user and password, or a key in a header, and not as \
                      this does"
                    .to_owned(),
            });
        };
        if ways.len() > 1 {
            let others = ways.iter().filter(|other| *other != way).map(Auth::kind);
            names.note =
                Some(format!("It authenticates by `{}` alone, and not by {}.", way.kind(), listed(others)));
        }
        let mut seen = HashSet::new();
        for (name, spelled) in &names.known {
            if !seen.insert(spelled.as_str()) {
                return Err(format!(
                    "`{name}` would have the name `{spelled}`, which another one has; set its `env`"
                ));
            }
            if !super::file::is_word(spelled) {
                return Err(format!(
                    "`{name}` would have the name `{spelled}`, which can't stand in a URL; set its `env`"
                ));
            }
        }
        Ok(names)
    }

    /// Takes a way to authenticate, if PocketPaw knows it.
    fn authenticate(&mut self, way: &'m Auth) -> bool {
        match way {
            Auth::None => {}
            Auth::Bearer { token } => {
                self.method = "bearer";
                self.sent.push(token);
                // It is by its ending that PocketPaw knows which one is the token.
                self.rename(token, |env| match env.ends_with("TOKEN") || env.ends_with("KEY") {
                    true => env,
                    false => format!("{env}_TOKEN"),
                });
            }
            Auth::Basic { user, password } => {
                self.method = "basic";
                self.sent.extend([user.as_str(), password.as_str()]);
                self.rename(user, |_| "username".to_owned());
                self.rename(password, |_| "password".to_owned());
            }
            Auth::ApiKey { key, place: ApiKeyPlace::Header(header) } => {
                self.method = "header";
                self.sent.push(key);
                self.keys.push(("header", emit::text(header)));
                self.keys.push(("credential", emit::text(self.name(key).unwrap_or_default())));
            }
            _ => return false,
        }
        true
    }

    fn rename(&mut self, name: &str, change: impl FnOnce(String) -> String) {
        if let Some((_, spelled)) = self.known.iter_mut().find(|(known, _)| *known == name) {
            *spelled = change(std::mem::take(spelled));
        }
    }

    fn name(&self, name: &str) -> Option<&str> {
        self.known.iter().find(|(known, _)| *known == name).map(|(_, spelled)| spelled.as_str())
    }

    /// The file's part on authentication. What authenticates comes first, since the first is what is sent.
    fn auth(&self, manifest: &Manifest) -> String {
        let mut text = format!("auth:\n  method: {}\n", self.method);
        for (key, value) in &self.keys {
            text.push_str(&format!("  {key}: {value}\n"));
        }
        if !manifest.headers.is_empty() {
            text.push_str("  headers:\n");
        }
        for (header, value) in &manifest.headers {
            text.push_str(&format!("    {}: {}\n", emit::text(header), emit::text(value)));
        }
        let others = manifest.settings.iter().map(|one| one.name.as_str());
        let others = others.filter(|name| self.used.contains(name) && !self.sent.contains(name));
        let all: Vec<&str> = self.sent.iter().copied().chain(others).collect();
        if all.is_empty() {
            return text;
        }
        text.push_str("  credentials:\n");
        for name in all {
            let (setting, credential) = (manifest.setting(name), manifest.credential(name));
            let about = setting.map(|one| &one.description).or(credential.map(|one| &one.description));
            // PocketPaw knows no defaults, and would send a request with the placeholder in it.
            let is_required = self.used.contains(&name)
                // Whoever has the file has no other way.
                || (self.note.is_some() && self.sent.contains(&name))
                || setting.is_some_and(|one| one.required)
                || credential.is_some_and(|one| one.required);
            text.push_str(&format!("    - name: {}\n", emit::text(self.name(name).unwrap_or(name))));
            let mut about = about.cloned().unwrap_or_default();
            if let Some(default) = setting.and_then(|one| one.schema.get("default")) {
                let default = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
                let usually = format!("usually `{default}`");
                about = if about.is_empty() { usually } else { format!("{about} ({usually})") };
            }
            if !about.is_empty() {
                text.push_str(&format!("      description: {}\n", emit::text(&about)));
            }
            text.push_str(&format!("      required: {is_required}\n"));
        }
        text
    }
}

/// An action as the file says it, and the settings that it uses.
struct Said<'m> {
    text: String,
    settings: Vec<&'m str>,
}

/// Says an action, or why it can't be said.
fn said<'m>(manifest: &'m Manifest, action: &Action, names: &Names<'m>) -> Result<Said<'m>, String> {
    let request = action.request.as_ref().ok_or("it is Rust code and no `#[http]` request")?;
    // What the file says of headers goes with everything.
    if request.base.is_some() && request.headers != manifest.headers {
        return Err("its client doesn't send the headers that the connector's first one does".into());
    }
    if request.page.is_some() {
        return Err("its answer comes in pages, of which PocketPaw reads the first".into());
    }
    if let Some(select) = &request.select {
        return Err(format!("its result is `{select}` of the answer, and PocketPaw gives the whole"));
    }
    if let Some(unsent) =
        action.parameters.iter().find(|one| !request.parameters.iter().any(|sent| sent.name == one.name))
    {
        return Err(format!("its argument `{}` isn't sent, which PocketPaw would", unsent.name));
    }
    let (url, settings) = url(manifest, action, request, names)?;
    let is_form = request.content == Content::Form;
    let (mut query, mut body) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for sent in &request.parameters {
        let (wire, members) = match &sent.place {
            Place::Path => (sent.name.as_str(), &mut query),
            Place::Query(name) => (name.as_str(), &mut query),
            Place::Member(name) => (name.as_str(), &mut body),
            Place::Header(header) => {
                return Err(format!("its argument `{}` is the header `{header}`", sent.name));
            }
            _ => return Err(format!("its argument `{}` is the whole body", sent.name)),
        };
        if !seen.insert(wire) {
            return Err(format!("two of its arguments would be called `{wire}`"));
        }
        if names.known.iter().any(|(_, spelled)| spelled == wire) {
            return Err(format!(
                "its argument `{wire}` has the name of a credential, which PocketPaw would send instead"
            ));
        }
        members.push((wire, argument(action, &sent.name, &sent.place, is_form)?));
    }
    if matches!(request.method.as_str(), "GET" | "DELETE") && !body.is_empty() {
        return Err(format!("it is a {} with a body, which PocketPaw doesn't send", request.method));
    }
    if !is_form && url.contains("stripe.com") && !body.is_empty() {
        return Err("it sends JSON to stripe.com, where PocketPaw sends forms only".into());
    }
    let mut text = format!("  - name: {}\n", emit::text(&action.name));
    let mut line = |key: &str, value: String| text.push_str(&format!("    {key}: {value}\n"));
    line("description", emit::text(&action.description));
    line("method", request.method.clone());
    line("url", emit::text(&url));
    if is_form {
        line("content_type", "form".to_owned());
    }
    line("trust_level", action.permission.trust.as_str().to_owned());
    for (key, members) in [("params", query), ("body", body)] {
        if !members.is_empty() {
            text.push_str(&format!("    {key}:\n"));
            for (name, spec) in members {
                text.push_str(&format!("      {}: {spec}\n", emit::text(name)));
            }
        }
    }
    Ok(Said { text, settings })
}

/// The URL of a request, with the file's names in its placeholders, and the settings in it.
fn url<'m>(
    manifest: &'m Manifest,
    action: &Action,
    request: &Request,
    names: &Names<'m>,
) -> Result<(String, Vec<&'m str>), String> {
    let base = request.base.as_ref().or(manifest.base.as_ref()).ok_or("the connector says no base URL")?;
    let mut settings = Vec::new();
    let mut url = String::new();
    for (is_base, template) in [(true, base.trim_end_matches('/')), (false, request.path.as_str())] {
        let mut rest = template;
        for name in holes(template) {
            let Some((before, after)) = rest.split_once('{') else { break };
            let Some((written, after)) = after.split_once('}') else { break };
            rest = after;
            url.push_str(before);
            let is_argument =
                request.parameters.iter().any(|one| one.name == name && one.place == Place::Path);
            let spelled = match (manifest.setting(name), is_argument && !is_base) {
                (_, true) if written.starts_with('+') => {
                    return Err(format!("its argument `{name}` may be several parts of the path"));
                }
                (_, true) => name,
                (Some(setting), false) => {
                    settings.push(setting.name.as_str());
                    names.name(name).unwrap_or(name)
                }
                (None, false) => {
                    return Err(format!("nothing that a file can say fills `{{{name}}}` of its URL"));
                }
            };
            if is_base && says_secret(spelled) {
                return Err(format!(
                    "`{spelled}` is a part of the host, and its name says that it is a secret"
                ));
            }
            if !super::file::is_word(spelled) {
                return Err(format!("its argument `{name}` can't be a placeholder of a URL"));
            }
            if is_argument
                && (action.property(name).is_none_or(|schema| has_no_place_in_a_path(schema, action)))
            {
                return Err(format!(
                    "its argument `{name}` is a part of the path, and neither a text nor a number"
                ));
            }
            url.push_str(&format!("{{{spelled}}}"));
        }
        url.push_str(rest);
    }
    template::parse(&url)?;
    Ok((url, settings))
}

/// Python writes `True` where everybody else writes `true`, and lists with brackets.
fn has_no_place_in_a_path(schema: &Value, action: &Action) -> bool {
    !["string", "integer", "number"].iter().any(|kind| wants(schema, &action.input_schema, kind))
}

/// What the file says of an argument.
fn argument(action: &Action, name: &str, place: &Place, is_form: bool) -> Result<String, String> {
    let root = &action.input_schema;
    let any = Value::Bool(true);
    let schema = action.property(name).unwrap_or(&any);
    let known = action.parameters.iter().find(|one| one.name == name);
    let kind = ["string", "boolean", "integer", "number", "array", "object"]
        .into_iter()
        .find(|kind| wants(schema, root, kind));
    match (place, kind) {
        (Place::Query(_), Some("object") | None) => {
            return Err(format!(
                "its argument `{name}` may be an object, which PocketPaw puts into a query in Python's words"
            ));
        }
        (Place::Member(_), Some("object" | "array") | None) if is_form => {
            return Err(format!(
                "its argument `{name}` may have parts, which PocketPaw puts into a form otherwise"
            ));
        }
        _ => {}
    }
    // In a path there is nothing to leave out.
    let is_required = *place == Place::Path || known.is_some_and(|one| one.required);
    let mut spec: Vec<(&str, String)> = Vec::new();
    spec.extend(kind.map(|kind| ("type", emit::text(kind))));
    spec.extend(is_required.then(|| ("required", "true".to_owned())));
    let choices = choices(schema, root, 0).filter(|choices| !choices.is_empty());
    let default = schema.get("default").filter(|default| !default.is_null() && !is_required);
    if let Some(default) = default.filter(|default| choices.as_ref().is_none_or(|all| all.contains(default)))
    {
        spec.push(("default", emit::value(default)));
    }
    spec.extend(choices.map(|choices| ("enum", emit::value(&Value::Array(choices)))));
    if let Some(about) = known.map(|one| &one.description).filter(|about| !about.is_empty()) {
        spec.push(("description", emit::text(about)));
    }
    Ok(emit::map(spec))
}

/// The values that a schema lists one by one; none where there are others too.
fn choices(schema: &Value, root: &Value, depth: usize) -> Option<Vec<Value>> {
    const DEEPEST: usize = 8;
    if depth > DEEPEST {
        return None;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return choices(root.pointer(target.strip_prefix('#')?)?, root, depth + 1);
    }
    if let Some(value) = schema.get("const") {
        return Some(vec![value.clone()]);
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return Some(values.iter().filter(|value| !value.is_null()).cloned().collect());
    }
    let alternatives = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array)?;
    let mut all = Vec::new();
    for alternative in alternatives {
        if alternative.get("type").is_some_and(|kind| kind == "null") {
            continue;
        }
        all.extend(choices(alternative, root, depth + 1)?);
    }
    Some(all)
}
