//! A home that can't be written, has no room, or lies on several disks. What needs a file system of its own is
//! left out where none can be mounted, and says so.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;

use crate::agent::{Agent, files, until};
use crate::mounted::Disk;

/// Where the connector writes what it sent, which is on no full disk.
fn elsewhere() -> tempfile::NamedTempFile {
    tempfile::NamedTempFile::new().expect("a file")
}

fn lines(file: &tempfile::NamedTempFile) -> usize {
    fs::read_to_string(file.path()).expect("text").lines().count()
}

#[test]
fn a_home_that_is_read_only_is_2() {
    let agent = Agent::new();
    let Some(disk) = Disk::mount(agent.home.path(), "size=1m") else { return };
    // Before there is anything, and when all of it was made.
    for (last, said) in
        [("1", "can't be made: Read-only file system"), ("2", "can't be written: Read-only file system")]
    {
        disk.remount("ro");
        let (status, log) = agent.start(|command| command.env("MAILER_LAST", last)).end();
        assert_eq!(status.code(), Some(2), "{log}");
        assert!(log.contains(said) && log.contains("let this program write"), "{log}");
        disk.remount("rw");
        let mailbox = agent.start(|command| command.env("MAILER_LAST", last));
        until("the next message", || agent.received().len().to_string() == last);
        mailbox.stop();
    }
}

#[test]
fn a_disk_that_is_full_at_the_start_may_have_room_at_the_next() {
    let agent = Agent::new();
    let Some(disk) = Disk::mount(agent.home.path(), "size=256k") else { return };
    disk.fill();
    let (status, log) = agent.start(|command| command.env("MAILER_LAST", "1")).end();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("No space left on device") && log.contains("make room"), "{log}");
    disk.make_room();
    let mailbox = agent.start(|command| command.env("MAILER_LAST", "1"));
    until("the message", || agent.received().len() == 1);
    mailbox.stop();
}

#[test]
fn what_is_sent_and_what_fails_needs_no_room() {
    let agent = Agent::new();
    let Some(disk) = Disk::mount(agent.home.path(), "size=256k") else { return };
    let sent = elsewhere();
    let mailbox = agent.start(|command| command.env("MAILER_SENT", sent.path()));
    until("it begins", || agent.outbox().exists());
    for (name, text) in [("a", "first"), ("b", "fail not_found"), ("c", "third")] {
        agent.say(&format!(".{name}"), "C", text);
    }
    disk.fill();
    for name in ["a", "b", "c"] {
        let outbox = agent.outbox();
        fs::rename(outbox.join(format!(".{name}.json")), outbox.join(format!("{name}.json"))).expect("moved");
    }
    until("two are sent", || lines(&sent) == 2);
    until("one failed", || agent.failures().len() == 1);
    let log = mailbox.stop();
    assert!(log.contains("not_found: as it was told"), "the log has the reason: {log}");
    assert!(agent.failures()[0].0.contains("fail not_found"), "the message is whole");
    let reasons = files(&agent.failed(), ".error.txt");
    assert!(reasons.values().all(|reason| !reason.is_empty()), "no reason is cut: {reasons:?}");
}

#[test]
fn what_is_remembered_has_no_room_and_nothing_is_lost() {
    let agent = Agent::new();
    let Some(disk) = Disk::mount(agent.home.path(), "size=512k") else { return };
    // The inbox has room, and what is remembered of it has none.
    fs::create_dir_all(agent.inbox()).expect("a folder");
    let beside = agent.messages().join(".tmp/work");
    fs::create_dir_all(&beside).expect("a folder");
    let first = agent.start(|command| command.env("MAILER_LAST", "1"));
    until("the message", || agent.received().len() == 1);
    first.stop();
    disk.fill();
    let mailbox = agent.start(|command| command.env("MAILER_LAST", "50"));
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(agent.received().len(), 1);
    disk.make_room();
    until("all of them", || agent.received().len() == 50);
    let log = mailbox.stop();
    assert!(log.contains("can't be put into the inbox and are kept"), "{log}");
}

/// `link` leads to no other disk, and a rename doesn't either.
#[test]
fn an_inbox_on_a_disk_of_its_own_gets_whole_files() {
    let agent = Agent::new();
    fs::create_dir_all(agent.inbox()).expect("a folder");
    let Some(_disk) = Disk::mount(&agent.inbox(), "size=8m") else { return };
    let mailbox = agent.start(|command| command.env("MAILER_LAST", "300"));
    // Each is whole whenever it is looked at.
    until("all of them", || agent.received().len() == 300);
    let log = mailbox.stop();
    assert_eq!(log, "");
    assert_eq!(files(&agent.inbox(), "").len(), 300, "no hidden file is left");
    assert!(files(&agent.messages().join(".tmp/work"), "").is_empty(), "nor beside it");
}

/// Nothing could be taken from one of them or put into it.
#[test]
fn an_outbox_or_failures_on_a_disk_of_their_own_are_2() {
    let of = |agent: &Agent, name: &str| {
        let (status, log) = agent.start(|command| command).end();
        assert_eq!(status.code(), Some(2), "{log}");
        for said in [name, "/messages/.connectors/work`", "mount the agent's home"] {
            assert!(log.contains(said), "{log}");
        }
    };
    for name in ["outbox", "outbox/work", "failed"] {
        let agent = Agent::new();
        let folder = agent.messages().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let Some(_disk) = Disk::mount(&folder, "size=1m") else { return };
        of(&agent, &format!("/messages/{name}"));
    }
    // Two mounts of one disk are as good as two disks.
    let agent = Agent::new();
    let Some(_disk) = Disk::mount(agent.home.path(), "size=1m") else { return };
    let elsewhere = agent.home.path().join("elsewhere");
    for folder in [&elsewhere, &agent.outbox()] {
        fs::create_dir_all(folder).expect("a folder");
    }
    let Some(_second) = Disk::bind(&elsewhere, &agent.outbox()) else { return };
    of(&agent, "/messages/outbox/work`");
}

/// Where a message needs no room and its reason does.
#[test]
fn what_is_no_message_is_kept_without_its_reason_where_there_is_no_room_for_that() {
    let agent = Agent::new();
    let Some(_disk) = Disk::mount(agent.home.path(), "size=1m,nr_inodes=100") else { return };
    let first = agent.start(|command| command);
    until("it begins", || agent.messages().join(".connectors/work/seen").exists());
    first.stop();
    let filler = |number: u32| agent.home.path().join(format!("filler-{number}"));
    let full = (0..).find(|number| fs::File::create_new(filler(*number)).is_err()).expect("it has an end");
    fs::remove_file(filler(full - 1)).expect("removed");
    let mailbox = agent.start(|command| command.env("MAILER_STRANGE", "1"));
    until("it is kept", || agent.failures().len() == 1);
    let log = mailbox.stop();
    assert!(
        log.contains("can't be a message") && log.contains("it is kept in"),
        "the log has the reason: {log}"
    );
    let (contents, reason) = agent.failures().remove(0);
    assert!(contents.contains("s3cret of nobody") && reason.is_empty(), "{contents}");
    assert!(files(&agent.failed(), ".error.txt").is_empty());
}

#[test]
fn a_file_that_may_not_be_read_stops_nobody() {
    const NOBODY: u32 = 65_534;
    let agent = Agent::new();
    agent.say("a", "C", "unreadable");
    agent.say("b", "C", "after it");
    let file = agent.outbox().join("a.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("its own");
    let sent = elsewhere();
    let mut command = agent.command();
    command.env("MAILER_SENT", sent.path());
    if fs::read(&file).is_ok() {
        // Who runs this may read everything, so somebody else has to.
        for path in [agent.home.path(), &agent.messages(), &agent.messages().join("outbox"), &agent.outbox()]
        {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("root may");
        }
        for path in [&agent.outbox().join("b.json"), sent.path()] {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("root may");
        }
        command.uid(NOBODY).gid(NOBODY);
    }
    let mut mailbox = match agent.spawn(&mut command) {
        Ok(mailbox) => mailbox,
        Err(error) => {
            connector_tests::left_out(&format!("nobody else may run this test's program: {error}"));
            return;
        }
    };
    until("the other is sent", || lines(&sent) == 1);
    until("it failed", || files(&agent.failed(), ".json").len() == 1);
    mailbox.kill();
    let reasons = files(&agent.failed(), ".error.txt");
    let reason = reasons.values().next().expect("a reason");
    assert!(String::from_utf8_lossy(reason).contains("it can't be read: Permission denied"), "{reasons:?}");
}
