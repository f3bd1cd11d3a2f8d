//! What is set of a connection, and what each of it comes from.

use serde_json::Value;

#[cfg(feature = "credentials")]
use crate::manifest::{Auth, Grant, OAuth2};
use crate::manifest::{Credential, Manifest, Setting};
use crate::platform::argentos::{Source, State};
use crate::{Error, Result, Secret, Settings, json_from_text};

/// What was set, and by what.
pub(super) struct Configuration<'m> {
    pub(super) manifest: &'m Manifest,
    settings: Settings,
    values: Vec<(&'m str, Value, Source)>,
    credentials: Vec<(&'m str, Source)>,
    /// Why nobody knows what is stored.
    unread: Option<Error>,
}

impl<'m> Configuration<'m> {
    /// Nothing is set.
    pub(super) fn new(manifest: &'m Manifest) -> Self {
        Self {
            manifest,
            settings: Settings::new(),
            values: Vec::new(),
            credentials: Vec::new(),
            unread: None,
        }
    }

    /// What a connection is opened with.
    ///
    /// # Errors
    ///
    /// When something may be stored and can't be read: what is missing then is not known to be missing.
    pub(super) fn settings(&self) -> Result<&Settings> {
        match &self.unread {
            Some(error) => Err(Error::new(error.kind(), error.message().to_owned())),
            None => Ok(&self.settings),
        }
    }

    /// What a platform is told of it.
    pub(super) fn state(&self) -> State<'m> {
        let state = self.values.iter().fold(State::new(), |state, (name, value, source)| {
            state.setting(name, self.typed(name, value), *source)
        });
        self.credentials.iter().fold(state, |state, (name, source)| state.credential(name, *source))
    }

    /// A text as the value that it stands for, where it stands for one.
    fn typed(&self, name: &str, value: &Value) -> Value {
        let schema = self.manifest.setting(name).map(|setting| &setting.schema);
        match (value, schema) {
            (Value::String(text), Some(schema)) => {
                json_from_text(schema, schema, text).unwrap_or_else(|_| value.clone())
            }
            _ => value.clone(),
        }
    }

    /// Sets a setting that isn't set yet.
    pub(super) fn set(&mut self, setting: &'m Setting, value: Value, source: Source) {
        let settings = std::mem::take(&mut self.settings);
        self.settings = match (&value, source) {
            (Value::String(text), Source::Flag | Source::Env) => settings.text(&setting.name, text),
            _ => settings.value(&setting.name, value.clone()),
        };
        self.values.push((&setting.name, value, source));
    }

    /// Sets a credential that isn't set yet.
    pub(super) fn entrust(&mut self, credential: &'m Credential, secret: Secret, source: Source) {
        self.settings = std::mem::take(&mut self.settings).secret(&credential.name, secret);
        self.credentials.push((&credential.name, source));
    }
}

/// For the store of connections.
#[cfg(feature = "credentials")]
impl<'m> Configuration<'m> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.settings.contains(name)
    }

    /// Whether nothing is left that the store could say.
    pub(super) fn is_complete(&self) -> bool {
        !self.wants_tokens()
            && self.manifest.settings.iter().all(|setting| self.has(&setting.name))
            && self.manifest.credentials.iter().all(|credential| self.has(&credential.name))
    }

    /// Whether the connection needs tokens that somebody agrees to, and has none.
    pub(super) fn wants_tokens(&self) -> bool {
        match self.manifest.auth.way(|name| self.has(name)) {
            Auth::OAuth2(oauth2) => oauth2.grant == Grant::User && !self.has(OAuth2::TOKENS),
            _ => false,
        }
    }

    /// Whether what a connection may renew is what is stored, and not given on top.
    #[cfg(feature = "oauth")]
    pub(super) fn has_stored_tokens(&self) -> bool {
        let name = super::agree::kept_as(self.manifest, &self.settings);
        name == OAuth2::TOKENS || self.settings.bound.holds(name)
    }

    /// Where the connection puts the tokens that it renews.
    #[cfg(feature = "oauth")]
    pub(super) fn keep_with(&mut self, keeper: std::sync::Arc<dyn crate::Keeper>) {
        self.settings = std::mem::take(&mut self.settings).kept_by(keeper);
    }

    /// Adds what is stored and not set otherwise. What the connector doesn't have any more is left out.
    pub(super) fn add_stored(&mut self, stored: &Settings) {
        let manifest = self.manifest;
        let given: Vec<String> = self.settings.secrets.keys().cloned().collect();
        for setting in &manifest.settings {
            if self.has(&setting.name) {
                continue;
            }
            if let Some(value) = stored.values.get(&setting.name) {
                self.set(setting, value.clone(), Source::Stored);
            } else if let Some(text) = stored.texts.get(&setting.name) {
                let text = Value::String(text.clone());
                let value = self.typed(&setting.name, &text);
                self.set(setting, value, Source::Stored);
            }
        }
        if let (Some(tokens), true) = (stored.secrets.get(OAuth2::TOKENS), manifest.auth.oauth2().is_some()) {
            self.settings = std::mem::take(&mut self.settings).secret(OAuth2::TOKENS, tokens.clone());
        }
        for credential in &manifest.credentials {
            match stored.secrets.get(&credential.name) {
                Some(secret) if !self.has(&credential.name) => {
                    self.entrust(credential, secret.clone(), Source::Stored);
                }
                _ => {}
            }
        }
        let is_taken = |name: &str| self.has(name) && !given.iter().any(|known| known == name);
        self.settings.bound = stored.bound.of(is_taken);
    }

    /// The store can't be read. Whoever opens a connection learns of it.
    pub(super) fn unread(&mut self, error: Error) {
        self.unread = Some(error);
    }

    /// What is set, each text as the value that it stands for: the same whatever it came from.
    pub(super) fn to_store(&self) -> Settings {
        let values = self.values.iter().fold(Settings::new(), |settings, (name, value, _)| {
            settings.value(*name, self.typed(name, value))
        });
        let secrets = self.settings.secrets.iter();
        let settings = secrets.fold(values, |settings, (name, secret)| settings.secret(name, secret.clone()));
        Settings { bound: self.settings.bound.clone(), ..settings }
    }

    /// Where a setting or credential comes from.
    pub(super) fn source(&self, name: &str) -> Option<Source> {
        let settings = self.values.iter().map(|(known, _, source)| (*known, *source));
        settings
            .chain(self.credentials.iter().copied())
            .find(|(known, _)| *known == name)
            .map(|(_, source)| source)
    }
}
