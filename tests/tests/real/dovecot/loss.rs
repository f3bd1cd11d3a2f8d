//! Nothing is lost when the connector is killed, at any moment, many times.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::agent::{Agent, until};
use super::program::{Program, number, numbered};
use super::stream::begun;
use crate::puffer_host::LONG;
use crate::servers::Post;

const MAILS: usize = 2000;
const KILLS: usize = 20;

/// Moments that are elsewhere each time, and the same in each run.
fn moments() -> impl Iterator<Item = Duration> {
    (0..KILLS as u64).map(|kill| Duration::from_millis(30 + kill * 7919 % 400))
}

#[test]
#[ignore = "needs dovecot"]
fn at_a_puffer() {
    let post = Post::new();
    let program = Program::connected(&post);
    let mut stream = program.subscribe(None);
    begun(&mut stream);
    let mut saved = stream.saved.clone();
    drop(stream);
    // Which ids a mail was told by.
    let mut seen: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    let mut told = 0_u32;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..MAILS {
                post.deliver(numbered(number));
                if number % 10 == 0 {
                    std::thread::sleep(Duration::from_millis(25));
                }
            }
        });
        for kill in moments().map(Some).chain([None]) {
            let mut stream = program.subscribe(saved.as_deref());
            // From the first event on: where nothing was told yet, nothing can be lost.
            let mut dies = None;
            let began = Instant::now();
            while seen.len() < MAILS {
                assert!(began.elapsed() < LONG * 3, "{} of {MAILS}", seen.len());
                let Some(frame) = stream.frame_within(Duration::from_millis(20)) else {
                    if dies.is_some_and(|dies| Instant::now() >= dies) {
                        break;
                    }
                    continue;
                };
                match frame["type"].as_str() {
                    Some("event") => {
                        let id = frame["id"].as_str().expect("a text").to_owned();
                        seen.entry(number(&frame["payload"])).or_default().insert(id);
                        told += 1;
                        stream.acknowledge(&frame);
                        if let Some(kill) = kill {
                            dies.get_or_insert_with(|| Instant::now() + kill);
                        }
                    }
                    Some("checkpoint") => stream.saved = frame["cursor"].as_str().map(str::to_owned),
                    _ => panic!("{frame}"),
                }
                if dies.is_some_and(|dies| Instant::now() >= dies) {
                    break;
                }
            }
            stream.kill();
            saved.clone_from(&stream.saved);
        }
    });
    assert!((0..MAILS).all(|number| seen.contains_key(&number)), "{} of {MAILS}", seen.len());
    assert!(seen.values().all(|ids| ids.len() == 1), "what comes twice has one id");
    eprintln!("{told} events for {MAILS} mails");
}

#[test]
#[ignore = "needs dovecot"]
fn in_an_agent_s_inbox() {
    let post = Post::new();
    let program = Program::connected(&post);
    let agent = Agent::new();
    let mailbox = agent.start(&program);
    agent.until_begun();
    drop(mailbox);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..MAILS {
                post.deliver(numbered(number));
                if number % 10 == 0 {
                    std::thread::sleep(Duration::from_millis(40));
                }
            }
        });
        for wait in moments() {
            let before = agent.count();
            let mut mailbox = agent.start(&program);
            // As long as mails come, one more comes.
            until("another message", || agent.count() > before || before >= MAILS);
            std::thread::sleep(wait / 2);
            mailbox.kill();
        }
    });
    let _mailbox = agent.start(&program);
    until("all messages", || agent.count() >= MAILS);
    let files = agent.received();
    let numbers: BTreeSet<usize> = files.values().map(number).collect();
    assert_eq!(numbers.len(), MAILS);
    // A message that comes twice after a crash is the same to the agent.
    let ids: BTreeSet<String> = files.values().map(|file| file["id"].to_string()).collect();
    assert_eq!(ids.len(), MAILS, "{} files", files.len());
}
