//! The store in an encrypted file.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::contents::Contents;
use super::{Address, Change, Key, Saved, Store, disk, location, lock, seal};
use crate::{Error, Result, Secret, Settings};

/// What is locked, in an error.
const STORE: &str = "the credential store";
/// The variable that holds a key.
const KEY: &str = "CONNECTOR_KEY";

/// Connections in one encrypted file, see the [module](super).
#[derive(Clone)]
pub struct FileStore {
    folder: PathBuf,
    keys: Keys,
}

/// Where the key is.
#[derive(Clone)]
enum Keys {
    /// In the file beside the store.
    Beside,
    /// In an environment variable, which is read when it is needed.
    Variable(Secret),
    Given(Key),
}

impl FileStore {
    /// The store in a folder, with its key beside it. Nothing is made before something is saved.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), keys: Keys::Beside }
    }

    /// The same store with a key from elsewhere.
    #[must_use]
    pub fn with_key(mut self, key: Key) -> Self {
        self.keys = Keys::Given(key);
        self
    }

    /// The store of this user, by the environment.
    ///
    /// # Errors
    ///
    /// [`Setup`](crate::ErrorKind::Setup) when the environment doesn't say where it is.
    pub fn from_env() -> Result<Self> {
        Self::of_environment(&|name| std::env::var_os(name)).ok_or_else(nowhere)
    }

    /// The store by an environment; none where it doesn't say where.
    pub(crate) fn of_environment(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<Self> {
        let folder = location::folder(variable)?;
        let keys = match variable(KEY).filter(|key| !key.is_empty()) {
            // What is no text is no key either, and is refused as such.
            Some(key) => Keys::Variable(Secret::new(key.to_string_lossy())),
            None => Keys::Beside,
        };
        Some(Self { folder, keys })
    }

    /// Whether there is anything to read.
    pub(crate) fn is_there(&self) -> bool {
        disk::is_there(&self.store_path())
    }

    /// The folder that everything is in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Encrypts the store with another key, and uses that one from now on. Where the key is in the file
    /// beside the store, so is the new one; a key that was given is the caller's to keep.
    ///
    /// A crash at any moment leaves a store that can be read: the key file holds both keys until the store
    /// is encrypted with the new one.
    ///
    /// # Errors
    ///
    /// As [`Store::save`].
    pub fn rotate(&mut self, key: Key) -> Result<()> {
        let locked = self.lock()?;
        let contents = self.contents()?.unwrap_or_default();
        let sealed = seal::seal(&key, contents.write()?)?;
        match self.keys {
            Keys::Beside => {
                let path = self.key_path();
                let mut keys = self.beside()?.unwrap_or_default();
                keys.insert(0, key.clone());
                disk::replace(&path, key_file(&keys).expose().as_bytes())?;
                disk::replace(&self.store_path(), &sealed)?;
                keys.truncate(1);
                disk::replace(&path, key_file(&keys).expose().as_bytes())?;
            }
            Keys::Variable(_) | Keys::Given(_) => {
                disk::replace(&self.store_path(), &sealed)?;
                self.keys = Keys::Given(key);
            }
        }
        drop(locked);
        Ok(())
    }

    fn store_path(&self) -> PathBuf {
        self.folder.join("credentials")
    }

    fn key_path(&self) -> PathBuf {
        self.folder.join("credentials.key")
    }

    fn lock_path(&self) -> PathBuf {
        self.folder.join("credentials.lock")
    }

    /// The folder and the lock, for whoever wants to write.
    fn lock(&self) -> Result<File> {
        disk::make_folder(&self.folder)?;
        let path = self.lock_path();
        let file = disk::make_lock(&path)?;
        lock::exclusive(&file, STORE, &path.display().to_string())?;
        Ok(file)
    }

    /// What is stored, while nobody writes; none where nothing is. Nothing is made for it: the folder may
    /// be one that can only be read.
    fn read(&self) -> Result<Option<Contents>> {
        if !self.is_there() {
            return Ok(None);
        }
        let path = self.lock_path();
        let locked = disk::open_lock(&path)?;
        if let Some(file) = &locked {
            lock::shared(file, STORE, &path.display().to_string())?;
        }
        self.contents()
    }

    /// What is stored. The caller holds the lock.
    fn contents(&self) -> Result<Option<Contents>> {
        let path = self.store_path();
        let Some(bytes) = disk::read(&path)? else { return Ok(None) };
        let refused =
            |fault: String| Error::setup(format!("the credential store `{}` {fault}", path.display()));
        let keys = match &self.keys {
            Keys::Given(key) => vec![key.clone()],
            Keys::Variable(text) => vec![of_variable(text)?],
            Keys::Beside => self.beside()?.ok_or_else(|| {
                refused(format!(
                    "has no key: `{}` is not there; put it back, or set {KEY}",
                    self.key_path().display()
                ))
            })?,
        };
        let json = seal::open(&bytes, &keys).map_err(|fault| refused(fault.0))?;
        let contents = Contents::read(&json).ok_or_else(|| {
            refused(
                "holds what this version can't read; use the program that wrote it, or a later one".into(),
            )
        })?;
        Ok(Some(contents))
    }

    /// The keys in the file beside the store, the one to encrypt with first.
    fn beside(&self) -> Result<Option<Vec<Key>>> {
        let path = self.key_path();
        let Some(bytes) = disk::read(&path)? else { return Ok(None) };
        let text = Secret::new(String::from_utf8_lossy(&bytes));
        let keys = text.expose().lines().map(Key::from_text).collect::<Result<Vec<Key>>>();
        match keys {
            Ok(keys) if !keys.is_empty() => Ok(Some(keys)),
            _ => Err(Error::setup(format!(
                "the key file `{}` is damaged: it was cut or changed; put a backup in its place",
                path.display()
            ))),
        }
    }

    /// The key to encrypt with, which is made where there is none.
    fn key(&self) -> Result<Key> {
        match &self.keys {
            Keys::Given(key) => Ok(key.clone()),
            Keys::Variable(text) => of_variable(text),
            Keys::Beside => {
                if let Some(key) = self.beside()?.and_then(|keys| keys.into_iter().next()) {
                    return Ok(key);
                }
                // There is no store yet: reading one without its key has failed.
                let key = Key::random()?;
                disk::create(&self.key_path(), key_file(std::slice::from_ref(&key)).expose().as_bytes())?;
                Ok(key)
            }
        }
    }

    /// Reads, changes and writes under the lock. Nothing is written where the change says that it is none.
    fn change<T>(&self, change: impl FnOnce(&mut Contents) -> (T, bool)) -> Result<T> {
        let locked = self.lock()?;
        let mut contents = self.contents()?.unwrap_or_default();
        let (result, changed) = change(&mut contents);
        if changed {
            let sealed = seal::seal(&self.key()?, contents.write()?)?;
            disk::replace(&self.store_path(), &sealed)?;
        }
        drop(locked);
        Ok(result)
    }
}

impl Store for FileStore {
    fn load(&self, address: &Address) -> Result<Option<Saved>> {
        Ok(self.read()?.and_then(|contents| contents.get(address)))
    }

    fn save(&self, address: &Address, settings: &Settings) -> Result<Change> {
        self.change(|contents| {
            let change = contents.put(address, settings);
            (change, change != Change::Unchanged)
        })
    }

    fn remove(&self, address: &Address) -> Result<bool> {
        if !self.is_there() {
            return Ok(false);
        }
        self.change(|contents| {
            let removed = contents.remove(address);
            (removed, removed)
        })
    }

    fn list(&self) -> Result<Vec<(Address, SystemTime)>> {
        Ok(self.read()?.map(|contents| contents.list()).unwrap_or_default())
    }

    fn entrust(&self, address: &Address, name: &str, secret: &Secret) -> Result<bool> {
        if !self.is_there() {
            return Ok(false);
        }
        self.change(|contents| contents.entrust(address, name, secret))
    }

    /// A lock of its own for each connection: the store itself is not held while a service is waited for.
    fn turn(&self, address: &Address) -> Result<Box<dyn Send>> {
        disk::make_folder(&self.folder)?;
        let path = self.folder.join(format!("credentials.turn-{}", address.digest()));
        let file = disk::make_lock(&path)?;
        lock::turn(&file, &path.display().to_string())?;
        Ok(Box::new(file))
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// What is said where the environment doesn't tell of a folder.
#[cold]
pub(crate) fn nowhere() -> Error {
    Error::setup("there is no place for the credential store; set CONNECTOR_HOME to a folder of your own")
}

fn of_variable(text: &Secret) -> Result<Key> {
    Key::from_text(text.expose()).map_err(|error| error.context(KEY))
}

/// The file of keys: one a line.
fn key_file(keys: &[Key]) -> Secret {
    let mut text = String::with_capacity(64 * keys.len());
    for key in keys {
        text.push_str(key.to_text().expose());
        text.push('\n');
    }
    Secret::new(text)
}
