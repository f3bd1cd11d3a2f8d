//! From settings to the fields of a connector.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::afterwards::Afterwards;
use super::arguments::is_required;
use super::build::Table;
use super::whole;
use super::words;
use crate::manifest::{ClientId, Manifest, OAuth2};
use crate::similar::{listed, nearest};
use crate::{Error, Result, Secret, Settings, json_from_text};

/// A connection in the making: it hands out fields and keeps what was wrong with them, so that a user
/// learns of everything at once.
pub struct Opening<'s> {
    manifest: &'s Manifest,
    afterwards: &'s [Afterwards],
    settings: &'s Settings,
    missing: Vec<String>,
    problems: Vec<String>,
    #[cfg(feature = "http")]
    pub(super) limiter: std::cell::OnceCell<std::sync::Arc<crate::http::Limiter>>,
    #[cfg(feature = "oauth")]
    pub(super) renew: Option<crate::oauth::Renew>,
    #[cfg(feature = "oauth")]
    pub(super) session: std::cell::OnceCell<crate::oauth::Session>,
}

impl<'s> Opening<'s> {
    pub(crate) fn new(manifest: &'s Manifest, settings: &'s Settings) -> Self {
        let (missing, problems) = (Vec::new(), Vec::new());
        let mut opening = Self {
            manifest,
            afterwards: &[],
            settings,
            missing,
            problems,
            #[cfg(feature = "http")]
            limiter: std::cell::OnceCell::new(),
            #[cfg(feature = "oauth")]
            renew: None,
            #[cfg(feature = "oauth")]
            session: std::cell::OnceCell::new(),
        };
        opening.refuse_unknown();
        opening
    }

    /// As [`new`](Self::new), with what is checked once a setting is read.
    pub(super) fn of(table: &'s Table, settings: &'s Settings) -> Self {
        Self {
            afterwards: &table.settings,
            #[cfg(feature = "oauth")]
            renew: table.renew,
            ..Self::new(&table.manifest, settings)
        }
    }

    fn refuse_unknown(&mut self) {
        let given = self.settings.values.keys().chain(self.settings.texts.keys()).map(String::as_str);
        let settings = self.manifest.settings.iter().map(|setting| setting.name.as_str());
        let secrets = self.manifest.credentials.iter().map(|credential| credential.name.as_str());
        for name in given.filter(|name| self.manifest.setting(name).is_none()) {
            self.problems.push(unknown("setting", name, settings.clone()));
        }
        // Tokens are kept among the credentials, and are none that anybody sets.
        let are_tokens = |name: &str| name == OAuth2::TOKENS && self.manifest.auth.oauth2().is_some();
        let given = self.settings.secrets.keys();
        for name in given.filter(|name| self.manifest.credential(name).is_none() && !are_tokens(name)) {
            self.problems.push(unknown("credential", name, secrets.clone()));
        }
    }

    /// A setting's value: what is set, or its default, or what its type is when nothing is given.
    pub(crate) fn setting<T: DeserializeOwned>(
        &mut self,
        name: &str,
        default: Option<fn() -> T>,
        check: impl FnOnce(&T) -> Result<()>,
    ) -> Option<T> {
        let value = match self.given(name) {
            Ok(Some(value)) => self.read(name, value),
            Ok(None) => match default {
                Some(default) => Ok(default()),
                None if is_required::<T>() => {
                    self.miss(name);
                    return None;
                }
                None => T::deserialize(&Value::Null).map_err(|error| Error::usage(error.to_string())),
            },
            Err(error) => Err(error),
        };
        match value.and_then(|value| check(&value).map(|()| value)) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problems.push(format!("setting `{name}`: {error}"));
                None
            }
        }
    }

    /// Typed first: its errors say more.
    fn read<T: DeserializeOwned>(&self, name: &str, value: Value) -> Result<T> {
        let settings = self.manifest.settings.iter().zip(self.afterwards);
        let mut needed = settings.filter(|(_, afterwards)| afterwards.is_needed());
        let read = T::deserialize(&value).or_else(|error| {
            // Once more, with whole numbers written as integers.
            let plain = whole::plainly(value.to_string().as_bytes());
            let read = plain.and_then(|(plain, _)| serde_json::from_slice(&plain).ok());
            read.ok_or_else(|| Error::usage(words::plain(&error.to_string())))
        })?;
        match needed.find(|(setting, _)| setting.name == name) {
            Some((setting, afterwards)) => afterwards.check(&setting.schema, &value).map(|()| read),
            None => Ok(read),
        }
    }

    fn given(&self, name: &str) -> Result<Option<Value>> {
        if let Some(value) = self.settings.values.get(name) {
            return Ok(Some(value.clone()));
        }
        let Some(text) = self.settings.texts.get(name) else { return Ok(None) };
        let any = Value::Bool(true);
        let schema = self.manifest.setting(name).map_or(&any, |setting| &setting.schema);
        json_from_text(schema, schema, text).map(Some)
    }

    /// A setting's value: what is set, or its default.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        let given = self.given(name).ok().flatten();
        given.or_else(|| self.manifest.setting(name)?.default_value().cloned())
    }

    #[cfg(feature = "http")]
    pub(super) fn manifest(&self) -> &Manifest {
        self.manifest
    }

    #[cfg(feature = "oauth")]
    pub(crate) fn settings(&self) -> &Settings {
        self.settings
    }

    /// What is set as a credential; an empty one is none.
    pub(super) fn credential(&self, name: &str) -> Option<&Secret> {
        self.settings.secrets.get(name).filter(|secret| !secret.expose().is_empty())
    }

    /// A credential.
    pub(crate) fn secret<T: SecretField>(&mut self, name: &str) -> Option<T> {
        let value = T::from_secret(self.credential(name).cloned());
        if value.is_none() {
            self.miss(name);
        }
        value
    }

    /// Something that a connection can't be opened without was not given.
    pub(crate) fn miss(&mut self, name: &str) {
        self.missing.push(name.to_owned());
    }

    /// The client's id and secret may be held by no field, and be required all the same.
    fn miss_what_no_field_holds(&mut self) {
        let Some(oauth2) = self.manifest.auth.oauth2() else { return };
        if let ClientId::Setting(name) = &oauth2.client_id
            && self.manifest.setting(name).is_some_and(|setting| setting.required)
            && !self.missing.contains(name)
            && self.value(name).is_none()
        {
            self.miss(name);
        }
        if let Some(name) = &oauth2.client_secret
            && self.manifest.credential(name).is_some_and(|credential| credential.required)
            && !self.missing.contains(name)
            && self.credential(name).is_none()
        {
            self.miss(name);
        }
    }

    /// Whether everything was as it should be.
    pub fn finish(&mut self) -> Result<()> {
        self.miss_what_no_field_holds();
        let env = |name: &String| {
            let setting = self.manifest.setting(name).map(|setting| &setting.env);
            setting.or_else(|| self.manifest.credential(name).map(|credential| &credential.env)).cloned()
        };
        let mut problems: Vec<String> = self
            .missing
            .iter()
            .map(|name| match (self.manifest.setting(name), env(name)) {
                (Some(_), Some(env)) => {
                    format!("setting `{name}` is missing; set it, or the environment variable {env}")
                }
                (None, Some(env)) => {
                    format!("credential `{name}` is missing; set the environment variable {env}")
                }
                _ => format!("`{name}` is missing"),
            })
            .collect();
        let missing_keys: Vec<String> = self.missing.iter().filter_map(env).collect();
        problems.append(&mut self.problems);
        if problems.is_empty() {
            return Ok(());
        }
        let mut error = Error::setup(problems.join("; "));
        if !missing_keys.is_empty() {
            error = error.with_detail("missing_keys", missing_keys);
        }
        Err(error)
    }
}

impl Opening<'_> {
    /// A field is missing although [`finish`](Self::finish) found nothing wrong.
    #[cold]
    pub fn unread(&self) -> Error {
        Error::internal(format!("a field of `{}` was not read", self.manifest.id))
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(near) => format!("there is no {what} `{name}`; did you mean `{near}`?"),
        None => format!("there is no {what} `{name}`; there is {}", listed(known)),
    }
}

/// What a `#[secret]` field may be.
#[diagnostic::on_unimplemented(
    message = "a `#[secret]` field can't be `{Self}`",
    label = "this is no credential",
    note = "use `Secret`, or `Option<Secret>` where the connector works without it"
)]
pub trait SecretField: Sized {
    /// Whether a connection can't be opened without it.
    const REQUIRED: bool;
    /// The field's value, or none where it is required and missing.
    fn from_secret(secret: Option<Secret>) -> Option<Self>;

    /// Reads the field.
    fn read(opening: &mut Opening<'_>, name: &'static str) -> Option<Self> {
        opening.secret(name)
    }
}

impl SecretField for Secret {
    const REQUIRED: bool = true;

    fn from_secret(secret: Option<Secret>) -> Option<Self> {
        secret
    }
}

impl SecretField for Option<Secret> {
    const REQUIRED: bool = false;

    fn from_secret(secret: Option<Secret>) -> Option<Self> {
        Some(secret)
    }
}
