//! A connector that is killed again and again, under both hosts: nothing is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::people::Person;
use super::rooms::{Program, log_in};
use crate::chance::Chance;
use crate::puffer::Stream;
use crate::seed_agent::{Mailbox, received, until};
use crate::servers;

const KILLS: usize = 20;
const ROOMS: usize = 4;
const EACH: usize = 500;

/// Kills come in pairs: one at any moment, and one soon after what queued up meanwhile begins to come, which is the
/// middle of a batch. So many messages come before each pair, so that they are spread over all of them.
const BETWEEN: usize = ROOMS * EACH / (KILLS / 2 + 3);

/// Any moment is one of so many milliseconds.
const ANY: u64 = 2000;

/// And one in a batch is one of these.
const SOON: u64 = 100;

/// Where nothing new has come for so long, nothing will.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long nothing new has come.
struct Quiet {
    since: Instant,
    came: usize,
}

impl Quiet {
    fn new() -> Self {
        Self { since: Instant::now(), came: 0 }
    }

    fn is_too_long(&mut self, came: usize) -> bool {
        if came > self.came {
            *self = Self { since: Instant::now(), came };
        }
        self.since.elapsed() > PATIENCE
    }
}

/// The time in which nobody starts it again, and something queues up.
fn pause(chance: &mut Chance) {
    thread::sleep(Duration::from_millis(500 + chance.below(ANY)));
}

/// What came, in the order in which it came first: the ids of each text.
#[derive(Default)]
struct Came {
    ids: BTreeMap<String, BTreeSet<String>>,
    order: Vec<String>,
}

impl Came {
    fn note(&mut self, text: &str, id: &str) {
        let ids = self.ids.entry(text.to_owned()).or_default();
        if ids.is_empty() {
            self.order.push(text.to_owned());
        }
        ids.insert(id.to_owned());
    }

    fn is_whole(&self) -> bool {
        self.ids.len() >= ROOMS * EACH
    }

    fn assert_whole(&self) {
        let missing: Vec<_> = all().filter(|text| !self.ids.contains_key(text)).collect();
        assert!(missing.is_empty(), "{} are missing: {missing:?}", missing.len());
        assert_eq!(self.ids.len(), ROOMS * EACH, "and nothing else came");
        let several: Vec<_> = self.ids.iter().filter(|(_, ids)| ids.len() > 1).collect();
        assert!(several.is_empty(), "what comes twice has one id: {several:?}");
    }
}

fn all() -> impl Iterator<Item = String> {
    (0..ROOMS).flat_map(|room| (0..EACH).map(move |n| text(room, n)))
}

fn text(room: usize, n: usize) -> String {
    format!("room {room}, message {n}")
}

/// Whether the next kill is the second of its pair.
fn is_second(kills: usize) -> bool {
    kills % 2 == 1
}

/// How many messages come before the next kill, where it is the first of its pair.
fn threshold(kills: usize) -> usize {
    (kills / 2 + 1) * BETWEEN
}

/// Puffer, which deals with what has queued up, takes its time, saves the cursors and acknowledges.
fn under_puffer(program: &Program, ready: &AtomicBool) -> (Came, usize) {
    let mut chance = Chance::new(1);
    let (mut came, mut quiet) = (Came::default(), Quiet::new());
    let mut kills = 0;
    let mut saved: Option<String> = None;
    loop {
        let mut stream = Stream::subscribe(&mut program.run(&["subscribe"]), saved.as_deref());
        let mut kill_at = None;
        let mut queued: Vec<Value> = Vec::new();
        loop {
            if quiet.is_too_long(came.ids.len()) {
                return (came, kills);
            }
            if kills < KILLS && !is_second(kills) && came.ids.len() >= threshold(kills) {
                kill_at.get_or_insert_with(|| chance.moment(ANY));
            }
            if kill_at.is_some_and(|moment| Instant::now() >= moment) {
                stream.kill();
                kills += 1;
                pause(&mut chance);
                break;
            }
            let frame = stream.frame_within(Duration::from_millis(5));
            let idle = frame.is_none();
            match frame {
                None => {}
                Some(frame) => match frame["type"].as_str() {
                    Some("event") => {
                        if kills < KILLS && is_second(kills) {
                            kill_at.get_or_insert_with(|| chance.moment(SOON));
                        }
                        queued.push(frame);
                    }
                    Some("checkpoint") => {
                        stream.saved = frame["cursor"].as_str().map(str::to_owned);
                        ready.store(true, Ordering::Relaxed);
                    }
                    other => panic!("{other:?}: {frame}"),
                },
            }
            if idle || queued.len() >= 3 {
                for event in queued.drain(..) {
                    let message = event["payload"]["message"].as_str().expect("a text");
                    came.note(message, event["id"].as_str().expect("an id"));
                    stream.acknowledge(&event);
                }
                thread::sleep(Duration::from_millis(10));
            }
            saved.clone_from(&stream.saved);
            if came.is_whole() && kills == KILLS && idle {
                assert!(stream.close().0.success());
                return (came, kills);
            }
        }
    }
}

/// An agent, which leaves everything in its inbox.
fn in_an_inbox(program: &Program, home: &Path, ready: &AtomicBool) -> (Came, usize) {
    let mut chance = Chance::new(2);
    let mut kills = 0;
    let inbox = home.join("messages/inbox");
    let seen = home.join("messages/.connectors/work/seen");
    let has_cursor = || {
        let seen = std::fs::read_to_string(&seen).unwrap_or_default();
        seen.lines().any(|line| line.starts_with("c "))
    };
    let start = || {
        let mut command = program.mailbox(home);
        Mailbox::start(command.stderr(std::process::Stdio::null()))
    };
    let mut mailbox = start();
    until("it knows where it begins", has_cursor);
    ready.store(true, Ordering::Relaxed);
    let count = || std::fs::read_dir(&inbox).map_or(0, Iterator::count);
    let wait_for = |number: usize| {
        let mut quiet = Quiet::new();
        while count() < number && !quiet.is_too_long(count()) {
            thread::sleep(Duration::from_millis(2));
        }
    };
    while kills < KILLS {
        let moment = if is_second(kills) {
            wait_for(count() + 1);
            chance.moment(SOON)
        } else {
            wait_for(threshold(kills));
            chance.moment(ANY)
        };
        thread::sleep(moment.saturating_duration_since(Instant::now()));
        mailbox.kill();
        kills += 1;
        pause(&mut chance);
        mailbox = start();
    }
    wait_for(ROOMS * EACH);
    mailbox.kill();
    let mut came = Came::default();
    for message in received(&inbox).into_values() {
        let text = message["content"]["text"].as_str().expect("a text");
        came.note(text, message["id"].as_str().expect("an id"));
    }
    (came, kills)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn two_thousand_messages_survive_twenty_kills_under_both_hosts() {
    let server = servers::synapse(&json!({}));
    let ann = Person::register(&server, "ann").await;
    let bot = Person::register(&server, "bot").await;
    let agent = Person::register(&server, "agent").await;
    let mut rooms = Vec::new();
    for room in 0..ROOMS {
        let room = ann.room(&format!("Room {room}"), &[&bot, &agent]).await;
        bot.join(&room).await;
        agent.join(&room).await;
        rooms.push(room);
    }
    let puffers = Program::connected(&server, &log_in(&server, &bot).await, false);
    let agents = Program::connected(&server, &log_in(&server, &agent).await, false);
    let home = tempfile::tempdir().expect("a folder");
    let (puffer_is_ready, agent_is_ready) = (AtomicBool::new(false), AtomicBool::new(false));
    let runtime = tokio::runtime::Handle::current();
    let (in_puffer, in_inbox) = tokio::task::block_in_place(|| {
        thread::scope(|scope| {
            let puffer = scope.spawn(|| under_puffer(&puffers, &puffer_is_ready));
            let inbox = scope.spawn(|| in_an_inbox(&agents, home.path(), &agent_is_ready));
            until("both listen", || {
                puffer_is_ready.load(Ordering::Relaxed) && agent_is_ready.load(Ordering::Relaxed)
            });
            let began = Instant::now();
            runtime.block_on(async {
                let mut senders = tokio::task::JoinSet::new();
                for (number, room) in rooms.iter().cloned().enumerate() {
                    let ann = ann.clone();
                    senders.spawn(async move {
                        for n in 0..EACH {
                            ann.say(&room, &text(number, n)).await;
                        }
                    });
                }
                senders.join_all().await;
            });
            eprintln!("{} messages were sent in {:?}", ROOMS * EACH, began.elapsed());
            (puffer.join().expect("Puffer"), inbox.join().expect("the agent"))
        })
    });
    for (came, kills) in [&in_puffer, &in_inbox] {
        came.assert_whole();
        assert_eq!(*kills, KILLS);
    }
    // Also after a kill nothing new comes before what is older, in each room.
    for room in 0..ROOMS {
        let of_room = |text: &&String| text.starts_with(&format!("room {room},"));
        let order: Vec<&String> = in_puffer.0.order.iter().filter(of_room).collect();
        assert_eq!(order, (0..EACH).map(|n| text(room, n)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    }
}
