//! Keeps connections: the settings and credentials that somebody gave once, for every later run.
//!
//! A [`Store`] keeps them by [`Address`]: a workspace, a connector and a connection's name, so that the same
//! name in two workspaces is two connections. [`FileStore`] is the one that there is: one encrypted file
//! for all connectors of a user.
//!
//! ```
//! use connector_sdk::Settings;
//! use connector_sdk::credentials::{Address, Change, FileStore, Store};
//!
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path().join("connectors");
//! let store = FileStore::at(folder);
//! let work = Address::new("default", "github", "work")?;
//! let settings = Settings::new().value("repository", "rust-lang/rust").secret("token", "t0p-s3cret");
//!
//! assert_eq!(store.save(&work, &settings)?, Change::Added);
//! assert_eq!(store.save(&work, &settings)?, Change::Unchanged);
//! let saved = store.load(&work)?.ok_or("it was saved")?;
//! assert!(saved.settings.contains("token"));
//! assert!(store.remove(&work)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where it is
//!
//! The folder is `$CONNECTOR_HOME`; else `connector-sdk` in the user's folder of data: `$XDG_DATA_HOME`, or
//! `~/.local/share` where that is not set (Unix), `~/Library/Application Support` (macOS), `%LOCALAPPDATA%`
//! (Windows). It is made with mode 0700 and holds
//!
//! | file | mode | what |
//! |---|---|---|
//! | `credentials` | 0600 | the store, encrypted |
//! | `credentials.key` | 0600 | its key, made once; not there when `CONNECTOR_KEY` is set, or a keyring keeps it |
//! | `credentials.lock` | 0600 | empty; locked while somebody writes |
//! | `credentials.turn-..` | 0600 | empty, one a connection with tokens; locked while these are renewed, replaced or given back |
//! | `credentials.new`, `credentials.key.new` | 0600 | a write that is going on, or that a crash cut off |
//!
//! A file that others may read, a folder that others may write to, a link, a folder where a file should be:
//! all are refused with an error that says what to do, and nothing is written. Nothing is repaired in
//! silence, since whoever could read a key may have done so.
//!
//! # The key
//!
//! A store has one key. It is looked for in this order:
//!
//! 1. `CONNECTOR_KEY`, a key of 32 bytes, as base64 (of either alphabet, padded or not) or as 64 hexadecimal digits:
//!    `openssl rand -base64 32` makes one. Anything else is refused. It has to be random; a password is not a key.
//! 2. The file `credentials.key` beside the store.
//! 3. With the feature `keyring`, the keyring of the operating system (below).
//!
//! Where there is no store yet, its key is made with the first connection: in the keyring where one answers, else in the
//! file. The store says which key it was encrypted with, by the key's id, so a key in another place is no danger to it,
//! and it is never written over because its key is missing or wrong.
//!
//! # The keyring
//!
//! With the feature `keyring` the key is kept by the Secret Service of the session (GNOME Keyring, KWallet,
//! KeePassXC), the keychain of macOS, or the credential manager of Windows, under the service `connector-sdk` and the
//! key's id as the user's name. The text is what `CONNECTOR_KEY` takes: on Linux
//! `secret-tool lookup service connector-sdk username <id>` shows it, to put it elsewhere before a keyring goes away.
//!
//! - Only the key is there. Connections stay in the file: it is changed at once, locked, and listed, which no keyring
//!   does, and a keyring's limits of size are none for it.
//! - A new store takes the keyring only where it is unlocked and gives back what it was given. A locked one, one that
//!   refuses, and none at all leave the key to the file, also when a keyring answers later.
//! - A store whose key is in the keyring needs it: where it is locked or gone (no session, another user, another
//!   machine), reading and writing are errors that name the key and say what to do. No key is made instead.
//! - Nothing is unlocked and nobody is asked on Linux, since an agent's tool would wait for a person who isn't there. The
//!   keychain of macOS asks by itself, once for each program. After a minute without an answer it is an error.
//! - `CONNECTOR_KEYRING=off` leaves it alone, for tests, containers and services without a session. On Linux one is
//!   asked only where `DBUS_SESSION_BUS_ADDRESS` or `XDG_RUNTIME_DIR` is set, which a login does.
//! - Programs without the feature can't read such a store: all that share one are built with it, or get `CONNECTOR_KEY`.
//!
//! # Changing the key
//!
//! No command does it; a program does, by [`FileStore::rotate`]:
//!
//! ```
//! use connector_sdk::credentials::{FileStore, Key};
//!
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path().join("connectors");
//! # // In a program of one's own: `FileStore::from_env()?`.
//! let mut store = FileStore::at(folder);
//! store.rotate(Key::random()?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - A key in the file beside the store is replaced there. Other processes read that file anew each time, so none has
//!   to be restarted. A crash in between leaves both keys in the file, and a store that one of them opens.
//! - A key in the keyring is replaced there, and the old one is forgotten: older copies of the store can't be read any
//!   more. A crash in between leaves both. Other processes look a new key up by its id, so none has to be restarted.
//! - `FileStore::rotate_into_keyring` (feature `keyring`) does the same and puts the new key into the keyring, wherever
//!   the one before was; the key file is removed then, and `CONNECTOR_KEY` is to be unset.
//! - A key from `CONNECTOR_KEY` (or [`FileStore::with_key`]) is nobody's to replace but yours: keep
//!   [`Key::to_text`] of the new one where the variable comes from before you rotate. Processes that still have the old
//!   key are refused from then on, until they are started with the new one.
//! - Only the store is encrypted anew. Whoever had the old key and a copy of the old store still has what stood in it: if
//!   a key was seen by others, replace the credentials at their services as well.
//!
//! # The format
//!
//! One line of text, then bytes:
//!
//! ```text
//! connector-sdk credentials 1 <key id>\n     version 1; the id is 16 hexadecimal digits
//! 12 bytes                                   the nonce, random, new with every write
//! the rest                                   AES-256-GCM of a JSON object, with the tag of 16 bytes at the end
//! ```
//!
//! The line and all before the nonce is authenticated with the contents. The id is the beginning of a hash
//! of the key: it tells which key is wanted, and nothing of the key. A file of a later version is refused,
//! and left as it is.
//!
//! A write goes to a new file, to the disk, and then takes the old one's place at once, under a lock that
//! other programs respect. A crash at any moment leaves the old store or the new one, whole.
//!
//! # Where credentials may go
//!
//! `connect` stores with a connection which addresses its credentials are sent to: scheme, host and port of the
//! connector's base URLs, and of the token, device and revocation endpoints of OAuth 2.0. Whatever would send a stored
//! credential elsewhere is refused before anything is sent (kind `setup`): another connector of the same id, such
//! as somebody else's file; a new version with another base URL; a setting that is given on top, such as
//! `--set url=..`. A credential that is given in the same place as the setting isn't a stored one, and goes there.
//! Where the service has moved, `disconnect` and `connect` again. What a connection was stored without
//! ([`Settings::bound_to`](crate::Settings::bound_to)) isn't guarded.
//!
//! # What it protects, and what it doesn't
//!
//! It protects a copy of the store without its key: a backup, a synchronised folder, a disk that was
//! thrown away, a commit by mistake. With `CONNECTOR_KEY` from a secret manager that holds for the whole
//! folder, and so it does with the keyring; with the key file it holds for the store alone, so the two should not be
//! copied to one place.
//! A changed or shortened file is noticed. An older copy that is put back whole is not.
//!
//! It doesn't protect from a program that runs as the same user, or as an administrator: both can read the
//! key file, the environment, an unlocked keyring and the memory of the process. Names of workspaces, connectors and connections
//! are encrypted too, but the size of the file tells how much there is.

mod address;
mod contents;
pub(crate) mod disk;
mod file;
mod keeper;
mod key;
mod keyring;
mod keys;
pub(crate) mod location;
pub(crate) mod lock;
mod seal;
#[cfg(test)]
mod tests;

use std::time::SystemTime;

pub use address::Address;
pub use file::FileStore;
#[cfg(feature = "cli")]
pub(crate) use file::nowhere;
pub use keeper::StoreKeeper;
pub use key::Key;

use crate::{Result, Secret, Settings};

/// Keeps the settings and credentials of connections.
///
/// It is an object, so that a host may bring one of its own, which also keeps [`Settings::origins`] and gives them
/// back by [`Settings::bound_to`]. Its methods block, for as long as a file is read or written.
pub trait Store: Send + Sync {
    /// What is stored of a connection.
    ///
    /// # Errors
    ///
    /// [`Setup`](crate::ErrorKind::Setup) when the store can't be read; that is never the same as empty.
    fn load(&self, address: &Address) -> Result<Option<Saved>>;

    /// Stores a connection, in the place of what was stored of it.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), or when it can't be written; then what was stored before still is.
    fn save(&self, address: &Address, settings: &Settings) -> Result<Change>;

    /// Forgets a connection. Says whether there was one.
    ///
    /// # Errors
    ///
    /// As [`save`](Self::save).
    fn remove(&self, address: &Address) -> Result<bool>;

    /// All connections, sorted, with when each was saved.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn list(&self) -> Result<Vec<(Address, SystemTime)>>;

    /// Stores one credential of a connection that is stored, and leaves the others as they are. Says whether there
    /// is such a connection; nothing is stored where there is none.
    ///
    /// A store that several write to does it in one step; unless it says otherwise, it is a load and a save.
    ///
    /// # Errors
    ///
    /// As [`save`](Self::save).
    fn entrust(&self, address: &Address, name: &str, secret: &Secret) -> Result<bool> {
        let Some(saved) = self.load(address)? else { return Ok(false) };
        self.save(address, &saved.settings.secret(name, secret.clone())).map(|_| true)
    }

    /// Waits until nobody else renews the tokens of a connection, in this process or another; until what is
    /// returned is dropped, nobody else does. Unless a store says otherwise, nobody is waited for.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](crate::ErrorKind::Unavailable) when somebody else doesn't come to an end,
    /// [`Setup`](crate::ErrorKind::Setup) when no turn can be taken although the store can be written.
    fn turn(&self, address: &Address) -> Result<Box<dyn Send>> {
        let _ = address;
        Ok(Box::new(()))
    }
}

/// A connection that was stored.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Saved {
    /// Its settings and credentials.
    pub settings: Settings,
    /// When it was saved, to the second.
    pub saved_at: SystemTime,
}

impl Saved {
    /// What a store of one's own answers.
    pub fn new(settings: Settings, saved_at: SystemTime) -> Self {
        Self { settings, saved_at }
    }
}

/// What saving did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The connection is new.
    Added,
    /// The connection was there with other values.
    Replaced,
    /// The connection was there with the same values, and nothing was written.
    Unchanged,
}

impl Change {
    /// `added`, `replaced` or `unchanged`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
        }
    }
}
