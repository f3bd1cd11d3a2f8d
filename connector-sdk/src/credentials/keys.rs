//! Where the key of a store is: given, in the file beside the store, or in the keyring of the operating system.
//!
//! The store itself says which key it was encrypted with, by the key's id. So a key is looked for by its id wherever it
//! may be, a second one in another place does no harm, and no new key is ever made for a store that is there.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::keyring::{Found, Keyring};
use super::{Key, disk};
use crate::{Error, Result, Secret};

/// The variable that holds a key.
pub(super) const VARIABLE: &str = "CONNECTOR_KEY";

/// Finds, makes and replaces the key of a store. Whoever changes anything holds the store's lock.
#[derive(Clone)]
pub(super) struct Keys {
    /// The file beside the store.
    path: PathBuf,
    given: Option<Given>,
    keyring: Found,
    /// What the keyring gave last: asking takes longer than opening the store.
    known: Arc<Mutex<Option<Key>>>,
}

/// A key that is the caller's to keep.
#[derive(Clone)]
enum Given {
    Key(Key),
    /// The text of the variable, which is read when a key is needed.
    Variable(Secret),
}

impl Keys {
    pub(super) fn beside(path: PathBuf, keyring: Found) -> Self {
        Self { path, given: None, keyring, known: Arc::default() }
    }

    #[cfg(feature = "keyring")]
    pub(super) fn set_keyring(&mut self, keyring: Found) {
        self.keyring = keyring;
    }

    pub(super) fn give(&mut self, key: Key) {
        self.given = Some(Given::Key(key));
    }

    pub(super) fn give_variable(&mut self, text: Secret) {
        self.given = Some(Given::Variable(text));
    }

    /// Whether the keyring may have to be asked.
    pub(super) fn may_ask(&self) -> bool {
        self.given.is_none() && self.keyring.is_ok()
    }

    /// The keys at hand for a store that is encrypted with the key of that id. `refused` makes an error of words that
    /// come after the store's name.
    pub(super) fn of(&self, id: &str, refused: &dyn Fn(String) -> Error) -> Result<Vec<Key>> {
        if let Some(given) = &self.given {
            return given.key().map(|key| vec![key]);
        }
        let path = self.path.display();
        let beside = self.read()?;
        let Ok(keyring) = &self.keyring else {
            return beside.ok_or_else(|| {
                let why = self.keyring.as_ref().err().copied().unwrap_or_default();
                refused(format!(
                    "has no key: `{path}` is not there; put it back, or set {VARIABLE} (the keyring isn't asked, since \
                     {why})"
                ))
            });
        };
        if let Some(keys) = &beside
            && has(keys, id)
        {
            return Ok(keys.clone());
        }
        let file = if beside.is_some() { "holds another one" } else { "is not there" };
        match (self.look_up(&**keyring, id), beside) {
            (Ok(Some(key)), _) => Ok(vec![key]),
            (Ok(None), Some(keys)) => Ok(keys),
            (Ok(None), None) => Err(refused(format!(
                "has no key: `{path}` {file}, and the keyring has no key `{id}`; put one of them back, or set {VARIABLE}"
            ))),
            (Err(error), _) => Err(refused(format!(
                "needs the key `{id}`: `{path}` {file}, and the keyring doesn't give it: {}, or set {VARIABLE}",
                error.message()
            ))),
        }
    }

    /// The key to encrypt with, made where there is neither store nor key. `opened` is the key that opened the store.
    pub(super) fn writing(&self, opened: Option<&Key>) -> Result<Key> {
        if let Some(given) = &self.given {
            return given.key();
        }
        let beside = self.read()?.unwrap_or_default();
        if let Some(key) = opened
            && !has(&beside, key.id())
        {
            return Ok(key.clone());
        }
        // The first one of the file is the newest: a rotation that a crash cut off ends with the next write.
        match beside.into_iter().next() {
            Some(key) => Ok(key),
            None => self.make(),
        }
    }

    /// Encrypts by `write` with another key, and has that one in the place of the one before.
    pub(super) fn rotate(
        &mut self,
        opened: Option<&Key>,
        key: Key,
        write: impl FnOnce(&Key) -> Result<()>,
    ) -> Result<()> {
        if self.given.is_some() {
            write(&key)?;
            self.give(key);
            return Ok(());
        }
        let mut beside = self.read()?.unwrap_or_default();
        let is_beside = match (opened, &self.keyring) {
            (Some(opened), _) => has(&beside, opened.id()),
            (None, Ok(keyring)) if beside.is_empty() => self.keep(&**keyring, &key).is_err(),
            (None, _) => true,
        };
        if !is_beside {
            return self.rotate_in_keyring(opened, &key, write);
        }
        beside.insert(0, key.clone());
        disk::replace(&self.path, file(&beside).expose().as_bytes())?;
        write(&key)?;
        beside.truncate(1);
        disk::replace(&self.path, file(&beside).expose().as_bytes())
    }

    /// The same, with the new key in the keyring wherever the old one was; a file of keys is gone then.
    #[cfg(feature = "keyring")]
    pub(super) fn rotate_into_keyring(
        &mut self,
        opened: Option<&Key>,
        key: &Key,
        write: impl FnOnce(&Key) -> Result<()>,
    ) -> Result<()> {
        let is_given = self.given.is_some();
        let beside = if is_given { Vec::new() } else { self.read()?.unwrap_or_default() };
        let replaced = opened.filter(|opened| !is_given && !has(&beside, opened.id()));
        self.rotate_in_keyring(replaced, key, write)?;
        self.given = None;
        // After the store: until now the old key was needed. A file that a given key made useless was so before.
        if is_given { Ok(()) } else { disk::remove(&self.path) }
    }

    /// A crash at any moment leaves both keys, and a store that one of them opens. For the same reason the new key
    /// stays where the store can't be written: it may have been.
    fn rotate_in_keyring(
        &self,
        opened: Option<&Key>,
        key: &Key,
        write: impl FnOnce(&Key) -> Result<()>,
    ) -> Result<()> {
        let keyring = self.keyring.as_ref().map_err(|why| {
            Error::setup(format!("the keyring isn't asked, since {why}; open the store with it"))
        })?;
        self.keep(&**keyring, key)?;
        write(key)?;
        match opened {
            // One that stays opens older copies of the store and nothing else, which is no reason to fail.
            Some(opened) if opened.id() != key.id() => keyring.remove(opened.id()).or(Ok(())),
            _ => Ok(()),
        }
    }

    /// The keys in the file beside the store, the one to encrypt with first.
    fn read(&self) -> Result<Option<Vec<Key>>> {
        let Some(bytes) = disk::read(&self.path)? else { return Ok(None) };
        let text = Secret::new(String::from_utf8_lossy(&bytes));
        let keys = text.expose().lines().map(Key::from_text).collect::<Result<Vec<Key>>>();
        match keys {
            Ok(keys) if !keys.is_empty() => Ok(Some(keys)),
            _ => Err(Error::setup(format!(
                "the key file `{}` is damaged: it was cut or changed; put a backup in its place",
                self.path.display()
            ))),
        }
    }

    /// A new key, in the keyring where one keeps it, else in the file.
    fn make(&self) -> Result<Key> {
        // There is no store yet: reading one without its key has failed.
        let key = Key::random()?;
        let kept = self.keyring.as_ref().is_ok_and(|keyring| self.keep(&**keyring, &key).is_ok());
        if !kept {
            disk::create(&self.path, file(std::slice::from_ref(&key)).expose().as_bytes())?;
        }
        Ok(key)
    }

    /// Has the keyring keep a key, and sees that it does, before anything depends on it.
    fn keep(&self, keyring: &dyn Keyring, key: &Key) -> Result<()> {
        keyring.put(key.id(), &key.to_text())?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
        match self.look_up(keyring, key.id())? {
            Some(_) => Ok(()),
            None => Err(Error::setup("the keyring doesn't keep what it is given; use another one")),
        }
    }

    fn look_up(&self, keyring: &dyn Keyring, id: &str) -> Result<Option<Key>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = known.as_ref()
            && key.id() == id
        {
            return Ok(Some(key.clone()));
        }
        let Some(text) = keyring.get(id)? else { return Ok(None) };
        // Another key under this name would not open the store, and would be used for the next one.
        match Key::from_text(text.expose()).ok().filter(|key| key.id() == id) {
            Some(key) => Ok(known.insert(key).clone().into()),
            None => Err(Error::setup(format!(
                "the keyring has something else in the place of the key `{id}`; put the key back there"
            ))),
        }
    }
}

impl Given {
    fn key(&self) -> Result<Key> {
        match self {
            Self::Key(key) => Ok(key.clone()),
            Self::Variable(text) => Key::from_text(text.expose()).map_err(|error| error.context(VARIABLE)),
        }
    }
}

fn has(keys: &[Key], id: &str) -> bool {
    keys.iter().any(|key| key.id() == id)
}

/// The file of keys: one a line.
fn file(keys: &[Key]) -> Secret {
    let mut text = String::with_capacity(64 * keys.len());
    for key in keys {
        text.push_str(key.to_text().expose());
        text.push('\n');
    }
    Secret::new(text)
}
