//! Messages for the agent.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::agent::{Agent, files, until};
use crate::mounted::Disk;

fn texts(agent: &Agent) -> Vec<String> {
    let text = |file: &serde_json::Value| file["content"]["text"].as_str().expect("a text").to_owned();
    agent.received().values().map(text).collect()
}

#[test]
fn a_message_is_a_file_that_the_agent_reads() {
    let agent = Agent::new();
    let mailbox = agent.start(|command| command.env("MAILER_LAST", "3").env("MAILER_TWICE", "1"));
    until("three files", || agent.received().len() == 3);
    let log = mailbox.stop();
    assert_eq!(log, "");
    assert_eq!(texts(&agent), ["number 1", "number 2", "number 3"], "in the order of the names");
    for (name, file) in agent.received() {
        let id = file["id"].as_str().expect("a text");
        assert_eq!(file["connector"]["instance"], "work");
        assert_eq!(file["connector"]["type"], "mailer");
        assert_eq!(file["metadata"]["sender.team"], "T1", "what the reader takes nowhere else");
        let parts: Vec<&str> = name.trim_end_matches(".json").split('_').collect();
        let [instance, day, time, micros, short] = parts.as_slice() else { panic!("{name}") };
        assert_eq!((*instance, day.len(), time.len(), micros.len()), ("work", 8, 6, 6), "{name}");
        assert!(id.starts_with(short) && id.as_bytes()[14] == b'5', "{name} of {id}");
    }
    assert!(files(&agent.messages().join(".tmp/work"), "").is_empty(), "nothing is left beside it");
}

#[test]
fn what_was_taken_does_not_come_again() {
    let agent = Agent::new();
    let first = agent.start(|command| command.env("MAILER_LAST", "5"));
    until("five files", || agent.received().len() == 5);
    first.stop();
    // The agent deals with them.
    let ids: BTreeSet<String> = agent.received().values().map(|file| file["id"].to_string()).collect();
    fs::remove_dir_all(agent.inbox()).expect("removed");
    let second = agent.start(|command| command.env("MAILER_LAST", "6"));
    until("the sixth", || agent.received().len() == 1);
    second.stop();
    assert_eq!(texts(&agent), ["number 6"]);

    // Without a cursor all of them come, and all are known.
    let seen = agent.messages().join(".connectors/work/seen");
    let text = fs::read_to_string(&seen).expect("it is there");
    let without: String =
        text.lines().filter(|line| !line.starts_with("c ")).map(|line| format!("{line}\n")).collect();
    fs::write(&seen, without).expect("written");
    let third = agent.start(|command| command.env("MAILER_LAST", "7"));
    until("the seventh", || agent.received().len() == 2);
    third.stop();
    assert_eq!(texts(&agent), ["number 6", "number 7"]);
    // Forgotten, they are the same to the agent still.
    fs::remove_file(&seen).expect("removed");
    let fourth = agent.start(|command| command.env("MAILER_LAST", "5"));
    until("all again", || agent.received().len() == 7);
    fourth.stop();
    let again: BTreeSet<String> = agent.received().values().map(|file| file["id"].to_string()).collect();
    assert!(ids.is_subset(&again));
}

#[test]
fn killed_at_any_moment_it_loses_nothing() {
    let agent = Agent::new();
    let mut waits: Vec<u64> = (0..20).map(|n| n * 7 % 60).collect();
    waits.push(u64::MAX);
    for wait in waits {
        let mut mailbox = agent.start(|command| command.env("MAILER_LAST", "2000").args(["--durable=false"]));
        if wait == u64::MAX {
            until("all are there", || agent.received().len() >= 2000);
            mailbox.stop();
        } else {
            std::thread::sleep(Duration::from_millis(wait));
            mailbox.kill();
        }
    }
    let files = agent.received();
    let ids: BTreeSet<String> = files.values().map(|file| file["id"].to_string()).collect();
    assert_eq!((files.len(), ids.len()), (2000, 2000), "each once");
}

#[test]
fn what_was_written_and_had_not_appeared_appears_at_the_next_start() {
    let agent = Agent::new();
    let first = agent.start(|command| command.env("MAILER_LAST", "2"));
    until("two files", || agent.received().len() == 2);
    first.stop();
    // As after a crash: one is remembered and not in the inbox, another one is not remembered.
    let (name, contents) = files(&agent.inbox(), ".json").into_iter().next().expect("a file");
    let id = agent.received()[&name]["id"].as_str().expect("an id").replace('-', "");
    let beside = agent.messages().join(".tmp/work");
    let stem = name.trim_end_matches(".json");
    fs::write(beside.join(format!("{stem}.{id}.tmp")), &contents).expect("written");
    fs::write(beside.join(format!("{stem}.{}.tmp", "0".repeat(32))), "{").expect("written");
    fs::remove_file(agent.inbox().join(&name)).expect("removed");
    let second = agent.start(|command| command.env("MAILER_LAST", "2"));
    until("it is there", || agent.inbox().join(&name).exists());
    second.stop();
    assert_eq!(agent.received().len(), 2);
    assert!(files(&beside, "").is_empty());
}

/// Prints the names of what is created in a folder with what is in it at that moment.
const WATCH: &str = r#"
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.inotify_init()
assert libc.inotify_add_watch(fd, sys.argv[1].encode(), 0x100) >= 0
print("ready", flush=True)
data = os.read(fd, 65536)
length = struct.unpack_from("iIII", data)[3]
name = data[16:16 + length].rstrip(b"\0").decode()
print(name, os.path.getsize(os.path.join(sys.argv[1], name)), flush=True)
"#;

#[test]
fn whoever_watches_the_inbox_is_woken_by_a_complete_file() {
    use std::io::{BufRead as _, BufReader};
    let agent = Agent::new();
    fs::create_dir_all(agent.inbox()).expect("a folder");
    let watcher = Command::new("python3")
        .args(["-c", WATCH])
        .arg(agent.inbox())
        .stdout(std::process::Stdio::piped())
        .spawn();
    let Ok(mut watcher) = watcher else {
        connector_tests::left_out("there is no python3 to watch with");
        return;
    };
    let mut lines = BufReader::new(watcher.stdout.take().expect("a pipe")).lines();
    assert_eq!(lines.next().expect("a line").expect("text"), "ready");
    let mailbox = agent.start(|command| command.env("MAILER_LAST", "1"));
    let line = lines.next().expect("a line").expect("text");
    watcher.wait().expect("it ends");
    mailbox.stop();
    let (name, size) = line.rsplit_once(' ').expect("two words");
    assert!(name.ends_with(".json") && size.parse::<u64>().expect("a number") > 300, "{line}");
}

#[test]
fn what_is_no_message_is_kept_and_does_not_come_again() {
    let agent = Agent::new();
    let mailbox = agent.start(|command| command.env("MAILER_LAST", "1").env("MAILER_STRANGE", "1"));
    until("the message after it", || agent.received().len() == 1);
    let log = mailbox.stop();
    assert!(log.contains("the event `strange`") && !log.contains("s3cret"), "{log}");
    let failures = agent.failures();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].0.contains("s3cret") && failures[0].1.contains("is no message"), "{failures:?}");
    assert!(!failures[0].1.contains("s3cret"));
}

#[test]
fn a_full_disk_delays_and_loses_nothing() {
    let agent = Agent::new();
    let Some(disk) = Disk::mount(agent.home.path(), "size=512k") else { return };
    // Held so that it ends before the file system does.
    let mailbox = agent.start(|command| command.env("MAILER_LAST", "400").env("MAILER_SENT", "/dev/null"));
    // Whatever was taken is taken away by the agent, which makes room.
    let mut ids = BTreeSet::new();
    let mut filled = false;
    until("all messages", || {
        for (name, contents) in files(&agent.inbox(), ".json") {
            let file: serde_json::Value = serde_json::from_slice(&contents).expect("complete");
            ids.insert(file["id"].to_string());
            filled = true;
            fs::remove_file(agent.inbox().join(name)).expect("removed");
        }
        ids.len() == 400 && filled
    });
    let log = mailbox.stop();
    disk.unmount();
    assert!(log.contains("can't be put into the inbox and are kept"), "{log}");
}
