//! How calls are authenticated: what the file says, and what has to be inferred where it says what can't work.

use reqwest::header::{HeaderName, HeaderValue};

use super::file::{AuthPart, Method};
use super::values::{Values, is_part, is_plain, says_secret};
use crate::http::Credentials;
use crate::manifest::{ApiKeyPlace, Auth};
use crate::similar::{listed, nearest};
use crate::yaml::reader::Reader;
use crate::{Error, Result};

/// What goes with every call, by the names of credentials.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plan {
    None,
    /// The first of them that is set.
    Bearer(Vec<String>),
    /// A value in each header, as it stands.
    Headers(Vec<(String, String)>),
    /// A user, what is put behind it, and a password.
    Basic {
        user: String,
        suffix: &'static str,
        password: String,
    },
    /// The key is the user of Basic, and the password is anything.
    KeyAsUser {
        key: String,
        password: &'static str,
    },
    /// There is no way to log in yet.
    OAuth,
}

/// A service that wants something else than the words `api_key` and `bearer` send.
struct Known {
    /// A word of the host as the file writes it.
    word: &'static str,
    how: How,
    why: &'static str,
}

enum How {
    /// Each credential whose name has the word goes into the header; an empty word is any secret.
    Headers(&'static [(&'static str, &'static str)]),
    KeyAsUser(&'static str),
}

const SHOPIFY: How = How::Headers(&[("", "X-Shopify-Access-Token")]);
const DATADOG: How = How::Headers(&[("API_KEY", "DD-API-KEY"), ("APP", "DD-APPLICATION-KEY")]);

const KNOWN: [Known; 5] = [
    Known { word: "shopify", how: SHOPIFY, why: "Shopify's Admin API takes no bearer tokens" },
    Known { word: "myshopify", how: SHOPIFY, why: "Shopify's Admin API takes no bearer tokens" },
    Known { word: "datadoghq", how: DATADOG, why: "Datadog takes two keys, each in a header of its own" },
    Known { word: "datadog", how: DATADOG, why: "Datadog takes two keys, each in a header of its own" },
    Known {
        word: "freshdesk",
        how: How::KeyAsUser("X"),
        why: "Freshdesk takes its key as the user of Basic",
    },
];

/// Where a credential stands in the URLs that are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    Nowhere,
    /// In the path or the query.
    BehindHost,
    InHost,
}

/// Says where the credential of a name stands.
pub(super) type Standing<'s> = &'s dyn Fn(&str) -> Stands;

/// Finds what to send. `words` are those of the hosts that are called.
pub(super) fn infer(auth: &AuthPart, words: &[String], standing: Standing<'_>, reader: &mut Reader) -> Plan {
    let secrets = secrets(auth, standing);
    match auth.method {
        Method::None => Plan::None,
        Method::OAuth => {
            reader.note(
                auth.place,
                "`oauth` can't be logged in to from a file, so no connection can be opened; use `bearer` and an \
                 access token if the service has them",
            );
            Plan::OAuth
        }
        Method::ApiKey => {
            known(auth, &secrets, words, reader).unwrap_or_else(|| api_key(auth, &secrets, reader))
        }
        Method::Bearer => {
            known(auth, &secrets, words, reader).unwrap_or_else(|| bearer(auth, &secrets, reader))
        }
        Method::Basic => basic(auth, words, standing, reader),
        Method::Header => header(auth, &secrets, reader),
        Method::Cookie => by_name(auth, "cookie", "Cookie".to_owned(), &secrets, reader),
    }
}

/// The credentials that may be sent where the file doesn't say which. What is named like a part of a path, and is one, is
/// sent only where there is nothing else.
fn secrets<'a>(auth: &'a AuthPart, standing: Standing<'_>) -> Vec<&'a str> {
    let pair = header_pair(auth);
    let mut secrets: Vec<&str> = names(auth)
        .filter(|name| !is_plain(name) && pair.as_ref().is_none_or(|(_, value)| value != name))
        .filter(|name| !is_of_host(name, standing))
        .collect();
    let is_open = |name: &&str| is_part(name) && standing(name) == Stands::BehindHost;
    if !secrets.iter().all(is_open) {
        secrets.retain(|name| !is_open(name));
    }
    secrets
}

/// Whether a credential says who is spoken to, so that it is no secret; one that says it is one is refused there.
fn is_of_host(name: &str, standing: Standing<'_>) -> bool {
    standing(name) == Stands::InHost && !says_secret(name)
}

fn names(auth: &AuthPart) -> impl Iterator<Item = &str> + Clone {
    auth.credentials.iter().map(|credential| credential.name.as_str())
}

fn nothing_to_send(auth: &AuthPart, what: &str, reader: &mut Reader) -> Plan {
    let message = format!("auth method `{what}` has no credential to send; declare one in `credentials`");
    reader.fault(auth.place, message);
    Plan::None
}

fn api_key(auth: &AuthPart, secrets: &[&str], reader: &mut Reader) -> Plan {
    let (Some(secret), Some(first)) = (secrets.first(), names(auth).next()) else {
        return nothing_to_send(auth, "api_key", reader);
    };
    if *secret != first {
        let message = format!(
            "`{secret}` is sent as the bearer token; PocketPaw would send `{first}`, which is no secret"
        );
        reader.note(auth.place, message);
    }
    Plan::Bearer(owned(secrets))
}

fn bearer(auth: &AuthPart, secrets: &[&str], reader: &mut Reader) -> Plan {
    let tokens: Vec<&str> = secrets.iter().copied().filter(|name| ends(name, &["TOKEN", "KEY"])).collect();
    match (tokens.is_empty(), secrets.first()) {
        (false, _) => Plan::Bearer(owned(&tokens)),
        (true, Some(secret)) => {
            let message = format!(
                "`{secret}` is sent as the bearer token, since no credential's name ends in `TOKEN` or `KEY`"
            );
            reader.note(auth.place, message);
            Plan::Bearer(vec![(*secret).to_owned()])
        }
        (true, None) => nothing_to_send(auth, "bearer", reader),
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
}

fn header(auth: &AuthPart, secrets: &[&str], reader: &mut Reader) -> Plan {
    let Some(header) = &auth.header else {
        reader.fault(auth.place, "auth method `header` doesn't say which; write `header: X-Api-Key`");
        return Plan::None;
    };
    match HeaderName::try_from(&header.value) {
        Ok(name) if !super::host::is_reserved(&name) => {
            by_name(auth, "header", header.value.clone(), secrets, reader)
        }
        _ => {
            reader.fault(header.place, "`header` must be the name of a header, like `X-Api-Key`");
            Plan::None
        }
    }
}

/// The credential that the file names, or else the first secret, in that header.
fn by_name(auth: &AuthPart, what: &str, header: String, secrets: &[&str], reader: &mut Reader) -> Plan {
    match &auth.credential {
        Some(name) if names(auth).any(|known| known == name.value) => {
            Plan::Headers(vec![(header, name.value.clone())])
        }
        Some(name) => {
            let message = match nearest(&name.value, names(auth)) {
                Some(near) => format!("there is no credential of that name; did you mean `{near}`?"),
                None => format!("there is no credential of that name; there is {}", listed(names(auth))),
            };
            reader.fault(name.place, message);
            Plan::None
        }
        None => {
            let Some(secret) = secrets.first() else { return nothing_to_send(auth, what, reader) };
            if secrets.len() > 1 {
                reader.note(auth.place, format!("`{secret}` is sent, the first secret that is declared"));
            }
            Plan::Headers(vec![(header, (*secret).to_owned())])
        }
    }
}

/// What the table of services says.
fn known(auth: &AuthPart, secrets: &[&str], words: &[String], reader: &mut Reader) -> Option<Plan> {
    let known = KNOWN.iter().find(|known| words.iter().any(|word| word == known.word))?;
    let plan = match known.how {
        How::Headers(headers) => {
            let found = headers.iter().filter_map(|(word, header)| {
                let is_it = |name: &&&str| name.to_ascii_uppercase().contains(word);
                let name = secrets.iter().find(is_it)?;
                Some(((*header).to_owned(), (*name).to_owned()))
            });
            let found: Vec<_> = found.collect();
            if found.is_empty() {
                return None;
            }
            let said: Vec<_> =
                found.iter().map(|(header, name)| format!("`{name}` in the header `{header}`")).collect();
            reader.note(auth.place, format!("{}, so this is sent: {}", known.why, said.join(", ")));
            Plan::Headers(found)
        }
        How::KeyAsUser(password) => {
            let key = secrets.first()?;
            reader.note(auth.place, format!("{}, so `{key}` is sent as that", known.why));
            Plan::KeyAsUser { key: (*key).to_owned(), password }
        }
    };
    Some(plan)
}

fn basic<'a>(auth: &'a AuthPart, words: &[String], standing: Standing<'_>, reader: &mut Reader) -> Plan {
    let names: Vec<&str> = names(auth).collect();
    let mut others = names.clone();
    others.retain(|name| !is_of_host(name, standing));
    let find = |names: &[&'a str], endings: &[&str]| {
        // The surest ending first, whichever credential comes first.
        endings.iter().find_map(|ending| names.iter().copied().find(|name| ends(name, &[*ending])))
    };
    // What PocketPaw sends goes before whatever ends so.
    let exact = |name: &'static str| names.contains(&name).then_some(name);
    let user = exact("username").or_else(|| find(&names, &["USERNAME", "EMAIL", "USER", "LOGIN"]));
    let password = exact("password").or_else(|| find(&others, &["PASSWORD", "TOKEN", "KEY", "SECRET"]));
    // Whatever the two are called: what is left when settings are left out.
    let pair = header_pair(auth);
    others.retain(|name| {
        let is_found = Some(*name) == user || Some(*name) == password;
        let is_paired = pair.as_ref().is_some_and(|(header, value)| header == name || value == name);
        !is_found && !is_paired
    });
    if others.len() + usize::from(user.is_some()) + usize::from(password.is_some()) > 2 {
        // The user may stand in a path as well: beside a password that is known, either could be the one.
        let is_user_elsewhere = user.is_some() || password.is_none();
        others.retain(|name| !is_plain(name) && (standing(name) == Stands::Nowhere || !is_user_elsewhere));
    }
    let (user, password) = match (user, password, others.as_slice()) {
        (Some(user), Some(password), _) => (user, password),
        (Some(user), None, [password]) => (user, *password),
        (None, Some(password), [user]) => (*user, password),
        (None, None, [user, password]) => (*user, *password),
        _ => {
            reader.fault(
                auth.place,
                "auth method `basic` needs a user and a password; name two credentials like `EMAIL` and `API_TOKEN`",
            );
            return Plan::None;
        }
    };
    if (user, password) != ("username", "password") {
        let less = match (user, password) {
            ("username", _) => "no password, since there is none called `password`",
            (_, "password") => "no user, since there is none called `username`",
            _ => "neither, since they are not called `username` and `password`",
        };
        let message = format!(
            "`{user}` is sent as the user and `{password}` as the password; PocketPaw would send {less}"
        );
        reader.note(auth.place, message);
    }
    let mut suffix = "";
    if words.iter().any(|word| word == "zendesk") && ends(password, &["TOKEN"]) {
        suffix = "/token";
        reader
            .note(auth.place, format!("`/token` is put behind `{user}`, as Zendesk wants with an API token"));
    }
    Plan::Basic { user: user.to_owned(), suffix, password: password.to_owned() }
}

/// A header whose name is a setting and whose value a credential: `CUSTOM_HEADER_NAME`, `CUSTOM_HEADER_VALUE`.
pub(super) fn header_pair(auth: &AuthPart) -> Option<(String, String)> {
    auth.credentials.iter().find_map(|credential| {
        let value = format!("{}HEADER_VALUE", credential.name.strip_suffix("HEADER_NAME")?);
        let is_there = auth.credentials.iter().any(|other| other.name == value);
        is_there.then(|| (credential.name.clone(), value))
    })
}

fn ends(name: &str, endings: &[&str]) -> bool {
    let last = name.rsplit('_').next().unwrap_or_default().to_ascii_uppercase();
    endings.iter().any(|ending| last.ends_with(ending))
}

impl Plan {
    /// Whether a credential of that name is sent.
    pub(super) fn sends(&self, name: &str) -> bool {
        match self {
            Self::None | Self::OAuth => false,
            Self::Bearer(names) => names.iter().any(|one| one == name),
            Self::Headers(headers) => headers.iter().any(|(_, one)| one == name),
            Self::Basic { user, password, .. } => user == name || password == name,
            Self::KeyAsUser { key, .. } => key == name,
        }
    }

    /// What a manifest says of it.
    pub(super) fn to_manifest(&self) -> Auth {
        match self {
            Self::None | Self::OAuth => Auth::None,
            Self::Bearer(names) => match names.first() {
                Some(token) => Auth::Bearer { token: token.clone() },
                None => Auth::None,
            },
            Self::Headers(headers) => match headers.first() {
                Some((header, key)) => {
                    Auth::ApiKey { key: key.clone(), place: ApiKeyPlace::Header(header.clone()) }
                }
                None => Auth::None,
            },
            Self::Basic { user, password, .. } => {
                Auth::Basic { user: user.clone(), password: password.clone() }
            }
            Self::KeyAsUser { key, .. } => Auth::Basic { user: key.clone(), password: key.clone() },
        }
    }

    /// What is sent. What isn't set and needn't be isn't sent.
    ///
    /// # Errors
    ///
    /// `setup`, naming what can't be sent and not showing it.
    pub(super) fn credentials(
        &self,
        values: &Values,
        pair: Option<&(String, String)>,
    ) -> Result<Credentials> {
        let mut all = Vec::new();
        match self {
            Self::None => {}
            Self::OAuth => {
                return Err(Error::setup(
                    "the connector logs in with `oauth`, for which a file can't say enough; use one with `bearer` and \
                     an access token",
                ));
            }
            Self::Bearer(names) => {
                if let Some(name) = names.iter().find(|name| values.get(name).is_some()) {
                    sendable(name, values)?;
                    all.extend(values.secret(name).map(Credentials::Bearer));
                }
            }
            Self::Headers(headers) => {
                for (header, name) in headers {
                    sendable(name, values)?;
                    all.extend(
                        values.secret(name).map(|value| Credentials::Header { name: header.clone(), value }),
                    );
                }
            }
            Self::Basic { user, suffix, password } => match (values.get(user), values.secret(password)) {
                (Some(name), Some(password)) => {
                    if name.contains(':') || name.contains(char::is_control) {
                        return Err(Error::setup(format!(
                            "`{user}` has a colon or a line break in it, which can't be sent as a user"
                        )));
                    }
                    let suffix = if name.ends_with(suffix) { "" } else { suffix };
                    all.push(Credentials::Basic { user: format!("{name}{suffix}"), password });
                }
                (None, None) => {}
                (None, Some(_)) => return Err(half(password, user)),
                (Some(_), None) => return Err(half(user, password)),
            },
            Self::KeyAsUser { key, password } => {
                if let Some(user) = values.secret(key) {
                    if user.expose().contains(':') || user.expose().contains(char::is_control) {
                        return Err(Error::setup(format!(
                            "credential `{key}` has a colon or a line break in it, which can't be sent as a user"
                        )));
                    }
                    all.push(Credentials::KeyAsUser { key: user, password: (*password).to_owned() });
                }
            }
        }
        if let Some((name, value)) = pair {
            match (values.get(name), values.secret(value)) {
                (Some(header), Some(secret)) => {
                    sendable(value, values)?;
                    let parsed = HeaderName::try_from(header);
                    if !parsed.is_ok_and(|header| !super::host::is_reserved(&header)) {
                        return Err(Error::setup(format!(
                            "setting `{name}` must be the name of a header, like `X-Api-Key`"
                        )));
                    }
                    all.push(Credentials::Header { name: header.to_owned(), value: secret });
                }
                (None, None) => {}
                (Some(_), None) => return Err(half(name, value)),
                (None, Some(_)) => return Err(half(value, name)),
            }
        }
        Ok(Credentials::All(all))
    }
}

fn half(set: &str, missing: &str) -> Error {
    Error::setup(format!("`{set}` is set and `{missing}` is not; set both or none"))
}

fn sendable(name: &str, values: &Values) -> Result<()> {
    if values.get(name).is_none_or(|value| HeaderValue::from_str(value).is_ok()) {
        return Ok(());
    }
    Err(Error::setup(format!(
        "credential `{name}` has a character in it that no header can hold, such as a line break; set it anew"
    )))
}
