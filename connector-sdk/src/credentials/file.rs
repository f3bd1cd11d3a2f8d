//! The store in an encrypted file.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::contents::Contents;
use super::keys::{self, Keys};
use super::{Address, Change, Key, Saved, Store, disk, keyring, location, lock, seal};
use crate::{Error, Result, Secret, Settings};

/// What is locked, in an error.
const STORE: &str = "the credential store";

/// Connections in one encrypted file, see the [module](super).
#[derive(Clone)]
pub struct FileStore {
    folder: PathBuf,
    keys: Keys,
}

impl FileStore {
    /// The store in a folder, with its key beside it. Nothing is made before something is saved.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self::new(folder.into(), Err("the store was opened without it"))
    }

    /// The same store with a key from elsewhere.
    #[must_use]
    pub fn with_key(mut self, key: Key) -> Self {
        self.keys.give(key);
        self
    }

    /// The same store with its key in the keyring of the operating system, where one answers and no key is beside the
    /// store; `CONNECTOR_KEYRING=off` turns it off.
    #[cfg(feature = "keyring")]
    #[must_use]
    pub fn with_keyring(mut self) -> Self {
        self.keys.set_keyring(keyring::of_environment(&|name| std::env::var_os(name)));
        self
    }

    pub(super) fn new(folder: PathBuf, keyring: keyring::Found) -> Self {
        let keys = Keys::beside(folder.join("credentials.key"), keyring);
        Self { folder, keys }
    }

    /// The store of this user, by the environment, with its key where the [module](super) says that it is looked for.
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
        let mut store = Self::new(folder, keyring::of_environment(variable));
        if let Some(key) = variable(keys::VARIABLE).filter(|key| !key.is_empty()) {
            // What is no text is no key either, and is refused as such.
            store.keys.give_variable(Secret::new(key.to_string_lossy()));
        }
        Some(store)
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
    /// beside the store or in the keyring, so is the new one; a key that was given is the caller's to keep.
    ///
    /// A crash at any moment leaves a store that can be read: the key file or the keyring holds both keys until the
    /// store is encrypted with the new one.
    ///
    /// # Errors
    ///
    /// As [`Store::save`].
    pub fn rotate(&mut self, key: Key) -> Result<()> {
        let locked = self.lock()?;
        let (contents, opened) = self.opened()?;
        let path = self.store_path();
        self.keys.rotate(opened.as_ref(), key, |key| write(&path, &contents, key))?;
        drop(locked);
        Ok(())
    }

    /// Encrypts the store with another key, which the keyring of the operating system keeps from now on, wherever
    /// the one before was: the key file is removed, and `CONNECTOR_KEY` is to be unset.
    ///
    /// A crash at any moment leaves a store that can be read.
    ///
    /// # Errors
    ///
    /// As [`Store::save`]; and [`Setup`](crate::ErrorKind::Setup) where the store was opened without the keyring, or
    /// the keyring doesn't keep the key. Then nothing is changed.
    #[cfg(feature = "keyring")]
    pub fn rotate_into_keyring(&mut self, key: Key) -> Result<()> {
        let locked = self.lock()?;
        let (contents, opened) = self.opened()?;
        let path = self.store_path();
        self.keys.rotate_into_keyring(opened.as_ref(), &key, |key| write(&path, &contents, key))?;
        drop(locked);
        Ok(())
    }

    fn store_path(&self) -> PathBuf {
        self.folder.join("credentials")
    }

    fn lock_path(&self) -> PathBuf {
        self.folder.join("credentials.lock")
    }

    /// The folder and the lock, for whoever wants to write.
    fn lock(&self) -> Result<File> {
        self.ask_for_key()?;
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
        disk::check_folder(&self.folder)?;
        self.ask_for_key()?;
        let path = self.lock_path();
        let locked = disk::open_lock(&path)?;
        if let Some(file) = &locked {
            lock::shared(file, STORE, &path.display().to_string())?;
        }
        Ok(self.contents()?.map(|(contents, _)| contents))
    }

    /// Has a keyring that must be asked give its key before anybody waits for the lock: it may ask somebody, who
    /// takes longer to answer than others wait.
    fn ask_for_key(&self) -> Result<()> {
        if !self.keys.may_ask() {
            return Ok(());
        }
        let Some(bytes) = disk::read(&self.store_path())? else { return Ok(()) };
        match seal::key_id(&bytes) {
            Ok(id) => self.keys.of(id, &|fault| self.refused(&fault)).map(drop),
            // What is wrong with it is said by whoever reads it.
            Err(_) => Ok(()),
        }
    }

    fn refused(&self, fault: &str) -> Error {
        Error::setup(format!("the credential store `{}` {fault}", self.store_path().display()))
    }

    /// What is stored, and the key that it is encrypted with. The caller holds the lock.
    fn contents(&self) -> Result<Option<(Contents, Key)>> {
        let path = self.store_path();
        let Some(bytes) = disk::read(&path)? else { return Ok(None) };
        let refused = |fault: String| self.refused(&fault);
        let id = seal::key_id(&bytes).map_err(|fault| refused(fault.0))?;
        let keys = self.keys.of(id, &refused)?;
        let (json, key) = seal::open(&bytes, &keys).map_err(|fault| refused(fault.0))?;
        let contents = Contents::read(&json).ok_or_else(|| {
            refused(
                "holds what this version can't read; use the program that wrote it, or a later one".into(),
            )
        })?;
        Ok(Some((contents, key.clone())))
    }

    /// The same for whoever writes: nothing where nothing is.
    fn opened(&self) -> Result<(Contents, Option<Key>)> {
        Ok(self.contents()?.map(|(contents, key)| (contents, Some(key))).unwrap_or_default())
    }

    /// Reads, changes and writes under the lock. Nothing is written where the change says that it is none.
    fn change<T>(&self, change: impl FnOnce(&mut Contents) -> (T, bool)) -> Result<T> {
        let locked = self.lock()?;
        let (mut contents, opened) = self.opened()?;
        let (result, changed) = change(&mut contents);
        if changed {
            let key = self.keys.writing(opened.as_ref())?;
            write(&self.store_path(), &contents, &key)?;
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

    /// A lock of its own for each connection: the store itself is not held while a service is waited for. None in a folder
    /// that can only be read, where nobody stores what was renewed.
    fn turn(&self, address: &Address) -> Result<Box<dyn Send>> {
        disk::make_folder(&self.folder)?;
        let path = self.folder.join(format!("credentials.turn-{}", address.digest()));
        let Some(file) = disk::make_lock_if_writable(&path)? else { return Ok(Box::new(())) };
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

/// Puts a store that is encrypted with that key in the place of the one before.
fn write(path: &Path, contents: &Contents, key: &Key) -> Result<()> {
    disk::replace(path, &seal::seal(key, contents.write()?)?)
}
