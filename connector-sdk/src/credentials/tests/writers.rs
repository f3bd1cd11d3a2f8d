//! Many writers at once, and one that doesn't let go.

use super::*;
use crate::Secret;

fn numbered(writer: usize, number: usize) -> Address {
    Address::new("default", "notes", format!("{writer}-{number}")).expect("an address")
}

/// A writer on a busy machine may hear that another doesn't come to an end.
fn save(store: &FileStore, address: &Address, settings: &Settings) {
    while let Err(error) = store.save(address, settings) {
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    }
}

#[test]
fn two_writers_at_once_lose_nothing() {
    // The first write makes folder, key and store, and both want to.
    let home = Home::new();
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let store = home.store();
            scope.spawn(move || {
                for number in 0..100 {
                    let settings = Settings::new().secret("token", format!("{writer}-{number}"));
                    save(&store, &numbered(writer, number), &settings);
                }
            });
        }
    });
    let store = home.store();
    assert_eq!(store.list().expect("readable").len(), 200);
    for (writer, number) in [(0, 0), (1, 0), (0, 99), (1, 99)] {
        let saved = store.load(&numbered(writer, number)).expect("readable").expect("stored");
        assert_eq!(
            saved.settings.secrets.get("token").expect("stored").expose(),
            format!("{writer}-{number}")
        );
    }
}

#[test]
fn readers_see_a_whole_store_while_it_is_written_and_rotated() {
    let home = Home::filled();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut store = home.store();
            for number in 0..20 {
                save(&store, &numbered(0, number), &Settings::new());
                store.rotate(Key::random().expect("random")).expect("rotated");
            }
        });
        scope.spawn(|| (0..100).for_each(|_| is_whole(&home.store())));
    });
    is_whole(&home.store());
}

#[test]
fn a_writer_that_does_not_let_go_is_not_waited_for_without_end() {
    let home = Home::filled();
    let held = fs::File::open(home.path("credentials.lock")).expect("the lock");
    held.lock().expect("locked");
    let error = home.store().load(&work()).expect_err("it is locked");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.message().contains("credentials.lock`"), "{error}");
    drop(held);
    is_whole(&home.store());
}

#[test]
fn one_credential_is_stored_and_the_others_stay() {
    let home = Home::new();
    let store = home.store();
    let secret = Secret::new("rotated-s3cret");
    assert!(!store.entrust(&work(), "oauth2", &secret).expect("nothing is there"), "nothing is made of it");
    assert!(store.load(&work()).expect("readable").is_none());
    store.save(&work(), &Settings::new().value("url", "x").secret("token", "t0p")).expect("stored");
    assert!(store.entrust(&work(), "oauth2", &secret).expect("stored"));
    let saved = store.load(&work()).expect("readable").expect("stored").settings;
    assert_eq!(saved.secrets.get("oauth2").map(Secret::expose), Some("rotated-s3cret"));
    assert_eq!(
        (saved.secrets.get("token").map(Secret::expose), saved.values["url"].as_str()),
        (Some("t0p"), Some("x"))
    );
}

#[test]
fn turns_are_taken_by_connection() {
    let home = Home::new();
    let (one, other) = (home.store(), Address::new("default", "notes", "other").expect("an address"));
    let turn = one.turn(&work()).expect("nobody else");
    drop(one.turn(&other).expect("another connection's"));
    let (sender, receiver) = std::sync::mpsc::channel();
    let two = home.store();
    let waiting = std::thread::spawn(move || {
        let turn = two.turn(&work());
        sender.send(()).expect("somebody hears");
        turn.map(drop)
    });
    assert!(receiver.recv_timeout(std::time::Duration::from_millis(100)).is_err(), "it waits");
    drop(turn);
    receiver.recv_timeout(std::time::Duration::from_secs(20)).expect("its turn");
    waiting.join().expect("no panic").expect("its turn");
}
