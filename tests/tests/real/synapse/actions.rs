//! Logging in, and each action.

use std::time::Duration;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::Mode;
use connector_sdk::message::OutgoingMessage;
use connector_sdk::{Context, ErrorKind, Result, Secret};
use serde_json::{Value, json};

use super::people::Person;
use super::rooms::{Program, log_in, logged_in, open, settings};
use crate::puffer::ask;
use crate::seed_agent::{Mailbox, files};
use crate::servers;
use crate::traces::leave;

fn caller() -> Caller {
    Caller::new("test", Mode::Admin).without_asking()
}

async fn act(connection: &Connection, action: &str, input: Value) -> Result<Value> {
    let outcome = connection.act(action, &input, &caller()).await;
    match &outcome {
        Ok(output) => leave(output.as_bytes()),
        Err(error) => leave(format!("{error:?}")),
    }
    outcome?.parse()
}

#[tokio::test]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn each_action_does_what_it_says() {
    let server = servers::synapse(&json!({}));
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let room = ann.room("Plans", &[&bot]).await;
    bot.join(&room).await;
    let connection = logged_in(&server, &bot, false, None).await;
    connection.health(Context::new()).await.expect("well");

    let rooms = act(&connection, "list_rooms", json!({})).await.expect("rooms");
    assert_eq!(rooms, json!([{"id": room, "name": "Plans", "alias": null, "members": 2}]));

    let root = ann.say(&room, "one").await;
    let sent = act(&connection, "send_message", json!({"chat_id": room, "text": "two ä", "thread": root}));
    let sent = sent.await.expect("sent");
    let sign = act(&connection, "react", json!({"chat_id": room, "message_id": root, "text": "👍"}));
    sign.await.expect("sent");
    for text in ["three", "four", "five"] {
        ann.say(&room, text).await;
    }
    let read = act(&connection, "read_messages", json!({"chat_id": room, "limit": 2})).await.expect("read");
    let texts = |read: &Value| -> Vec<String> {
        let messages = read["messages"].as_array().expect("messages").iter();
        messages.map(|message| message["content"]["text"].as_str().expect("a text").to_owned()).collect()
    };
    assert_eq!(texts(&read), ["four", "five"]);
    let before = json!({"chat_id": room, "limit": 500, "before": read["before"]});
    let all = act(&connection, "read_messages", before).await.expect("read");
    assert_eq!(texts(&all), ["one", "two ä", "👍", "three"]);
    assert_eq!(all["before"], Value::Null);
    let two = &all["messages"][1];
    assert_eq!((&two["id"], &two["conversation"]["thread_id"]), (&sent["event_id"], &json!(root)));
    assert_eq!((&two["sender"]["id"], &two["sender"]["username"]), (&json!("@bot:localhost"), &json!("bot")));
    let sign = &all["messages"][2];
    assert_eq!(
        (&sign["content"]["media_type"], &sign["metadata"]["reacts_to"]),
        (&json!("reaction"), &json!(root))
    );

    act(&connection, "leave_room", json!({"chat_id": room, "text": "enough"})).await.expect("left");
    assert_eq!(act(&connection, "list_rooms", json!({})).await.expect("rooms"), json!([]));
    for (action, input) in [
        ("send_message", json!({"chat_id": room, "text": "too late"})),
        ("send_message", json!({"chat_id": "!nowhere:localhost", "text": "x"})),
        ("react", json!({"chat_id": room, "message_id": root, "text": "x"})),
        ("leave_room", json!({"chat_id": room, "text": "once more"})),
    ] {
        let error = act(&connection, action, input).await.expect_err(action);
        assert_eq!(error.kind(), ErrorKind::Denied, "nothing is wrong with the token: {error}");
        assert!(error.message().contains("isn't in it"), "{error}");
    }
}

#[tokio::test]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn a_message_is_delivered_once_under_its_id() {
    let server = servers::synapse(&json!({}));
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let room = ann.room("Plans", &[&bot]).await;
    bot.join(&room).await;
    let token = log_in(&server, &bot).await;
    let mut receipts = Vec::new();
    // Each as a process of its own, and with ids that no path could hold.
    for id in ["a", "../b?c#d%2f", "a"] {
        let connection = open(&settings(&server, false).secret("token", token.clone()));
        let message = OutgoingMessage::new(id, &room, format!("text of {id}"));
        for _ in 0..2 {
            let receipt = connection.send(&message, &caller(), Context::new()).await.expect("delivered");
            receipts.push(receipt.id.expect("an id"));
        }
    }
    let [a, b] = [receipts[0].clone(), receipts[2].clone()];
    assert_eq!(receipts, [&a, &a, &b, &b, &a, &a].map(String::clone));
    assert_eq!(ann.texts(&room).await, ["text of a", "text of ../b?c#d%2f"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn puffer_sends_and_reads() {
    let server = servers::synapse(&json!({}));
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let room = ann.room("Plans", &[&bot]).await;
    bot.join(&room).await;
    let program = Program::connected(&server, &log_in(&server, &bot).await, false);
    assert_eq!(ask(&mut program.run(&["auth-ok", "work"]), b"").json(), json!({"ok": true}));
    let input = json!({"chat_id": room, "text": "hi", "connection_slug": "work", "connector_slug": "matrix"});
    let sent = ask(&mut program.run(&["act", "work", "send_message"]), input.to_string().as_bytes()).json();
    assert_eq!(sent["success"], true, "{sent}");
    assert_eq!(ann.texts(&room).await, ["hi"]);
    let elsewhere = json!({"chat_id": "!a:localhost", "text": "hi"}).to_string();
    let refused = ask(&mut program.run(&["act", "work", "send_message"]), elsewhere.as_bytes()).json();
    assert_eq!((&refused["success"], &refused["retryable"]), (&json!(false), &json!(false)), "{refused}");

    ann.log_out_everywhere().await;
    assert_eq!(ask(&mut program.run(&["auth-ok", "work"]), b"").json()["ok"], true, "that was another's");
    bot.log_out_everywhere().await;
    let answer = ask(&mut program.run(&["auth-ok", "work"]), b"").json();
    assert_eq!(answer["ok"], false, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn an_agent_answers_from_its_outbox() {
    let server = servers::synapse(&json!({}));
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let room = ann.room("Plans", &[&bot]).await;
    bot.join(&room).await;
    let program = Program::connected(&server, &log_in(&server, &bot).await, false);
    let home = tempfile::tempdir().expect("a folder");
    let (outbox, failed) = (home.path().join("messages/outbox/work"), home.path().join("messages/failed"));
    std::fs::create_dir_all(&outbox).expect("a folder");
    // The second is for a room that the user isn't in, and stops neither the third nor the mailbox.
    let elsewhere = "!nowhere:localhost";
    for (name, file) in [
        ("1", json!({"connector_instance": "work", "conversation_id": room, "text": "one", "id": "id-1"})),
        (
            "2",
            json!({"connector_instance": "work", "conversation_id": elsewhere, "text": "two", "id": "id-2"}),
        ),
        ("3", json!({"channel": room, "text": "three"})),
    ] {
        std::fs::write(outbox.join(format!("{name}.json")), file.to_string()).expect("written");
    }
    let mailbox = Mailbox::start(&mut program.mailbox(home.path()));
    let mut said = Vec::new();
    for _ in 0..600 {
        said = ann.texts(&room).await;
        if said.len() == 2 && files(&failed, ".error.txt").len() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    leave(mailbox.stop());
    assert_eq!(said, ["one", "three"]);
    let reasons = files(&failed, ".error.txt");
    let reason = String::from_utf8_lossy(reasons.values().next().expect("a reason")).into_owned();
    assert!(reason.contains("isn't in it"), "{reason}");
}

#[tokio::test]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn a_wrong_password_is_refused() {
    let server = servers::synapse(&json!({}));
    let connection = open(&settings(&server, false).secret("token", Secret::new("s3cret-and-wrong")));
    let error = connection.health(Context::new()).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
    let error = super::rooms::try_to_log_in(&server, "@nobody:localhost").await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
    assert!(!error.to_string().contains("s3cret"), "{error}");
}
