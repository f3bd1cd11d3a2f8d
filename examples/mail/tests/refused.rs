//! What a host hears of mails that the server doesn't give.

#![expect(clippy::expect_used, reason = "a helper of a test that can't go on says so by panicking")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_sdk::call::Connection;
use connector_sdk::event::{Health, Item, SubscribeOptions, Subscription};
use connector_sdk::{ErrorKind, Level, Observer, Settings, factory};
use serde_json::Value;

/// Longer than anything takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// A folder at a server.
struct Folder {
    mails: Vec<u32>,
    /// Those of which the server knows, but not what they say.
    broken: RangeInclusive<u32>,
    /// For now that is so of all of them.
    down: AtomicBool,
}

/// Serves a folder on loopback.
fn serve(folder: Arc<Folder>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = Arc::clone(&folder);
            std::thread::spawn(move || answer(&folder, stream));
        }
    });
    port
}

fn answer(folder: &Folder, mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
    let mut is_there = stream.write_all(b"* OK hello\r\n").is_ok();
    while is_there && let Some(Ok(line)) = lines.next() {
        let (tag, command) = line.split_once(' ').unwrap_or_default();
        let words: Vec<&str> = command.split(' ').collect();
        let said = match words[..] {
            ["EXAMINE", _] => format!("* OK [UIDVALIDITY 7] v\r\n{tag} OK\r\n"),
            ["UID", "SEARCH", ..] => {
                let after =
                    words.get(3).and_then(|range| range.strip_suffix(":*")?.parse().ok()).unwrap_or(0);
                let uids = folder.mails.iter().filter(|uid| **uid >= after);
                let uids: String = uids.map(|uid| format!(" {uid}")).collect();
                format!("* SEARCH{uids}\r\n{tag} OK\r\n")
            }
            ["UID", "FETCH", set, ..] => fetch(folder, tag, set),
            _ => format!("{tag} OK\r\n"),
        };
        is_there = stream.write_all(said.as_bytes()).is_ok();
    }
}

fn fetch(folder: &Folder, tag: &str, set: &str) -> String {
    let mut said = String::new();
    for uid in set.split(',') {
        let uid: u32 = uid.parse().expect("a number");
        if folder.down.load(Ordering::Relaxed) || folder.broken.contains(&uid) {
            return format!("{said}{tag} NO [SERVERBUG] Internal error occurred\r\n");
        }
        let mail = format!("From: a@x\r\n\r\nmail {uid}");
        said += &format!("* {uid} FETCH (UID {uid} BODY[]<0> {{{}}}\r\n{mail})\r\n", mail.len());
    }
    format!("{said}{tag} OK\r\n")
}

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Observer for Log {
    fn log(&self, _: Level, message: &str) {
        self.0.lock().expect("the log").push(message.to_owned());
    }
}

/// Subscribes to what came after a mail.
fn subscribe(folder: &Arc<Folder>, after: u32, log: &Arc<Log>) -> Subscription {
    let settings = Settings::new()
        .value("imap_host", "127.0.0.1")
        .value("imap_port", serve(Arc::clone(folder)))
        .value("imap_security", "plain")
        .value("user", "me@example.org")
        .secret("password", "s3cret-of-nobody");
    let connection = Connection::open("work", &factory::<mail::Mailbox>(), &settings).expect("a connection");
    let mut options = SubscribeOptions::new("test");
    options.longest_wait = Duration::from_millis(1);
    options.observer = Some(Arc::clone(log) as _);
    let cursor = format!(r#"{{"validity":7,"uid":{after}}}"#);
    Arc::new(connection).subscribe(Some(&cursor), options).expect("subscribed")
}

/// The UID and text of each of the next mails.
async fn told(subscription: &mut Subscription, many: usize) -> Vec<(u64, String)> {
    let mut told = Vec::new();
    while told.len() < many {
        let item = tokio::time::timeout(LONG, subscription.next()).await.expect("in time").expect("an item");
        if let Item::Event(event) = item {
            subscription.acknowledge(event.id());
            let message: Value = event.parse().expect("a message");
            let uid = message["metadata"]["uid"].as_u64().expect("a UID");
            told.push((uid, message["content"]["text"].as_str().expect("a text").to_owned()));
        }
    }
    told
}

#[tokio::test]
async fn a_lone_mail_waits_for_a_server_that_gives_none() {
    let folder = Folder { mails: vec![4, 5], broken: 0..=0, down: true.into() };
    let folder = Arc::new(folder);
    let mut subscription = subscribe(&folder, 4, &Arc::default());
    // More often than it would wait for mails that are alone.
    let mut times = 0;
    while times < 30 {
        match tokio::time::timeout(LONG, subscription.next()).await.expect("in time").expect("an item") {
            Item::Event(event) => panic!("told without its text: {event:?}"),
            Item::Health(Health::Retrying { failure, .. }) => {
                assert_eq!(failure.kind, ErrorKind::Unavailable);
                times += 1;
            }
            _ => {}
        }
    }
    folder.down.store(false, Ordering::Relaxed);
    assert_eq!(told(&mut subscription, 1).await, [(5, "mail 5".to_owned())]);
}

#[tokio::test]
async fn many_broken_mails_hold_up_none_after_them() {
    // All of what is read at once, and twice.
    let folder = Folder { mails: (4..=21).collect(), broken: 5..=20, down: false.into() };
    let mut subscription = subscribe(&Arc::new(folder), 4, &Arc::default());
    let told = told(&mut subscription, 17).await;
    assert!(told[..16].iter().all(|(uid, text)| *uid < 21 && text.is_empty()), "{told:?}");
    assert_eq!(told[16], (21, "mail 21".to_owned()));
}

#[tokio::test]
async fn a_broken_mail_that_is_alone_is_told_in_the_end() {
    let folder = Folder { mails: vec![5], broken: 5..=5, down: false.into() };
    let log = Arc::new(Log::default());
    let mut subscription = subscribe(&Arc::new(folder), 0, &log);
    assert_eq!(told(&mut subscription, 1).await, [(5, String::new())]);
    let log = log.0.lock().expect("the log");
    assert!(log.iter().any(|line| line.contains("told without their text")), "{log:?}");
}
