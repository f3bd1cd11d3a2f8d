//! The key in a keyring: one that answers, and all that can be the matter with one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::*;
use crate::credentials::keyring::Keyring;

/// A keyring of this process, and what is the matter with it.
#[derive(Default)]
struct Fake {
    kept: Mutex<BTreeMap<String, String>>,
    trouble: Mutex<Trouble>,
    asked: Mutex<usize>,
    /// A lock that must be free whenever it is asked.
    free: Mutex<Option<PathBuf>>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Trouble {
    #[default]
    None,
    Absent,
    Locked,
    RefusesToKeep,
    ForgetsAtOnce,
    GivesAnotherKey,
    GivesGarbage,
}

impl Fake {
    fn now(&self, trouble: Trouble) {
        *self.trouble.lock().expect("a value") = trouble;
    }

    fn trouble(&self) -> Result<Trouble, Error> {
        match *self.trouble.lock().expect("a value") {
            Trouble::Absent => Err(Error::setup("no keyring answers; start one")),
            Trouble::Locked => Err(Error::setup("the keyring is locked; unlock it")),
            trouble => Ok(trouble),
        }
    }

    fn names(&self) -> Vec<String> {
        self.kept.lock().expect("a value").keys().cloned().collect()
    }
}

impl Keyring for Fake {
    fn get(&self, name: &str) -> Result<Option<Secret>, Error> {
        *self.asked.lock().expect("a value") += 1;
        if let Some(path) = &*self.free.lock().expect("a value") {
            let lock = fs::File::options().write(true).open(path).expect("a lock");
            lock.try_lock().expect("nobody holds it while somebody is asked");
        }
        Ok(match self.trouble()? {
            Trouble::GivesAnotherKey => Some(Key::random()?.to_text()),
            Trouble::GivesGarbage => Some("s3cret garbage".into()),
            _ => self.kept.lock().expect("a value").get(name).map(|text| text.as_str().into()),
        })
    }

    fn put(&self, name: &str, text: &Secret) -> Result<(), Error> {
        match self.trouble()? {
            Trouble::RefusesToKeep => return Err(Error::setup("the keyring refuses")),
            Trouble::ForgetsAtOnce => {}
            _ => drop(self.kept.lock().expect("a value").insert(name.into(), text.expose().into())),
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        self.trouble()?;
        self.kept.lock().expect("a value").remove(name);
        Ok(())
    }
}

/// As another process opens it: nothing that was known is known.
fn opened(home: &Home, keyring: &Arc<Fake>) -> FileStore {
    FileStore::new(home.folder(), Ok(keyring.clone()))
}

/// A store whose key is in a keyring.
fn filled() -> (Home, Arc<Fake>) {
    let (home, keyring) = (Home::new(), Arc::new(Fake::default()));
    opened(&home, &keyring).save(&work(), &settings()).expect("saved");
    (home, keyring)
}

/// Which key the store says that it is encrypted with.
fn id(home: &Home) -> String {
    let bytes = fs::read(home.path("credentials")).expect("the store");
    crate::credentials::seal::key_id(&bytes).ok().expect("an id").to_owned()
}

#[test]
fn a_keyring_that_answers_keeps_the_key_and_no_file_does() {
    let (home, keyring) = filled();
    assert_eq!(home.names(), ["credentials", "credentials.lock"]);
    assert_eq!(keyring.names(), [id(&home)], "under the id that the store has");
    is_whole(&opened(&home, &keyring));
    let key = keyring.kept.lock().expect("a value").values().next().cloned().expect("a key");
    is_whole(&home.store().with_key(Key::from_text(&key).expect("what CONNECTOR_KEY takes")));
}

#[test]
fn the_keyring_is_asked_once_for_many_reads() {
    let (home, keyring) = filled();
    let store = opened(&home, &keyring);
    let before = *keyring.asked.lock().expect("a value");
    for _ in 0..3 {
        is_whole(&store.clone());
    }
    assert_eq!(*keyring.asked.lock().expect("a value"), before + 1);
}

#[test]
fn nobody_waits_for_the_store_while_the_keyring_is_asked() {
    let (home, keyring) = filled();
    *keyring.free.lock().expect("a value") = Some(home.path("credentials.lock"));
    is_whole(&opened(&home, &keyring));
    opened(&home, &keyring).save(&work(), &Settings::new()).expect("saved");
    opened(&home, &keyring).remove(&work()).expect("removed");
}

#[test]
fn a_keyring_that_does_not_answer_leaves_the_key_to_a_file() {
    for trouble in [
        Trouble::Absent,
        Trouble::Locked,
        Trouble::RefusesToKeep,
        Trouble::ForgetsAtOnce,
        Trouble::GivesAnotherKey,
        Trouble::GivesGarbage,
    ] {
        let (home, keyring) = (Home::new(), Arc::new(Fake::default()));
        keyring.now(trouble);
        opened(&home, &keyring).save(&work(), &settings()).expect("saved");
        assert_eq!(home.names(), ["credentials", "credentials.key", "credentials.lock"]);
        is_whole(&home.store());
        // That stays so when one answers: a store has one key.
        keyring.now(Trouble::None);
        let store = opened(&home, &keyring);
        store.save(&work(), &Settings::new()).expect("saved");
        store.save(&work(), &settings()).expect("saved");
        is_whole(&home.store());
    }
}

#[test]
fn a_store_whose_keyring_does_not_give_the_key_is_left_as_it_is() {
    let (home, keyring) = filled();
    let before = fs::read(home.path("credentials")).expect("the store");
    let other = Arc::new(Fake::default());
    for (trouble, words) in [
        (Trouble::Absent, "no keyring answers; start one, or set CONNECTOR_KEY"),
        (Trouble::Locked, "the keyring is locked; unlock it, or set CONNECTOR_KEY"),
        (Trouble::GivesAnotherKey, "the keyring has something else in the place of the key `"),
        (Trouble::GivesGarbage, "the keyring has something else in the place of the key `"),
    ] {
        keyring.now(trouble);
        refuses(&home, &keyring, words);
        keyring.now(Trouble::None);
    }
    refuses(&home, &other, "credentials.key` is not there, and the keyring has no key `");
    assert!(other.names().is_empty(), "no new key was made");
    for store in [home.store(), FileStore::new(home.folder(), Err("CONNECTOR_KEYRING turns it off"))] {
        setup(store.load(&work()), "(the keyring isn't asked, since ");
        setup(store.save(&work(), &Settings::new()), "credentials.key` is not there; put it back");
    }
    assert_eq!(home.names(), ["credentials", "credentials.lock"], "no key file was made");
    assert_eq!(fs::read(home.path("credentials")).expect("the store"), before);
    is_whole(&opened(&home, &keyring));
}

#[track_caller]
fn refuses(home: &Home, keyring: &Arc<Fake>, words: &str) {
    let message = setup(opened(home, keyring).load(&work()), words);
    assert!(message.contains(&id(home)) && !message.contains("garbage"), "{message}");
    setup(opened(home, keyring).list(), words);
    setup(opened(home, keyring).save(&work(), &Settings::new()), words);
    setup(opened(home, keyring).remove(&work()), words);
    setup(opened(home, keyring).rotate(Key::random().expect("random")), words);
    setup(opened(home, keyring).rotate_into_keyring(Key::random().expect("random")), words);
}

#[test]
fn a_key_that_is_given_or_beside_the_store_comes_first() {
    let (home, keyring) = (Home::filled(), Arc::new(Fake::default()));
    is_whole(&opened(&home, &keyring));
    assert_eq!(opened(&home, &keyring).save(&work(), &Settings::new()).expect("saved"), Change::Replaced);
    assert_eq!(opened(&home, &keyring).save(&work(), &settings()).expect("saved"), Change::Replaced);
    is_whole(&home.store());
    let given = Home::new();
    let key = Key::random().expect("random");
    opened(&given, &keyring).with_key(key.clone()).save(&work(), &settings()).expect("saved");
    is_whole(&given.store().with_key(key));
    assert_eq!(*keyring.asked.lock().expect("a value"), 0);
}

#[test]
fn a_key_is_rotated_where_it_is() {
    let (home, keyring) = filled();
    let (mut store, before) = (opened(&home, &keyring), id(&home));
    store.rotate(Key::random().expect("random")).expect("rotated");
    assert_ne!(id(&home), before);
    assert_eq!(keyring.names(), [id(&home)], "the old key is forgotten");
    is_whole(&store);
    is_whole(&opened(&home, &keyring));
    assert_eq!(home.names(), ["credentials", "credentials.lock"]);
    // One that doesn't keep the new key changes nothing.
    let before = id(&home);
    for trouble in [Trouble::RefusesToKeep, Trouble::ForgetsAtOnce] {
        keyring.now(trouble);
        store.rotate(Key::random().expect("random")).expect_err("it isn't kept");
    }
    keyring.now(Trouble::None);
    assert_eq!(id(&home), before);
    is_whole(&opened(&home, &keyring));
}

#[test]
fn a_key_beside_the_store_is_moved_into_the_keyring() {
    let (home, keyring) = (Home::filled(), Arc::new(Fake::default()));
    for trouble in [Trouble::Absent, Trouble::Locked, Trouble::RefusesToKeep, Trouble::ForgetsAtOnce] {
        keyring.now(trouble);
        let moved = opened(&home, &keyring).rotate_into_keyring(Key::random().expect("random"));
        assert_eq!(moved.expect_err("it isn't kept").kind(), ErrorKind::Setup);
        is_whole(&home.store());
    }
    keyring.now(Trouble::None);
    setup(
        home.store().rotate_into_keyring(Key::random().expect("random")),
        "the store was opened without it",
    );
    let mut store = opened(&home, &keyring);
    store.rotate_into_keyring(Key::random().expect("random")).expect("moved");
    is_whole(&store);
    is_whole(&opened(&home, &keyring));
    assert_eq!(home.names(), ["credentials", "credentials.lock"]);
    assert_eq!(keyring.names(), [id(&home)]);
}

#[test]
fn a_key_that_was_given_is_moved_into_the_keyring() {
    let (home, keyring) = (Home::new(), Arc::new(Fake::default()));
    let old = Key::random().expect("random");
    let mut store = opened(&home, &keyring).with_key(old.clone());
    store.save(&work(), &settings()).expect("saved");
    store.rotate_into_keyring(Key::random().expect("random")).expect("moved");
    is_whole(&store);
    is_whole(&opened(&home, &keyring));
    setup(home.store().with_key(old).load(&work()), "is encrypted with the key");
}

#[test]
fn a_move_that_crashed_is_read_and_finished() {
    let (home, keyring) = (Home::filled(), Arc::new(Fake::default()));
    let old = fs::read(home.path("credentials.key")).expect("a key");
    // The key is in the keyring, and the store is still encrypted with the old one.
    keyring.put("another", &Key::random().expect("random").to_text()).expect("kept");
    is_whole(&opened(&home, &keyring));
    opened(&home, &keyring).rotate_into_keyring(Key::random().expect("random")).expect("moved");
    // The store is encrypted with the new key, and the file of the old one is still there.
    fs::write(home.path("credentials.key"), &old).expect("written");
    #[cfg(unix)]
    fs::set_permissions(home.path("credentials.key"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .expect("changed");
    is_whole(&opened(&home, &keyring));
    let before = id(&home);
    opened(&home, &keyring).save(&work(), &Settings::new()).expect("saved");
    opened(&home, &keyring).save(&work(), &settings()).expect("saved");
    assert_eq!(id(&home), before, "the old key is not used again");
    keyring.now(Trouble::Locked);
    setup(opened(&home, &keyring).load(&work()), "credentials.key` holds another one, and the keyring");
    keyring.now(Trouble::None);
    opened(&home, &keyring).rotate_into_keyring(Key::random().expect("random")).expect("moved");
    assert_eq!(home.names(), ["credentials", "credentials.lock"]);
    is_whole(&opened(&home, &keyring));
}

#[test]
fn two_writers_at_once_make_one_key() {
    let (home, keyring) = (Home::new(), Arc::new(Fake::default()));
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let store = opened(&home, &keyring);
            scope.spawn(move || {
                for number in 0..20 {
                    let address = Address::new("default", "notes", format!("{writer}-{number}"));
                    store.save(&address.expect("an address"), &Settings::new()).expect("saved");
                }
            });
        }
    });
    assert_eq!(keyring.names(), [id(&home)]);
    assert_eq!(opened(&home, &keyring).list().expect("readable").len(), 40);
}

#[test]
fn the_environment_turns_it_off() {
    let home = Home::new();
    let of = |keyring: &str| {
        let (keyring, folder) = (keyring.to_owned(), home.folder());
        crate::credentials::keyring::of_environment(&move |name| match name {
            "CONNECTOR_KEYRING" => Some(keyring.clone().into()),
            "CONNECTOR_HOME" => Some(folder.clone().into()),
            _ => None,
        })
    };
    assert!(of("off").is_err_and(|why| why.contains("CONNECTOR_KEYRING")));
    #[cfg(target_os = "linux")]
    {
        let keyring = of("").expect("Linux has one");
        let error = keyring.get("any").expect_err("nobody is logged in");
        assert_eq!(error.kind(), ErrorKind::Setup);
        assert!(error.message().contains("neither DBUS_SESSION_BUS_ADDRESS nor"), "{error}");
    }
}
