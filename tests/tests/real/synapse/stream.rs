//! What is told of what others say.

use std::collections::BTreeSet;

use connector_sdk::event::{Health, Item, SubscribeOptions};
use connector_sdk::{ErrorKind, Secret};
use serde_json::{Value, json};

use super::people::Person;
use super::rooms::{begun, event, log_in, logged_in, next, open, settings, texts};
use crate::servers;
use crate::traces::leave;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn what_others_say_is_told_as_it_is_said() {
    let server = servers::synapse(&json!({}));
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let room = ann.room("Plans", &[&bot]).await;
    bot.join(&room).await;
    ann.say(&room, "before anybody listened").await;
    let connection = logged_in(&server, &bot, false, None).await;
    let mut subscription = begun(&connection).await;

    ann.post(format!("/rooms/{room}/receipt/m.read/{}", ann.say(&room, "one").await), json!({})).await;
    let one = event(&mut subscription).await;
    leave(one.to_string());
    assert_eq!(
        (&one["content"]["text"], &one["conversation"]["id"], &one["sender"]["id"]),
        (&json!("one"), &json!(room), &json!("@ann:localhost"))
    );
    assert_eq!(one["timestamp"].as_str().map(str::len), Some("2026-02-10T16:45:00.126000+00:00".len()));
    bot.say(&room, "what the user says itself").await;
    let one = one["id"].as_str().expect("an id");
    ann.send(
        &room,
        "m.room.message",
        json!({
            "msgtype": "m.image", "body": "a.png", "url": "mxc://localhost/a", "info": {"mimetype": "image/png", "size": 7},
            "m.relates_to": {"rel_type": "m.thread", "event_id": one},
        }),
    )
    .await;
    ann.send(
        &room,
        "m.reaction",
        json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": one, "key": "👍"}}),
    )
    .await;
    let edit = json!({
        "msgtype": "m.text", "body": "* won", "m.new_content": {"msgtype": "m.text", "body": "won"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": one},
    });
    ann.send(&room, "m.room.message", edit).await;
    let image = event(&mut subscription).await;
    assert_eq!(
        image["content"],
        json!({"text": "a.png", "media_type": "image", "attachments": [
            {"url": "mxc://localhost/a", "name": "a.png", "mime_type": "image/png", "size": 7},
        ]})
    );
    assert_eq!(image["conversation"]["thread_id"], one);
    let sign = event(&mut subscription).await;
    assert_eq!((&sign["content"]["text"], &sign["metadata"]["reacts_to"]), (&json!("👍"), &json!(one)));
    let edit = event(&mut subscription).await;
    assert_eq!((&edit["content"]["text"], &edit["metadata"]["replaces"]), (&json!("won"), &json!(one)));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn invitations_are_followed_where_that_is_said() {
    let server = servers::synapse(&json!({}));
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let old = ann.room("Old", &[&bot]).await;
    let connection = logged_in(&server, &bot, true, None).await;
    let mut subscription = begun(&connection).await;
    let new = ann.room("New", &[&bot]).await;
    // Whoever invites goes on talking.
    for text in ["hello", "are you there?"] {
        ann.say(&new, text).await;
    }
    ann.say(&old, "you too").await;
    let mut told = texts(&mut subscription, 3).await;
    told.sort();
    assert_eq!(told, ["are you there?", "hello", "you too"]);
    // A room that nobody can join ends nothing.
    let gone = ann.room("Gone", &[&bot]).await;
    ann.post(format!("/rooms/{gone}/ban"), json!({"user_id": bot.id})).await;
    ann.say(&new, "still?").await;
    assert_eq!(texts(&mut subscription, 1).await, ["still?"]);
    subscription.stop().await;

    let shy = Person::register(&server, "shy").await;
    let connection = logged_in(&server, &shy, false, None).await;
    let mut subscription = begun(&connection).await;
    let room = ann.room("Quiet", &[&shy]).await;
    ann.say(&room, "nobody hears that").await;
    let mine = shy.room("Mine", &[&ann]).await;
    ann.join(&mine).await;
    ann.say(&mine, "that is heard").await;
    assert_eq!(texts(&mut subscription, 1).await, ["that is heard"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn a_gap_is_filled_in_its_order() {
    let server = servers::synapse(&json!({}));
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let (room, other) = (ann.room("Plans", &[&bot]).await, ann.room("Left", &[&bot]).await);
    bot.join(&room).await;
    bot.join(&other).await;
    let connection = logged_in(&server, &bot, false, None).await;
    let mut subscription = begun(&connection).await;
    ann.say(&room, "heard").await;
    assert_eq!(texts(&mut subscription, 1).await, ["heard"]);
    let cursor = subscription.cursor().expect("a cursor");
    subscription.stop().await;

    let missed: Vec<String> = (0..260).map(|n| format!("missed {n}")).collect();
    for text in &missed {
        ann.say(&room, text).await;
    }
    for n in 0..60 {
        ann.say(&other, &format!("other {n}")).await;
    }
    // What was said until then is told, of a room that can't be read from then on.
    bot.post(format!("/rooms/{other}/leave"), json!({})).await;
    ann.say(&other, "nobody's business").await;
    let mut subscription =
        connection.subscribe(Some(&cursor), SubscribeOptions::new("test")).expect("events");
    let told = texts(&mut subscription, 320).await;
    let of =
        |word: &str| -> Vec<String> { told.iter().filter(|text| text.starts_with(word)).cloned().collect() };
    assert_eq!(of("missed"), missed);
    assert_eq!(of("other"), (0..60).map(|n| format!("other {n}")).collect::<Vec<_>>());
    ann.say(&room, "and on").await;
    assert_eq!(texts(&mut subscription, 1).await, ["and on"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn a_cursor_of_another_place_is_not_the_beginning() {
    let server = servers::synapse(&json!({}));
    let bot = Person::register(&server, "bot").await;
    let connection = logged_in(&server, &bot, false, None).await;
    let options = SubscribeOptions::new("test").end_on_failure();
    let mut subscription = connection.subscribe(Some("UIDVALIDITY:7"), options).expect("events");
    match next(&mut subscription).await {
        Item::Health(Health::Failed { failure }) => {
            assert_eq!(failure.kind, ErrorKind::Setup);
            assert!(failure.message.contains("is not one of this homeserver; remove it"), "{failure:?}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(subscription.next().await, None);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn a_homeserver_that_wants_to_be_left_alone_is() {
    // As Synapse itself has it: ten messages at once, then one in five seconds.
    let server = servers::synapse(&json!({ "rc_message": null, "access_log": true }));
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let room = ann.room("Plans", &[&bot]).await;
    bot.join(&room).await;
    let token: Secret = log_in(&server, &bot).await;
    let connection = open(&settings(&server, false).secret("token", token));
    let caller =
        connector_sdk::call::Caller::new("test", connector_sdk::manifest::Mode::Admin).without_asking();
    let texts: Vec<String> = (0..13).map(|n| format!("message {n}")).collect();
    for text in &texts {
        let input: Value = json!({"chat_id": room, "text": text});
        connection.act("send_message", &input, &caller).await.expect("delivered, after a while");
    }
    assert_eq!(ann.texts(&room).await, texts);
    // No message was refused twice, as it would be by somebody who guesses when to try again.
    let refused = server.wrote(r#" 429 "PUT "#);
    assert_eq!(refused.iter().collect::<BTreeSet<_>>().len(), refused.len(), "{refused:?}");
    assert!(!refused.is_empty());
    // It is limited indeed.
    let refused = bot.tries_to_say(&room).await.expect_err("too many");
    assert_eq!(refused.kind(), ErrorKind::RateLimited);
    assert!(refused.retry_after().is_some(), "{refused:?}");
}
