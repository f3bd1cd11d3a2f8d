//! Nothing is lost when the connector is killed, at any moment, many times.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::agent::{Agent, until};
use super::program::{Program, number, numbered};
use super::stream::begun;
use crate::chance::Chance;
use crate::puffer::{LONG, Stream};
use crate::servers::Post;

const MAILS: usize = 2000;
const KILLS: usize = 20;

/// How long each lives once mails come.
fn moments(salt: u64) -> impl Iterator<Item = Duration> {
    let mut chance = Chance::new(salt);
    (0..KILLS).map(move |_| Duration::from_millis(30 + chance.below(400)))
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
    let mut told = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..MAILS {
                post.deliver(numbered(number));
                if number % 10 == 0 {
                    std::thread::sleep(Duration::from_millis(60));
                }
            }
        });
        for kill in moments(1).map(Some).chain([None]) {
            let mut stream = program.subscribe(saved.as_deref());
            let dies = until_killed(&mut stream, kill, &mut seen, &mut told);
            assert_eq!(
                dies,
                kill.is_some(),
                "all mails were told before the connector was killed {KILLS} times"
            );
            stream.kill();
            saved.clone_from(&stream.saved);
        }
    });
    assert!((0..MAILS).all(|number| seen.contains_key(&number)), "{} of {MAILS}", seen.len());
    assert!(seen.values().all(|ids| ids.len() == 1), "what comes twice has one id");
    assert!(told > MAILS, "{told}: nothing was in the midst of anything when it was killed");
}

/// Takes events until all mails came, or until so long after the first event. As Puffer does, it deals with what there
/// is, then saves and acknowledges each; what it was dealing with at the end is neither. Says whether it was the time.
fn until_killed(
    stream: &mut Stream,
    kill: Option<Duration>,
    seen: &mut BTreeMap<usize, BTreeSet<String>>,
    told: &mut usize,
) -> bool {
    let began = Instant::now();
    let mut dies = None;
    let mut batch = Vec::new();
    while seen.len() < MAILS {
        assert!(began.elapsed() < LONG * 3, "{} of {MAILS}", seen.len());
        if dies.is_some_and(|dies| Instant::now() >= dies) {
            return true;
        }
        match stream.frame_within(Duration::from_millis(5)) {
            Some(frame) if frame["type"] == "event" => {
                *told += 1;
                batch.push(frame);
                if let Some(kill) = kill {
                    dies.get_or_insert_with(|| Instant::now() + kill);
                }
            }
            Some(frame) if frame["type"] == "checkpoint" => {
                stream.saved = frame["cursor"].as_str().map(str::to_owned);
            }
            Some(frame) => panic!("{frame}"),
            // The last of all are dealt with although no others come.
            None if kill.is_none() => deal_with(&mut batch, stream, seen),
            None => {}
        }
        if batch.len() >= 7 {
            deal_with(&mut batch, stream, seen);
        }
    }
    false
}

fn deal_with(batch: &mut Vec<Value>, stream: &mut Stream, seen: &mut BTreeMap<usize, BTreeSet<String>>) {
    for event in batch.drain(..) {
        let id = event["id"].as_str().expect("a text").to_owned();
        seen.entry(number(&event["payload"])).or_default().insert(id);
        stream.acknowledge(&event);
    }
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
        for wait in moments(2) {
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
