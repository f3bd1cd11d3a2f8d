//! A connector that is killed again and again, under both hosts: nothing is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::people::Person;
use super::rooms::{Program, log_in};
use crate::puffer::Stream;
use crate::seed_agent::{Mailbox, received, until};
use crate::servers;

const KILLS: usize = 20;
const ROOMS: usize = 4;
const EACH: usize = 500;

/// How many messages come before each kill, so that the kills are spread over all of them.
const BETWEEN: usize = ROOMS * EACH / (KILLS + 2);

/// A bound against hangs alone.
const AT_MOST: Duration = Duration::from_secs(480);

/// Moments that nobody chose.
struct Chance(u64);

impl Chance {
    fn new(salt: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let seed = u64::try_from(now.as_nanos() & u128::from(u64::MAX)).expect("64 bits") ^ salt;
        eprintln!("the seed is {seed}");
        Self(seed | 1)
    }

    /// Marsaglia's xorshift.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn moment(&mut self) -> Instant {
        Instant::now() + Duration::from_millis(self.below(2000))
    }
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

/// Puffer, which deals with what has queued up, saves the cursors and acknowledges.
fn under_puffer(program: &Program, ready: &AtomicBool, give_up: Instant) -> (Came, usize) {
    let mut chance = Chance::new(1);
    let mut came = Came::default();
    let mut kills = 0;
    let mut saved: Option<String> = None;
    loop {
        let mut stream = Stream::subscribe(&mut program.run(&["subscribe"]), saved.as_deref());
        let mut kill_at = None;
        let mut queued: Vec<Value> = Vec::new();
        loop {
            assert!(Instant::now() < give_up, "{} came, killed {kills} times", came.ids.len());
            if kills < KILLS && came.ids.len() >= (kills + 1) * BETWEEN {
                kill_at.get_or_insert_with(|| chance.moment());
            }
            if kill_at.is_some_and(|moment| Instant::now() >= moment) {
                stream.kill();
                kills += 1;
                break;
            }
            let frame = stream.frame_within(Duration::from_millis(5));
            let idle = frame.is_none();
            match frame {
                None => {}
                Some(frame) => match frame["type"].as_str() {
                    Some("event") => queued.push(frame),
                    Some("checkpoint") => {
                        stream.saved = frame["cursor"].as_str().map(str::to_owned);
                        ready.store(true, Ordering::Relaxed);
                    }
                    other => panic!("{other:?}: {frame}"),
                },
            }
            if idle || queued.len() >= 20 {
                for event in queued.drain(..) {
                    let message = event["payload"]["message"].as_str().expect("a text");
                    came.note(message, event["id"].as_str().expect("an id"));
                    stream.acknowledge(&event);
                }
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
fn in_an_inbox(program: &Program, home: &Path, ready: &AtomicBool, give_up: Instant) -> (Came, usize) {
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
    let wait_for = |number: usize| {
        while std::fs::read_dir(&inbox).map_or(0, Iterator::count) < number {
            assert!(Instant::now() < give_up, "only {} came", received(&inbox).len());
            thread::sleep(Duration::from_millis(10));
        }
    };
    while kills < KILLS {
        wait_for((kills + 1) * BETWEEN);
        thread::sleep(chance.moment().saturating_duration_since(Instant::now()));
        mailbox.kill();
        kills += 1;
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
    let give_up = Instant::now() + AT_MOST;
    let (puffer_is_ready, agent_is_ready) = (AtomicBool::new(false), AtomicBool::new(false));
    let runtime = tokio::runtime::Handle::current();
    let (in_puffer, in_inbox) = tokio::task::block_in_place(|| {
        thread::scope(|scope| {
            let puffer = scope.spawn(|| under_puffer(&puffers, &puffer_is_ready, give_up));
            let inbox = scope.spawn(|| in_an_inbox(&agents, home.path(), &agent_is_ready, give_up));
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
        assert_eq!(*kills, KILLS);
        came.assert_whole();
    }
    // Also after a kill nothing new comes before what is older, in each room.
    for room in 0..ROOMS {
        let of_room = |text: &&String| text.starts_with(&format!("room {room},"));
        let order: Vec<&String> = in_puffer.0.order.iter().filter(of_room).collect();
        assert_eq!(order, (0..EACH).map(|n| text(room, n)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    }
}
