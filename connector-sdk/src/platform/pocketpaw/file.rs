//! What a file says: its keys, read strictly and one by one. What follows from them is found in `resolve.rs`.

use std::collections::HashSet;

use reqwest::header::{HeaderName, HeaderValue};

use super::action::{self, ActionPart};
use crate::yaml::reader::{Fields, Reader, Written};
use crate::yaml::{Kind, Node, Place, shown};

/// What is to be done where there is too much of something.
pub(super) const SPLIT: &str = "split the connector into several";

/// More than these are no description that anybody reads.
const MOST_ACTIONS: usize = 500;
const MOST_CREDENTIALS: usize = 100;

/// A file whose keys have the types that they should have.
pub(super) struct File {
    pub(super) place: Place,
    pub(super) name: Option<Written<String>>,
    pub(super) title: Option<String>,
    pub(super) category: Option<String>,
    pub(super) icon: Option<String>,
    pub(super) auth: AuthPart,
    pub(super) actions: Vec<ActionPart>,
    pub(super) allowed_hosts: Vec<Written<String>>,
}

pub(super) struct AuthPart {
    pub(super) place: Place,
    pub(super) method: Method,
    pub(super) credentials: Vec<CredentialPart>,
    pub(super) headers: Vec<(HeaderName, String)>,
    /// The header of `method: header`.
    pub(super) header: Option<Written<String>>,
    /// The credential that `header` and `cookie` send.
    pub(super) credential: Option<Written<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    None,
    ApiKey,
    Bearer,
    Basic,
    Header,
    Cookie,
    OAuth,
}

pub(super) struct CredentialPart {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) required: bool,
}

const METHODS: &[(&str, Method)] = &[
    ("none", Method::None),
    ("api_key", Method::ApiKey),
    ("bearer", Method::Bearer),
    ("basic", Method::Basic),
    ("header", Method::Header),
    ("cookie", Method::Cookie),
    ("oauth", Method::OAuth),
    // Gmail's built-in file says it so.
    ("oauth2", Method::OAuth),
];

pub(super) fn read(root: &Node, reader: &mut Reader) -> File {
    let mut fields = match &root.kind {
        Kind::Map(entries) => Fields::new(entries),
        _ => {
            reader.fault(
                root.place,
                format!("the file is {}; write a map with `name`, `auth` and `actions`", root.describe()),
            );
            Fields::new(&[])
        }
    };
    let mut text = |fields: &mut Fields<'_>, key| {
        let node = fields.take(key)?;
        reader.text(node, key)
    };
    let name = text(&mut fields, "name");
    let [title, category, icon] =
        ["display_name", "type", "icon"].map(|key| text(&mut fields, key).map(|text| text.value));
    let auth = auth(fields.take("auth"), root.place, reader);
    let actions = match fields.take("actions") {
        Some(node) => {
            let nodes = reader.list(node, "actions");
            let nodes = reader.at_most(MOST_ACTIONS, 0, nodes, ("actions", SPLIT), |node| node.place);
            nodes.iter().filter_map(|node| action::read(node, reader)).collect()
        }
        None => Vec::new(),
    };
    sync(fields.take("sync"), reader);
    if let Some(node) = fields.take("senses")
        && !reader.texts(node, "senses").is_empty()
    {
        reader.note(node.place, "`senses` has no effect here: only PocketPaw gathers them");
    }
    surface_profile(fields.take("surface_profile"), reader);
    let allowed_hosts = match fields.take("allowed_hosts") {
        Some(node) => reader.texts(node, "allowed_hosts"),
        None => Vec::new(),
    };
    for host in &allowed_hosts {
        let plain = host.value.strip_prefix("*.").unwrap_or(&host.value);
        if !super::host::is_bare(plain) {
            let message =
                "an entry of `allowed_hosts` must be a host and nothing else, like `files.example.com`";
            reader.fault(host.place, message);
        }
    }
    if !matches!(root.kind, Kind::Map(_)) {
        return File { place: root.place, name, title, category, icon, auth, actions, allowed_hosts };
    }
    fields.finish(reader, "the file");
    File { place: root.place, name, title, category, icon, auth, actions, allowed_hosts }
}

fn auth(node: Option<&Node>, root: Place, reader: &mut Reader) -> AuthPart {
    let mut part = AuthPart {
        place: node.map_or(root, |node| node.place),
        method: Method::None,
        credentials: Vec::new(),
        headers: Vec::new(),
        header: None,
        credential: None,
    };
    let Some(node) = node else { return part };
    let mut fields = Fields::new(reader.map(node, "auth"));
    if let Some(node) = fields.take("method") {
        part.place = node.place;
        let method = reader.text(node, "method").and_then(|text| reader.word(&text, "auth method", METHODS));
        part.method = method.unwrap_or(Method::None);
    }
    if let Some(node) = fields.take("credentials") {
        let nodes = reader.list(node, "credentials");
        let mut seen = HashSet::new();
        for node in reader.at_most(MOST_CREDENTIALS, 0, nodes, ("credentials", SPLIT), |node| node.place) {
            let Some(credential) = credential(node, reader) else { continue };
            if !seen.insert(credential.name.clone()) {
                reader.fault(
                    credential.place,
                    format!("credential `{}` is declared twice; declare it once", credential.name),
                );
                continue;
            }
            part.credentials.push(credential);
        }
    }
    if let Some(node) = fields.take("headers") {
        for entry in reader.map(node, "headers") {
            part.headers.extend(header(&entry.key, entry.place, &entry.value, reader));
        }
    }
    part.header = fields.take("header").and_then(|node| reader.text(node, "header"));
    part.credential = fields.take("credential").and_then(|node| reader.text(node, "credential"));
    // They only widen PocketPaw's list of hosts, which here is the hosts of the actions.
    for key in ["auth_url", "token_url", "authorization_url", "token_endpoint"] {
        if let Some(node) = fields.take(key) {
            reader.text(node, key);
        }
    }
    fields.finish(reader, "`auth`");
    part
}

fn credential(node: &Node, reader: &mut Reader) -> Option<CredentialPart> {
    let mut fields = Fields::new(reader.map(node, "credentials"));
    let name = fields.take("name");
    let description = fields.take("description").and_then(|node| reader.text(node, "description"));
    let required = fields.take("required").and_then(|node| reader.boolean(node, "required"));
    let is_map = matches!(node.kind, Kind::Map(_));
    let name = match name {
        Some(node) => reader.text(node, "name")?,
        None if is_map => {
            reader.fault(node.place, "a credential has no `name`; write the name that it is set by");
            return None;
        }
        None => return None,
    };
    fields.finish(reader, &format!("credential `{}`", shown(&name.value)));
    reader.short(&name, "a credential's name");
    if !is_word(&name.value) {
        let message =
            "a credential's name must be letters, digits and `_`, a letter first, like `STRIPE_API_KEY`";
        reader.fault(name.place, message);
        return None;
    }
    // A host looks for what a credential holds in the environment, by its name.
    if name.value.to_ascii_uppercase().starts_with("CONNECTOR_") {
        let message = format!(
            "`{}` begins like the variables of this crate, such as the key of stored credentials; rename it",
            shown(&name.value)
        );
        reader.fault(name.place, message);
        return None;
    }
    Some(CredentialPart {
        place: name.place,
        name: name.value,
        description: description.map(|text| text.value).unwrap_or_default(),
        required: required.unwrap_or(false),
    })
}

/// A header that goes with every request as it stands.
fn header(name: &str, place: Place, value: &Node, reader: &mut Reader) -> Option<(HeaderName, String)> {
    let text = match &value.kind {
        Kind::Scalar(serde_json::Value::Number(number)) if !number.is_f64() => number.to_string(),
        _ => reader.text(value, "headers")?.value,
    };
    let Ok(header) = HeaderName::try_from(name) else {
        reader.fault(place, format!("`{}` can't be the name of a header", shown(name)));
        return None;
    };
    if super::host::is_reserved(&header) {
        reader.fault(place, format!("the header `{header}` is set by the client; remove it"));
        return None;
    }
    if HeaderValue::from_str(&text).is_err() {
        let message = format!(
            "what the header `{header}` should hold has a character that no header can hold, such as a line break"
        );
        reader.fault(value.place, message);
        return None;
    }
    if text.contains('{') && text.contains('}') {
        let message =
            format!("the header `{header}` is sent as it stands; placeholders are filled in a `url` only");
        reader.note(value.place, message);
    }
    let lower = header.as_str();
    if lower == "authorization"
        || lower == "cookie"
        || ["token", "key", "secret"].iter().any(|word| lower.contains(word))
    {
        reader.note(
            value.place,
            format!("the header `{header}` may hold a secret that whoever reads the file sees; make it a credential"),
        );
    }
    Some((header, text))
}

fn sync(node: Option<&Node>, reader: &mut Reader) {
    let Some(node) = node else { return };
    let mut fields = Fields::new(reader.map(node, "sync"));
    let table = fields.take("table").and_then(|node| reader.text(node, "table").map(|_| node.place));
    if let Some(node) = fields.take("schedule") {
        reader.text(node, "schedule");
    }
    if let Some(node) = fields.take("mapping") {
        for entry in reader.map(node, "mapping") {
            reader.text(&entry.value, "mapping");
        }
    }
    fields.finish(reader, "`sync`");
    if let Some(place) = table {
        reader
            .note(place, "`sync` has no effect here: a file says no way to read rows, so no table is filled");
    }
}

fn surface_profile(node: Option<&Node>, reader: &mut Reader) {
    let Some(node) = node else { return };
    let mut fields = Fields::new(reader.map(node, "surface_profile"));
    if let Some(node) = fields.take("skill") {
        reader.text(node, "skill");
    }
    for key in ["allow_tools", "deny_tools"] {
        if let Some(node) = fields.take(key) {
            reader.texts(node, key);
        }
    }
    fields.finish(reader, "`surface_profile`");
    reader.note(node.place, "`surface_profile` has no effect here: it is for PocketPaw's rooms");
}

/// Whether a name can stand in a placeholder.
pub(super) fn is_word(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
