//! Tokens that run out, and tokens that are taken back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_sdk::call::Caller;
use connector_sdk::manifest::Mode;
use connector_sdk::{Keeper, Result, Secret};
use serde_json::json;

use super::people::Person;
use super::rooms::{Program, begun, log_in, logged_in, open, settings, texts};
use crate::puffer::{LONG, Stream, ask};
use crate::seed_agent::Mailbox;
use crate::servers;
use crate::traces;

/// Keeps in memory whatever is renewed.
#[derive(Default)]
struct Memory(Mutex<Vec<Secret>>);

impl Keeper for Memory {
    fn keep(&self, name: &str, secret: &Secret) -> Result<()> {
        assert_eq!(name, "token");
        self.0.lock().expect("unpoisoned").push(secret.clone());
        Ok(())
    }

    fn kept(&self, _: &str) -> Result<Option<Secret>> {
        Ok(self.0.lock().expect("unpoisoned").last().cloned())
    }
}

impl Memory {
    fn times(&self) -> usize {
        self.0.lock().expect("unpoisoned").len()
    }
}

/// Long enough for a login on a busy machine.
const LIFE: Duration = Duration::from_secs(4);

fn short_lived() -> serde_json::Value {
    json!({ "refreshable_access_token_lifetime": format!("{}s", LIFE.as_secs()) })
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn tokens_that_run_out_are_renewed_and_kept() {
    let server = servers::synapse(&short_lived());
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let room = ann.room("Plans", &[&bot]).await;
    bot.join(&room).await;
    let memory = Arc::new(Memory::default());
    let connection = logged_in(&server, &bot, false, Some(memory.clone())).await;
    let mut subscription = begun(&connection).await;
    for round in 0..4 {
        tokio::time::sleep(LIFE / 2).await;
        ann.say(&room, &format!("round {round}")).await;
        assert_eq!(texts(&mut subscription, 1).await, [format!("round {round}")]);
    }
    assert!(memory.times() >= 1, "it ran out");
    subscription.stop().await;

    tokio::time::sleep(LIFE).await;
    let before = memory.times();
    let caller = Caller::new("test", Mode::Admin).without_asking();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (connection, caller) = (connection.clone(), caller.clone());
        calls.spawn(async move { connection.act("list_rooms", &json!({}), &caller).await.map(drop) });
    }
    for outcome in calls.join_all().await {
        outcome.expect("rooms");
    }
    assert_eq!(memory.times(), before + 1, "twenty calls renew once");

    // Another process goes on with what was kept.
    drop(connection);
    tokio::time::sleep(LIFE).await;
    let kept = memory.kept("token").expect("kept").expect("tokens");
    let again = open(&settings(&server, false).secret("token", kept).kept_by(memory.clone()));
    again.act("list_rooms", &json!({}), &caller).await.expect("rooms");
    assert_eq!(memory.times(), before + 2);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn processes_of_puffer_find_what_others_renewed() {
    let server = servers::synapse(&short_lived());
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let room = ann.room("Plans", &[&bot]).await;
    bot.join(&room).await;
    let program = Program::connected(&server, &log_in(&server, &bot).await, false);
    let mut stream = Stream::subscribe(&mut program.run(&["subscribe"]), None);
    assert_eq!(stream.frame()["type"], "checkpoint");
    // Whichever renews first, the others' refresh token is used up by it.
    for round in 0..4 {
        tokio::time::sleep(LIFE).await;
        let input = json!({"chat_id": room, "text": format!("answer {round}")}).to_string();
        let sent = ask(&mut program.run(&["act", "work", "send_message"]), input.as_bytes());
        traces::leave(&sent.stderr);
        assert_eq!(sent.json()["success"], true, "{sent:?}");
        ann.say(&room, &format!("round {round}")).await;
        let frame = stream.frame();
        assert_eq!(frame["payload"]["message"], format!("round {round}"), "{frame}");
        stream.acknowledge(&frame);
    }
    assert!(stream.close().0.success());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn a_token_that_is_taken_back_is_told_and_not_tried_on_and_on() {
    let server = servers::synapse(&json!({}));
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let room = ann.room("Plans", &[&bot]).await;
    bot.join(&room).await;
    let program = Program::connected(&server, &log_in(&server, &bot).await, false);
    let mut stream = Stream::subscribe(&mut program.run(&["subscribe"]), None);
    assert_eq!(stream.frame()["type"], "checkpoint");
    let home = tempfile::tempdir().expect("a folder");
    let mailbox = Mailbox::start(&mut program.mailbox(home.path()));
    ann.say(&room, "the last").await;
    let last = stream.frame();
    stream.acknowledge(&last);
    assert_eq!(last["payload"]["message"], "the last");

    bot.log_out_everywhere().await;
    let mut health = stream.frame_within(LONG * 2).expect("a frame");
    if health["type"] == "checkpoint" {
        // The poll that was going on had an answer.
        health = stream.frame();
    }
    traces::leave(health.to_string());
    assert_eq!((&health["type"], &health["status"]), (&json!("health"), &json!("auth_required")), "{health}");
    assert!(health["detail"].as_str().expect("a text").contains("connect again"), "{health}");
    assert_eq!(stream.frame_within(Duration::from_secs(5)), None, "once is enough");
    assert!(stream.close().0.success());

    let (status, log) = mailbox.end();
    traces::leave(&log);
    assert_eq!(status.code(), Some(2), "{log}");
    assert!(log.contains("connect again"), "{log}");
}
