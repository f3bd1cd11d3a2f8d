//! How the process ends, and what it can't begin with.

use std::fs;
use std::time::{Duration, Instant};

use crate::agent::{Agent, until};
use crate::traces::leave;

#[test]
fn a_signal_ends_it_in_time_whatever_is_under_way() {
    for signal in ["-TERM", "-INT"] {
        let agent = Agent::new();
        agent.say("a", "C", "slow");
        let mailbox = agent.start(|command| command.env("MAILER_LAST", "1"));
        until("it is under way", || agent.sent().len() == 1);
        let began = Instant::now();
        mailbox.signal(signal);
        let (status, log) = mailbox.end();
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(began.elapsed() < Duration::from_secs(30), "a bound against hangs alone");
    }
}

#[test]
fn what_a_restart_cannot_mend_is_2() {
    for kind in ["auth", "setup", "denied", "usage"] {
        let agent = Agent::new();
        let (status, log) = agent.start(|command| command.env("MAILER_FAIL", kind)).end();
        assert_eq!(status.code(), Some(2), "{log}");
        assert!(log.contains(&format!("error: {kind}: as it was told")), "{log}");
    }
    // A message that shows that the credentials are refused is not lost by that.
    let agent = Agent::new();
    agent.say("a", "C", "fail auth");
    let (status, log) = agent.start(|command| command.env("MAILER_HEALTH", "auth")).end();
    assert_eq!(status.code(), Some(2), "{log}");
    let claimed = agent.messages().join(".connectors/work/claimed");
    assert_eq!(fs::read_dir(claimed).expect("a folder").count(), 1);
    assert!(agent.failures().is_empty());
}

#[test]
fn what_one_message_is_refused_ends_nothing() {
    let agent = Agent::new();
    agent.say("a", "closed", "fail auth");
    agent.say("b", "unset", "fail setup");
    agent.say("c", "open", "all is well");
    let mailbox = agent.start(|command| command);
    until("the last is sent", || agent.sent_texts() == ["all is well"]);
    until("the others failed", || agent.failures().len() == 2);
    mailbox.stop();
    let mut reasons: Vec<String> = agent.failures().into_iter().map(|(_, reason)| reason).collect();
    reasons.sort();
    assert_eq!(reasons, ["auth: as it was told\n", "setup: as it was told\n"]);
}

#[test]
fn what_a_panic_says_is_told_without_its_secrets() {
    let agent = Agent::new();
    agent.say("a", "C", "fail panic");
    let mailbox = agent.start(|command| {
        command.env("MAILER_FAIL", "panic").env("MAILER_TOKEN", "s3cret-token").env("RUST_BACKTRACE", "full")
    });
    until("it is sent", || agent.failures().len() == 1);
    mailbox.signal("-TERM");
    let (_, log) = mailbox.end();
    leave(&log);
    assert!(!log.contains("s3cret"), "{log}");
    assert!(log.contains("connector panicked at tests/src/bin/mailer.rs:"), "{log}");
    assert!(log.contains("the connector panicked: with [redacted]"), "{log}");
}

#[test]
fn a_home_and_a_name_that_cannot_be_used_are_2() {
    let agent = Agent::new();
    let run = |arguments: &[&str]| {
        let mut command = agent.command();
        command.args(arguments);
        let output = command.output().expect("it starts");
        (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    let (code, log) = run(&["--unknown"]);
    assert_eq!(code, Some(2), "{log}");
    for (name, home, said) in [
        ("a/b", agent.home.path().to_owned(), "can't be the name of an instance"),
        ("..", agent.home.path().to_owned(), "can't be the name of an instance"),
        ("work", agent.home.path().join("none"), "there is no home"),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mailer"));
        let output = command.args(["mailbox", "--name", name, "--home"]).arg(home).env_clear().output();
        let output = output.expect("it starts");
        let log = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{log}");
        assert!(log.contains(said), "{log}");
    }
    assert_eq!(fs::read_dir(agent.home.path()).expect("a folder").count(), 0, "nothing was made");
    // Not even root can make a folder below a file, as nobody can in a home that is read-only.
    fs::write(agent.home.path().join("messages"), "").expect("written");
    let (code, log) = run(&[]);
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("let this program write"), "{log}");
}

#[test]
fn a_state_that_is_not_its_own_is_2() {
    let agent = Agent::new();
    agent.start(|command| command.env("MAILER_LAST", "0")).stop_once_begun(&agent);
    let seen = agent.messages().join(".connectors/work/seen");
    for (contents, said) in [
        ("connector-sdk 1 other\n", "is not of the connector `mailer`"),
        ("connector-sdk 1 mailer\nx\n", "is damaged"),
        ("connector-sdk 1 mailer\nc \"s72\"\n", "is not one of this connector"),
    ] {
        fs::write(&seen, contents).expect("written");
        let (status, log) = agent.start(|command| command).end();
        assert_eq!(status.code(), Some(2), "{log}");
        assert!(log.contains(said), "{log}");
    }
}

#[test]
fn one_process_serves_an_instance() {
    let agent = Agent::new();
    let first = agent.start(|command| command.env("MAILER_LAST", "1"));
    until("it serves", || agent.received().len() == 1);
    let (status, log) = agent.start(|command| command).end();
    assert_eq!(status.code(), Some(1), "it may be gone at the next try");
    assert!(log.contains("another process serves the instance `work`"), "{log}");
    first.stop();
}

impl crate::agent::Mailbox {
    fn stop_once_begun(self, agent: &Agent) {
        until("it begins", || agent.messages().join(".connectors/work/seen").exists());
        self.stop();
    }
}
