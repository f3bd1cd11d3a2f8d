//! Messages of the agent.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::agent::{Agent, files, until};

#[test]
fn a_file_is_delivered_and_gone() {
    let agent = Agent::new();
    agent.say("out_1", "C1", "first");
    agent.write("out_2.json", json!({"channel": "C1", "text": "second", "thread_ts": "1.5"}).to_string());
    agent.write("other.txt", "not for anybody");
    agent.write(".hidden.json", "somebody writes it");
    let mailbox = agent.start(|command| command);
    until("both are sent", || agent.sent().len() == 2);
    until("both are gone", || files(&agent.outbox(), "").len() == 2);
    let log = mailbox.stop();
    assert_eq!(log, "", "no text of anybody's");
    let sent = agent.sent();
    assert_eq!(sent[0], json!({"id": "id-out_1", "conversation": "C1", "text": "first", "thread": null}));
    assert_eq!((&sent[1]["text"], &sent[1]["thread"]), (&json!("second"), &json!("1.5")));
    let state = agent.messages().join(".connectors/work");
    assert!(files(&state.join("claimed"), "").is_empty() && files(&state.join("sending"), "").is_empty());
    assert!(agent.failures().is_empty());
}

#[test]
fn whatever_lies_there_stops_nobody() {
    let agent = Agent::new();
    agent.write("a1.json", b"{\"channel\":\"C\",\"text\":\"s3cret \xff\"}");
    agent.write("a2.json", "[\"s3cret\"]");
    agent.write("a3.json", "{\"channel\":\"C\",\"tex");
    agent.write("a4.json", json!({"text": "s3cret"}).to_string());
    agent.write("a5.json", "x".repeat(10 * 1024 * 1024));
    agent.write("a6.json", "");
    fs::create_dir_all(agent.outbox().join("a7.json/inside")).expect("a folder");
    std::os::unix::fs::symlink("/etc/passwd", agent.outbox().join("a8.json")).expect("a link");
    let pipe = std::process::Command::new("mkfifo").arg(agent.outbox().join("a9.json")).status();
    assert!(pipe.expect("`mkfifo` starts").success());
    agent.say(&"n".repeat(250), "C", "a long name");
    agent.say("z", "C", "the last");
    let mailbox = agent.start(|command| command);
    until("the messages are sent", || agent.sent().len() == 2);
    until("the others failed", || files(&agent.outbox(), "").is_empty());
    let log = mailbox.stop();
    assert_eq!(agent.sent_texts(), ["a long name", "the last"]);
    let reasons: Vec<String> = agent.failures().into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons.len(), 9, "{reasons:?}");
    for said in
        ["not JSON", "not a JSON object", "`conversation_id`", "larger than 8 MiB", "not a regular file"]
    {
        assert!(reasons.iter().any(|reason| reason.contains(said)), "{said}: {reasons:?}");
    }
    assert!(!log.contains("s3cret") && !reasons.concat().contains("s3cret"), "{log}");
}

/// As the stock prompt teaches it.
#[test]
fn messages_in_the_wrong_folder_are_told_of_once() {
    let agent = Agent::new();
    agent.say("a", "C", "in the right one");
    let stray = agent.messages().join("outbox/reply.json");
    fs::write(&stray, json!({"channel": "C", "text": "s3cret"}).to_string()).expect("written");
    let mailbox = agent.start(|command| command);
    until("the right one is sent", || agent.sent_texts() == ["in the right one"]);
    let log = mailbox.stop();
    assert_eq!(log.matches("where no connector looks").count(), 1, "{log}");
    assert!(log.contains("outbox/work`") && !log.contains("s3cret"), "{log}");
    assert!(stray.exists(), "it may be another's");
}

#[test]
fn a_file_that_is_still_written_is_waited_for() {
    let agent = Agent::new();
    agent.write("slow.json", "{\"channel\":\"C\",");
    let mailbox = agent.start(|command| command);
    let whole = "{\"channel\":\"C\",\"text\":\"whole\"}";
    for end in [20, 25, whole.len()] {
        std::thread::sleep(Duration::from_millis(900));
        assert!(agent.failures().is_empty());
        agent.write("slow.json", &whole[..end]);
    }
    until("it is sent", || agent.sent_texts() == ["whole"]);
    mailbox.stop();
    assert!(agent.failures().is_empty());
}

#[test]
fn a_failure_is_kept_with_its_reason_and_nothing_is_overwritten() {
    let agent = Agent::new();
    fs::create_dir_all(agent.failed()).expect("a folder");
    fs::write(agent.failed().join("same.json"), "an older one").expect("written");
    agent.say("same", "C", "fail not_found");
    agent.say("tried", "D", "later");
    let mailbox = agent.start(|command| command);
    until("it failed", || agent.failures().len() == 2);
    agent.say("same", "C", "fail upstream");
    until("it failed too", || agent.failures().len() == 3);
    until("it was tried again", || agent.sent_texts() == ["later"]);
    let log = mailbox.stop();
    let reasons: Vec<String> = agent.failures().into_iter().map(|(_, reason)| reason).collect();
    assert!(reasons.iter().any(|reason| reason == "not_found: as it was told\n"), "{reasons:?}");
    assert!(
        reasons.iter().any(|reason| reason.starts_with("upstream: as it was told; it may have")),
        "{reasons:?}"
    );
    assert!(log.contains("rate_limited: slower; trying again"), "{log}");
}

#[test]
fn what_was_under_way_is_sent_again_only_where_that_does_no_harm() {
    for (idempotent, resend, times) in [(false, false, 1), (true, false, 2), (false, true, 2)] {
        let agent = Agent::new();
        let set = |command: &mut std::process::Command| {
            if idempotent {
                command.env("MAILER_IDEMPOTENT", "1");
            }
            if resend {
                command.arg("--resend");
            }
        };
        agent.say("a", "C", "slow");
        agent.say("b", "C", "after it");
        let mut mailbox = agent.start(|command| {
            set(command);
            command
        });
        until("it is under way", || agent.sent().len() == 1);
        mailbox.kill();
        let second = agent.start(|command| {
            set(command);
            command
        });
        if times == 1 {
            until("the one after it", || agent.sent_texts() == ["slow", "after it"]);
            second.stop();
            let failures = agent.failures();
            assert_eq!(failures.len(), 1);
            assert!(failures[0].1.contains("it may have arrived"), "{failures:?}");
        } else {
            until("it is sent again", || agent.sent_texts() == ["slow", "slow"]);
            second.stop();
            let ids: Vec<_> = agent.sent().iter().map(|sent| sent["id"].clone()).collect();
            assert_eq!(ids, ["id-a", "id-a"], "under the same id");
            assert!(agent.failures().is_empty());
        }
    }
}

#[test]
fn killed_at_any_moment_each_is_delivered_or_failed() {
    let agent = Agent::new();
    for n in 0..400 {
        agent.say(&format!("o{n:04}"), &format!("C{}", n % 5), &format!("text {n}"));
    }
    for wait in (0..20).map(|n| 20 + n * 11 % 90) {
        let mut mailbox = agent.start(|command| command.arg("--durable=false"));
        std::thread::sleep(Duration::from_millis(wait));
        mailbox.kill();
    }
    agent.say("z", "C", "last");
    let mailbox = agent.start(|command| command);
    until("the last one is sent", || agent.sent_texts().iter().any(|text| text == "last"));
    let state = agent.messages().join(".connectors/work");
    until("all are dealt with", || {
        [agent.outbox(), state.join("claimed"), state.join("sending")]
            .iter()
            .all(|folder| files(folder, "").is_empty())
    });
    mailbox.stop();
    let mut sent = agent.sent_texts();
    sent.sort();
    let all = sent.len();
    sent.dedup();
    assert_eq!(sent.len(), all, "none is sent twice");
    let failures = agent.failures();
    for n in 0..400 {
        let text = format!("text {n}");
        let is_failed = failures.iter().any(|(contents, _)| contents.contains(&format!("\"{text}\"")));
        assert!(sent.contains(&text) || is_failed, "{text} is lost");
    }
}

#[test]
fn order_is_kept_in_a_conversation_and_one_holds_up_no_other() {
    let agent = Agent::new();
    agent.say("a", "stuck", "slow");
    for n in 0..30 {
        agent.say(&format!("b{n:02}"), if n % 2 == 0 { "even" } else { "odd" }, &format!("{n:02}"));
    }
    agent.say("c", "stuck", "never");
    let mailbox = agent.start(|command| command);
    until("all others", || agent.sent().len() == 31);
    mailbox.stop();
    for conversation in ["even", "odd"] {
        let sent: Vec<String> = agent
            .sent()
            .iter()
            .filter(|sent| sent["conversation"] == conversation)
            .map(|sent| sent["text"].to_string())
            .collect();
        assert!(sent.is_sorted() && sent.len() == 15, "{sent:?}");
    }
}

#[test]
fn any_number_of_conversations_that_wait_hold_up_no_other() {
    let agent = Agent::new();
    for n in 0..20 {
        agent.say(&format!("a{n:02}"), &format!("refused {n}"), "fail rate_limited");
        agent.say(&format!("b{n:02}"), &format!("refused {n}"), "after it");
    }
    let mailbox = agent.start(|command| command);
    until("all were tried", || files(&agent.outbox(), "").is_empty());
    agent.say("c", "open", "at once");
    until("another is sent", || agent.sent_texts() == ["at once"]);
    assert!(agent.failures().is_empty(), "they wait still");
    let log = mailbox.stop();
    assert!(log.matches("trying again in").count() >= 20, "{log}");
}

#[test]
fn many_waiting_files_are_begun_with_at_once() {
    let agent = Agent::new();
    for n in 0..100_000 {
        agent.write(&format!("o{n:06}.json"), format!("{{\"channel\":\"C\",\"text\":\"{n}\"}}"));
    }
    let began = Instant::now();
    let mailbox = agent.start(|command| command.arg("--durable=false"));
    until("the first", || !agent.sent().is_empty());
    assert!(began.elapsed() < Duration::from_secs(20), "a bound against hangs alone");
    assert_eq!(agent.sent_texts()[0], "0", "in the order of the names");
    let most = mailbox.memory();
    assert!(most < 30_000_000, "{most} bytes are not what 1,000 of them need");
    mailbox.stop();
}
