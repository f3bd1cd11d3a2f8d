//! What a store must hold to, whatever becomes of its files.

mod damage;
#[cfg(feature = "keyring")]
mod keyring;
mod writers;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use super::{Address, Change, FileStore, Key, Store};
use crate::traces::{folder, leave};
use crate::{Error, ErrorKind, Secret, Settings};

const TOKEN: &str = "t0p-s3cret/+\u{e9}";

/// A folder that doesn't exist yet, in one that goes away by itself.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(folder())
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("home/connectors")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    fn store(&self) -> FileStore {
        FileStore::at(self.folder())
    }

    /// With one connection in it.
    fn filled() -> Self {
        let home = Self::new();
        home.store().save(&work(), &settings()).expect("saved");
        home
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).expect("the folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

fn work() -> Address {
    Address::new("default", "notes", "work").expect("an address")
}

fn settings() -> Settings {
    Settings::new().value("root", "/srv/notes").value("depth", 3).text("folder", "12").secret("token", TOKEN)
}

/// That the one connection of a filled home is there and whole.
#[track_caller]
fn is_whole(store: &dyn Store) {
    let saved = store.load(&work()).expect("readable").expect("stored");
    assert_eq!(saved.settings.values.get("depth"), Some(&json!(3)));
    assert_eq!(saved.settings.texts.get("folder").map(String::as_str), Some("12"));
    assert_eq!(saved.settings.secrets.get("token").map(crate::Secret::expose), Some(TOKEN));
}

#[track_caller]
fn setup(result: Result<impl Sized, Error>, words: &str) -> String {
    let error = result.err().expect(words);
    assert_eq!(error.kind(), ErrorKind::Setup, "{error}");
    assert!(error.message().contains(words), "{words}: {error}");
    assert!(!format!("{error:?}").contains("t0p"), "{error:?}");
    leave(format!("{error:?}"));
    error.to_string()
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).expect("copied");
}

#[test]
fn what_is_saved_is_loaded() {
    let home = Home::filled();
    let store = home.store();
    is_whole(&store);
    let saved = store.load(&work()).expect("readable").expect("stored");
    assert!(saved.saved_at <= std::time::SystemTime::now());
    assert!(saved.saved_at > std::time::UNIX_EPOCH);
    assert!(!format!("{saved:?}").contains("t0p"));
    for other in [
        Address::new("default", "notes", "Work"),
        Address::new("other", "notes", "work"),
        Address::new("default", "note", "work"),
    ] {
        let other = other.expect("an address");
        assert!(store.load(&other).expect("readable").is_none());
        assert!(!store.remove(&other).expect("nothing to do"));
    }
    assert!(store.remove(&work()).expect("removed"));
    assert!(store.load(&work()).expect("readable").is_none());
    assert!(store.list().expect("readable").is_empty());
}

#[test]
fn nothing_is_made_before_something_is_saved() {
    let home = Home::new();
    let store = home.store();
    assert!(store.load(&work()).expect("empty").is_none());
    assert!(!store.remove(&work()).expect("empty"));
    assert!(store.list().expect("empty").is_empty());
    assert!(!home.0.path().join("home").exists());
}

#[test]
fn workspaces_keep_the_same_name_apart() {
    let home = Home::filled();
    let store = home.store();
    let other = Address::new("My Business", "notes", "work").expect("an address");
    assert_eq!(
        store.save(&other, &Settings::new().secret("token", "another")).expect("saved"),
        Change::Added
    );
    is_whole(&store);
    let listed: Vec<String> =
        store.list().expect("readable").iter().map(|(address, _)| address.workspace().to_owned()).collect();
    assert_eq!(listed, ["My Business", "default"], "sorted");
    assert!(store.remove(&other).expect("removed"));
    is_whole(&store);
}

#[test]
fn the_same_values_are_not_written_again() {
    let home = Home::filled();
    let (store, file) = (home.store(), home.path("credentials"));
    let before = fs::read(&file).expect("the store");
    assert_eq!(store.save(&work(), &settings()).expect("saved"), Change::Unchanged);
    assert_eq!(fs::read(&file).expect("the store"), before);
    let changed = settings().secret("token", "another");
    assert_eq!(store.save(&work(), &changed).expect("saved"), Change::Replaced);
    assert_eq!(store.save(&work(), &settings()).expect("saved"), Change::Replaced);
    let again = fs::read(&file).expect("the store");
    assert_ne!(again, before, "a new nonce each time");
    assert_eq!(store.list().expect("readable").len(), 1);
}

#[test]
fn where_credentials_may_go_is_stored_with_them() {
    let home = Home::filled();
    let store = home.store();
    let origins =
        || store.load(&work()).expect("readable").and_then(|saved| Some(saved.settings.origins()?.to_vec()));
    assert_eq!(origins(), None, "nobody said");
    let bound = || settings().bound_to(["https://b.test", "https://a.test", "https://b.test"]);
    assert_eq!(store.save(&work(), &bound()).expect("saved"), Change::Replaced);
    assert_eq!(store.save(&work(), &bound()).expect("saved"), Change::Unchanged);
    assert!(store.entrust(&work(), "token", &Secret::new("another-s3cret")).expect("stored"));
    assert_eq!(origins(), Some(vec!["https://a.test".to_owned(), "https://b.test".to_owned()]));
}

#[test]
fn no_file_holds_anything_in_the_clear() {
    use base64::Engine as _;
    let home = Home::filled();
    assert_eq!(home.names(), ["credentials", "credentials.key", "credentials.lock"]);
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    for name in home.names() {
        let bytes = fs::read(home.path(&name)).expect("readable");
        for text in [TOKEN, "t0p-s3cret", "/srv/notes", "work", "token", "root"] {
            for form in [text.to_owned(), hex(text), base64::prelude::BASE64_STANDARD_NO_PAD.encode(text)] {
                assert!(memchr::memmem::find(&bytes, form.as_bytes()).is_none(), "{form} in {name}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::filled();
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o7777;
    assert_eq!(mode(&home.folder()), 0o700);
    assert_eq!(mode(home.folder().parent().expect("a folder")), 0o700, "all that were made");
    for name in home.names() {
        assert_eq!(mode(&home.path(&name)), 0o600, "{name}");
    }
}

#[test]
fn a_given_key_makes_no_key_file() {
    let home = Home::new();
    let key = Key::random().expect("random");
    let store = home.store().with_key(key.clone());
    store.save(&work(), &settings()).expect("saved");
    assert_eq!(home.names(), ["credentials", "credentials.lock"]);
    is_whole(&store);
    let message = setup(home.store().load(&work()), "has no key");
    assert!(
        message.contains("credentials.key` is not there; put it back, or set CONNECTOR_KEY"),
        "{message}"
    );
    setup(home.store().save(&work(), &Settings::new()), "has no key");
    let other = Key::random().expect("random");
    let message = setup(home.store().with_key(other.clone()).load(&work()), "is encrypted with the key");
    assert!(message.contains(key.id()) && message.contains(other.id()), "{message}");
    is_whole(&store);
}

#[test]
fn the_environment_says_where_and_with_which_key() {
    let home = Home::new();
    let key = Key::random().expect("random").to_text();
    let store = |key: Option<&str>| {
        let variables = [("CONNECTOR_HOME", home.folder().into_os_string())]
            .into_iter()
            .chain(key.map(|key| ("CONNECTOR_KEY", key.into())))
            .collect::<std::collections::BTreeMap<_, _>>();
        FileStore::of_environment(&|name| variables.get(name).cloned()).expect("a place")
    };
    store(Some(key.expose())).save(&work(), &settings()).expect("saved");
    is_whole(&store(Some(key.expose())));
    setup(store(Some("a password")).load(&work()), "CONNECTOR_KEY: a key is 32 bytes, written as base64");
    setup(store(Some("a password")).save(&work(), &settings()), "CONNECTOR_KEY: a key is 32 bytes");
    assert!(FileStore::of_environment(&|_| None).is_none());
    is_whole(&store(Some(key.expose())));
}

#[test]
fn a_key_is_rotated() {
    let home = Home::filled();
    let before = fs::read_to_string(home.path("credentials.key")).expect("a key");
    let mut store = home.store();
    store.rotate(Key::random().expect("random")).expect("rotated");
    let after = fs::read_to_string(home.path("credentials.key")).expect("a key");
    assert!(after.lines().count() == 1 && after != before);
    is_whole(&store);
    is_whole(&home.store());
    fs::write(home.path("credentials.key"), before).expect("written");
    setup(home.store().load(&work()), "is encrypted with the key");

    let home = Home::new();
    let (old, new) = (Key::random().expect("random"), Key::random().expect("random"));
    let mut store = home.store().with_key(old.clone());
    store.save(&work(), &settings()).expect("saved");
    store.rotate(new.clone()).expect("rotated");
    is_whole(&store);
    is_whole(&home.store().with_key(new));
    setup(home.store().with_key(old).load(&work()), "is encrypted with the key");
}

#[test]
fn a_rotation_that_crashed_is_read_and_finished() {
    let home = Home::filled();
    let old = fs::read_to_string(home.path("credentials.key")).expect("a key");
    let new = Key::random().expect("random");
    // The new key is in the file, and the store is still encrypted with the old one.
    fs::write(home.path("credentials.key"), format!("{}\n{old}", new.to_text().expose())).expect("written");
    is_whole(&home.store());
    let crashed = Home::filled();
    for name in home.names() {
        copy(&home.path(&name), &crashed.path(&name));
    }
    // The same again, at the same place: no key that may still be needed is dropped.
    let twice = Home::filled();
    for name in home.names() {
        copy(&home.path(&name), &twice.path(&name));
    }
    fs::create_dir(twice.path("credentials.new")).expect("a folder in the way");
    setup(twice.store().rotate(Key::random().expect("random")), "credentials.new`");
    is_whole(&twice.store());
    home.store().rotate(Key::random().expect("random")).expect("rotated");
    is_whole(&home.store());
    // A write encrypts with the new one.
    crashed.store().save(&work(), &Settings::new()).expect("saved");
    crashed.store().save(&work(), &settings()).expect("saved");
    is_whole(&crashed.store().with_key(new));
}
