//! A homeserver that is gone for a minute.

use std::time::{Duration, Instant};

use connector_sdk::ErrorKind;
use connector_sdk::event::{Health, Item};
use serde_json::{Value, json};

use super::people::Person;
use super::rooms::{begun, logged_in};
use crate::servers;

const A_MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs synapse, which tests/servers/install installs"]
async fn the_stream_goes_on_when_the_homeserver_is_back() {
    let mut server = servers::synapse(&json!({}));
    let (ann, bot) = (Person::register(&server, "ann").await, Person::register(&server, "bot").await);
    let room = ann.room("Plans", &[&bot]).await;
    bot.join(&room).await;
    let connection = logged_in(&server, &bot, false, None).await;
    let mut subscription = begun(&connection).await;
    let mut waits = Vec::new();
    let mut told = Vec::new();
    server.stop();
    let stopped = Instant::now();
    // Nobody is told of a message twice, and no wait is longer than a minute after this one.
    while told.len() < 2 && stopped.elapsed() < A_MINUTE * 5 {
        let left = A_MINUTE.saturating_sub(stopped.elapsed());
        let patience =
            if told.is_empty() && waits.is_empty() | !left.is_zero() { left } else { A_MINUTE * 3 };
        match tokio::time::timeout(patience, subscription.next()).await {
            Ok(Some(Item::Health(Health::Retrying { failure, wait, .. }))) => {
                assert_eq!(failure.kind, ErrorKind::Unavailable, "{failure:?}");
                waits.push(wait);
            }
            Ok(Some(Item::Event(event))) => {
                subscription.acknowledge(event.id());
                let event: Value = event.parse().expect("JSON");
                told.push(event["content"]["text"].as_str().expect("a text").to_owned());
                if told.len() == 1 {
                    ann.say(&room, "and it goes on").await;
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => panic!("it ended"),
            Err(_) => {
                assert!(stopped.elapsed() >= A_MINUTE, "a minute it is");
                server.start_again();
                ann.say(&room, "back").await;
            }
        }
    }
    assert_eq!(told, ["back", "and it goes on"]);
    assert!(waits.len() >= 3, "it was tried again: {waits:?}");
    // Without waits it would have been tried thousands of times.
    assert!(waits.len() < 60, "{waits:?}");
}
