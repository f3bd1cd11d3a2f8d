//! Files that were cut, changed, opened to others or put in the way: an error that says what to do, and
//! nothing lost.

use super::*;

/// What reads and what writes; both must refuse, and leave the file as it is.
#[track_caller]
fn refused(home: &Home, words: &str) {
    let file = home.path("credentials");
    let before = fs::read(&file).ok();
    let message = setup(home.store().load(&work()), words);
    assert!(message.contains("credentials"), "{message}");
    setup(home.store().list(), words);
    setup(home.store().save(&work(), &Settings::new().secret("token", "another")), words);
    setup(home.store().remove(&work()), words);
    setup(home.store().rotate(Key::random().expect("random")), words);
    assert_eq!(fs::read(&file).ok(), before, "it was written over");
}

/// Contents at hand, to be changed and opened many times without a file.
fn sealed() -> (Key, Vec<u8>) {
    let home = Home::filled();
    let key = fs::read_to_string(home.path("credentials.key")).expect("a key");
    (Key::from_text(&key).expect("a key"), fs::read(home.path("credentials")).expect("the store"))
}

fn opens(key: &Key, bytes: &[u8]) -> Result<(), String> {
    crate::credentials::seal::open(bytes, std::slice::from_ref(key)).map(drop).map_err(|fault| fault.0)
}

#[test]
fn a_file_that_was_cut_anywhere_is_refused() {
    let (key, bytes) = sealed();
    assert_eq!(opens(&key, &bytes), Ok(()));
    for length in 0..bytes.len() {
        let fault = opens(&key, &bytes[..length]).expect_err("it was cut");
        assert!(fault.contains("cut"), "{length}: {fault}");
    }
    opens(&key, &[&bytes[..], b"\0"].concat()).expect_err("a byte more");
    let home = Home::filled();
    let half = bytes.len() / 2;
    for length in [0, 10, half] {
        let whole = fs::read(home.path("credentials")).expect("the store");
        fs::write(home.path("credentials"), &whole[..length]).expect("cut");
        refused(&home, "cut");
        fs::write(home.path("credentials"), whole).expect("put back");
        is_whole(&home.store());
    }
}

#[test]
fn a_byte_that_was_changed_anywhere_is_noticed() {
    let (key, bytes) = sealed();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << bit;
            opens(&key, &changed).expect_err("it was changed");
        }
    }
}

#[test]
fn a_file_of_a_later_version_is_left_as_it_is() {
    let home = Home::filled();
    let bytes = fs::read(home.path("credentials")).expect("the store");
    let later = String::from_utf8_lossy(&bytes[..30]).replace("credentials 1", "credentials 2");
    fs::write(home.path("credentials"), [later.as_bytes(), &bytes[30..]].concat()).expect("written");
    refused(&home, "is of version 2, and this program knows version 1; use the program that wrote it");
}

#[test]
fn contents_of_another_shape_are_refused() {
    let home = Home::filled();
    let key = fs::read_to_string(home.path("credentials.key")).expect("a key");
    let key = Key::from_text(&key).expect("a key");
    for json in ["{\"connections\":[],\"more\":1}", "[]", "{\"connections\":[{}]}"] {
        let contents = secrecy::zeroize::Zeroizing::new(json.as_bytes().to_vec());
        let bytes = crate::credentials::seal::seal(&key, contents).expect("sealed");
        fs::write(home.path("credentials"), bytes).expect("written");
        refused(&home, "holds what this version can't read");
    }
}

#[test]
fn another_file_in_its_place_is_refused() {
    let home = Home::filled();
    fs::write(home.path("credentials"), "[default]\ntoken = none\n").expect("written");
    refused(&home, "is no credential store");
}

#[test]
fn a_folder_in_its_place_is_refused() {
    for name in ["credentials", "credentials.key"] {
        let home = Home::filled();
        fs::remove_file(home.path(name)).expect("removed");
        fs::create_dir(home.path(name)).expect("a folder");
        refused(&home, "is not a file; move it away");
    }
    let home = Home::filled();
    fs::remove_file(home.path("credentials.lock")).expect("removed");
    fs::create_dir(home.path("credentials.lock")).expect("a folder");
    setup(home.store().save(&work(), &Settings::new()), "credentials.lock` is not a file; move it away");
    fs::remove_dir(home.path("credentials.lock")).expect("removed");
    fs::create_dir(home.path("credentials.new")).expect("a folder");
    setup(home.store().save(&work(), &Settings::new()), "can't remove `");
    is_whole(&home.store());
}

#[test]
fn a_key_file_that_was_cut_is_refused() {
    let home = Home::filled();
    let key = fs::read(home.path("credentials.key")).expect("a key");
    for length in 0..key.len() - 2 {
        fs::write(home.path("credentials.key"), &key[..length]).expect("cut");
        setup(home.store().load(&work()), "credentials.key` is damaged");
    }
    refused(&home, "credentials.key` is damaged: it was cut or changed; put a backup in its place");
    fs::write(home.path("credentials.key"), key).expect("put back");
    is_whole(&home.store());
}

#[cfg(unix)]
#[test]
fn what_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::filled();
    let mode = |name: &str, mode: u32| {
        fs::set_permissions(home.path(name), fs::Permissions::from_mode(mode)).expect("changed");
    };
    for name in ["credentials", "credentials.key"] {
        for open in [0o640, 0o604, 0o620, 0o777] {
            mode(name, open);
            refused(&home, "can be read or written by others; run `chmod 600 ");
        }
        mode(name, 0o600);
    }
    mode("", 0o770);
    setup(home.store().load(&work()), "can be written to by others; run `chmod 700 ");
    setup(home.store().save(&work(), &Settings::new()), "can be written to by others; run `chmod 700 ");
    mode("", 0o755);
    is_whole(&home.store());
    assert_eq!(home.store().save(&work(), &settings()).expect("saved"), Change::Unchanged);
}

#[cfg(unix)]
#[test]
fn a_link_or_a_pipe_in_its_place_is_refused() {
    let home = Home::filled();
    fs::rename(home.path("credentials"), home.path("elsewhere")).expect("moved");
    std::os::unix::fs::symlink(home.path("elsewhere"), home.path("credentials")).expect("a link");
    refused(&home, "is not a file; move it away");
    fs::remove_file(home.path("credentials")).expect("removed");
    let made = std::process::Command::new("mkfifo").arg(home.path("credentials")).status();
    assert!(made.is_ok_and(|status| status.success()));
    // Opening it would wait for somebody who writes.
    setup(home.store().load(&work()), "is not a file; move it away");
}

#[test]
fn what_a_crashed_writer_left_changes_nothing() {
    let home = Home::filled();
    let whole = fs::read(home.path("credentials")).expect("the store");
    for length in [0, whole.len() / 2, whole.len()] {
        fs::write(home.path("credentials.new"), &whole[..length]).expect("half a write");
        is_whole(&home.store());
        home.store().save(&work(), &Settings::new()).expect("saved");
        home.store().save(&work(), &settings()).expect("saved");
        is_whole(&home.store());
        assert!(!home.path("credentials.new").exists());
    }
}

#[test]
fn a_place_that_can_not_be_made_is_named() {
    let home = Home::new();
    fs::write(home.0.path().join("home"), "a file in the way").expect("written");
    let message = setup(home.store().save(&work(), &settings()), "can't make the folder `");
    assert!(message.contains("home/connectors"), "{message}");
    assert!(home.store().load(&work()).expect("there is none").is_none());
}

#[cfg(unix)]
#[test]
fn a_folder_that_can_not_be_looked_into_is_not_an_empty_store() {
    use std::os::unix::fs::PermissionsExt as _;
    // For root every folder is open, so a file and a link in circles are in its place as well.
    let home = Home::filled();
    fs::set_permissions(home.folder(), fs::Permissions::from_mode(0o000)).expect("closed");
    if fs::read_dir(home.folder()).is_err() {
        setup(home.store().load(&work()), "can't look at `");
        setup(home.store().remove(&work()), "can't open `");
    }
    fs::set_permissions(home.folder(), fs::Permissions::from_mode(0o700)).expect("open");
    is_whole(&home.store());
    fs::remove_dir_all(home.folder()).expect("removed");
    fs::write(home.folder(), "a file in its place").expect("written");
    setup(home.store().load(&work()), "can't look at `");
    setup(home.store().list(), "can't look at `");
    setup(home.store().remove(&work()), "can't make the folder `");
    fs::remove_file(home.folder()).expect("removed");
    std::os::unix::fs::symlink(home.folder(), home.folder()).expect("a link");
    setup(home.store().load(&work()), "can't look at `");
}

/// What the first release wrote, with the key 00, 01, .. 1f: every later one reads it.
const VERSION_1: [&str; 5] = [
    "Y29ubmVjdG9yLXNkayBjcmVkZW50aWFscyAxIDAzZTJhMTU4MzliZTJkNjgKb5HCFkFcFApF7xUiFGd781p9VJ09km",
    "75agQ4tGxrOkPdYXoS3p3kdSZIvst5RFYrw4ggntGE5yykjvEd4uZfsLpUWZBpXePvIpES2koDB4GS39ClWIVYYd0q",
    "2EitpnUp43P2MneFHwNsbCWZ3ryc3VihYpRHOk1qACPNXIG4kj+TZPG/rW+67u4PBAAuWipJRf76AN3S+ZXKR7zCYD",
    "Euf5xMmX6BCFIoHeCUyGcYkk22UhUo5ztUqsEehakF9NabRhVusIklkKA6GSsAhVBIC3EUV6gbHv58j3tCTMpKY3jh",
    "/c7NlQZ6pWhLuw==",
];

#[test]
fn a_file_of_version_1_is_read() {
    use base64::Engine as _;
    let key: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
    let home = Home::filled();
    let bytes = base64::prelude::BASE64_STANDARD.decode(VERSION_1.concat()).expect("base64");
    fs::write(home.path("credentials"), bytes).expect("written");
    is_whole(&home.store().with_key(Key::from_text(&key).expect("a key")));
}
