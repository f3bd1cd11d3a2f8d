//! What is inside the store. Here, and only here, credentials become text.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Address, Change, Saved};
use crate::bound::Bound;
use crate::{Error, Result, Secret, Settings};

/// All connections of a store.
#[derive(Default)]
pub(super) struct Contents(BTreeMap<Address, Entry>);

/// The JSON object that is encrypted. What a later version adds must not be dropped by this one, so
/// nothing unknown is accepted.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    connections: Vec<Entry>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    workspace: String,
    connector: String,
    connection: String,
    /// Seconds since 1970.
    saved_at: u64,
    settings: Map<String, Value>,
    /// Settings that came as text, and that the connector reads by its schema.
    texts: BTreeMap<String, String>,
    secrets: BTreeMap<String, Shown>,
    /// Where the credentials may go, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origins: Option<Vec<String>>,
}

/// A credential on its way into or out of the encrypted file.
#[derive(Clone)]
struct Shown(Secret);

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

impl Entry {
    fn new(address: &Address, settings: &Settings) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            workspace: address.workspace().to_owned(),
            connector: address.connector().to_owned(),
            connection: address.connection().to_owned(),
            saved_at: since.as_secs(),
            settings: settings.values.clone(),
            texts: settings.texts().map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
            secrets: settings
                .secrets
                .iter()
                .map(|(name, secret)| (name.clone(), Shown(secret.clone())))
                .collect(),
            origins: settings.origins().map(<[String]>::to_vec),
        }
    }

    fn holds(&self, settings: &Settings) -> bool {
        let secrets = self.secrets.iter().map(|(name, Shown(secret))| (name.as_str(), secret.expose()));
        self.settings == settings.values
            && self.origins.as_deref() == settings.origins()
            && self.texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).eq(settings.texts())
            && secrets.eq(settings.secrets().map(|(name, secret)| (name, secret.expose())))
    }

    fn saved_at(&self) -> SystemTime {
        UNIX_EPOCH.checked_add(Duration::from_secs(self.saved_at)).unwrap_or(UNIX_EPOCH)
    }
}

impl Contents {
    /// Reads what was decrypted; none where it is of another shape.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let document: Document = serde_json::from_slice(json).ok()?;
        let mut contents = Self::default();
        for entry in document.connections {
            let address = Address::new(&*entry.workspace, &*entry.connector, &*entry.connection).ok()?;
            contents.0.insert(address, entry);
        }
        Some(contents)
    }

    /// What is to be encrypted.
    pub(super) fn write(&self) -> Result<Zeroizing<Vec<u8>>> {
        let document = Document { connections: self.0.values().cloned().collect() };
        serde_json::to_vec(&document)
            .map(Zeroizing::new)
            .map_err(|_| Error::internal("the credential store can't be written as JSON"))
    }

    pub(super) fn get(&self, address: &Address) -> Option<Saved> {
        let entry = self.0.get(address)?;
        let settings = Settings {
            values: entry.settings.clone(),
            texts: entry.texts.clone().into_iter().collect(),
            secrets: entry
                .secrets
                .iter()
                .map(|(name, Shown(secret))| (name.clone(), secret.clone()))
                .collect(),
            ..Settings::new()
        };
        let bound = Bound::new(entry.origins.clone(), entry.secrets.keys().cloned());
        let settings = Settings { bound, ..settings };
        Some(Saved::new(settings, entry.saved_at()))
    }

    pub(super) fn put(&mut self, address: &Address, settings: &Settings) -> Change {
        let change = match self.0.get(address) {
            Some(entry) if entry.holds(settings) => return Change::Unchanged,
            Some(_) => Change::Replaced,
            None => Change::Added,
        };
        self.0.insert(address.clone(), Entry::new(address, settings));
        change
    }

    /// Stores one credential of a connection. Says whether the connection is there, and whether that changed it.
    pub(super) fn entrust(&mut self, address: &Address, name: &str, secret: &Secret) -> (bool, bool) {
        let Some(entry) = self.0.get_mut(address) else { return (false, false) };
        let before = entry.secrets.insert(name.to_owned(), Shown(secret.clone()));
        (true, before.is_none_or(|Shown(before)| before.expose() != secret.expose()))
    }

    pub(super) fn remove(&mut self, address: &Address) -> bool {
        self.0.remove(address).is_some()
    }

    pub(super) fn list(&self) -> Vec<(Address, SystemTime)> {
        self.0.iter().map(|(address, entry)| (address.clone(), entry.saved_at())).collect()
    }
}
