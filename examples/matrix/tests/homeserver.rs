//! What the connector makes of answers that a homeserver of one's own can't be made to give.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::event::{Health, Item, RawEvent, SubscribeOptions, Subscription};
use connector_sdk::manifest::Mode;
use connector_sdk::oauth::Tokens;
use connector_sdk::testing::server::{self, Mock, MockServer, ResponseTemplate};
use connector_sdk::{Context, ErrorKind, Settings, factory};
use matrix::Matrix;
use serde_json::{Value, json};
use wiremock::Request;
use wiremock::matchers::{
    body_partial_json, header, method, path, path_regex, query_param, query_param_is_missing,
};

const API: &str = "/_matrix/client/v3";

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn refused(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"errcode": code, "error": "no"}))
}

async fn homeserver() -> MockServer {
    let server = server::start().await;
    let whoami = ok(json!({"user_id": "@bot:a.test"}));
    Mock::given(path(format!("{API}/account/whoami"))).respond_with(whoami).mount(&server).await;
    server
}

fn settings(server: &MockServer) -> Settings {
    Settings::new().value("homeserver", server.uri()).secret("token", "t0ken-s3cret")
}

fn open(settings: &Settings) -> Arc<Connection> {
    Arc::new(Connection::open("work", &factory::<Matrix>(), settings).expect("a connection"))
}

fn caller() -> Caller {
    Caller::new("test", Mode::Admin).without_asking()
}

/// What a room said.
fn said(room: &str, texts: &[&str], limited: bool) -> Value {
    json!({ room: {"timeline": {"limited": limited, "prev_batch": "p", "events": events(texts)}} })
}

fn events(texts: &[&str]) -> Value {
    let event = |text: &&str| {
        json!({
            "type": "m.room.message", "event_id": format!("${text}"), "sender": "@ann:a.test",
            "origin_server_ts": 1_770_000_000_000_u64, "content": {"msgtype": "m.text", "body": text},
        })
    };
    texts.iter().map(event).collect()
}

/// Answers to `/sync` from one place each; from the last on nothing happens.
async fn syncs(server: &MockServer, batches: &[(&str, Value)], last: &str) {
    for (since, batch) in batches {
        Mock::given(path(format!("{API}/sync")))
            .and(query_param("since", *since))
            .respond_with(ok(batch.clone()))
            .mount(server)
            .await;
    }
    let nothing = ok(json!({ "next_batch": last })).set_delay(Duration::from_secs(30));
    Mock::given(path(format!("{API}/sync")))
        .and(query_param("since", last))
        .respond_with(nothing)
        .mount(server)
        .await;
}

async fn next(subscription: &mut Subscription) -> RawEvent {
    match tokio::time::timeout(Duration::from_secs(60), subscription.next()).await.expect("in time") {
        Some(Item::Event(event)) => event,
        other => panic!("{other:?}"),
    }
}

fn text(event: &RawEvent) -> String {
    let payload: Value = event.parse().expect("JSON");
    payload["content"]["text"].as_str().expect("a text").to_owned()
}

async fn asked(server: &MockServer, wanted: &str) -> Vec<Request> {
    let requests = server.received_requests().await.unwrap_or_default();
    requests.into_iter().filter(|request| request.url.path() == format!("{API}{wanted}")).collect()
}

#[tokio::test]
async fn only_the_last_of_a_batch_is_after_it() {
    let server = homeserver().await;
    let batch = json!({"next_batch": "s2", "rooms": {"join": said("!r:a.test", &["a", "b", "c"], false)}});
    syncs(&server, &[("s1", batch)], "s2").await;
    let connection = open(&settings(&server));
    let mut subscription = connection.subscribe(Some("s1"), SubscribeOptions::new("test")).expect("events");
    for (expected, cursor) in [("a", "s1"), ("b", "s1"), ("c", "s2")] {
        let event = next(&mut subscription).await;
        assert_eq!(
            (event.id(), event.cursor(), text(&event)),
            (&*format!("${expected}"), cursor, expected.to_owned())
        );
    }
    let first = &asked(&server, "/sync").await[0];
    let filter = first.url.query_pairs().find(|(name, _)| name == "filter").expect("a filter").1.into_owned();
    let filter: Value = serde_json::from_str(&filter).expect("JSON");
    assert_eq!(filter["room"]["ephemeral"], json!({"types": []}), "no typing");
    assert_eq!(filter["room"]["timeline"]["not_senders"], json!(["@bot:a.test"]));
}

/// What strangers wrote that no parser reads, beside what is fine.
fn with_malformed(chunk: &str, text: &str) -> String {
    let deep = format!("{}{}", "[".repeat(130), "]".repeat(130));
    let fine = events(&[text]);
    let fine = &fine[0];
    let late = json!({
        "type": "m.room.message", "event_id": format!("${text}2"), "sender": "@ann:a.test",
        "origin_server_ts": -1, "content": {"body": format!("{text}2")},
    });
    let name =
        r#"{"type": "m.room.name", "event_id": "$n", "sender": "@ann:a.test", "content": {"name": "Den"}}"#;
    format!(
        r#""{chunk}": [{{"type": "m.room.message", "event_id": "$x", "content": {deep}}}, {deep}, {fine}, {late}, {name}]"#
    )
}

#[tokio::test]
async fn what_a_stranger_malforms_stops_nothing() {
    let server = homeserver().await;
    let json = |text: String| ResponseTemplate::new(200).set_body_raw(text, "application/json");
    let deep = format!("{}{}", "[".repeat(130), "]".repeat(130));
    let batch = format!(
        r#"{{"next_batch": "s2", "rooms": {{"invite": {{"!i:a.test": {{"invite_state": {deep}}}}}, "join": {{"!r:a.test": {{
            "timeline": {{{}}}, "state": {{{}}}, "summary": {{"m.heroes": {deep}}}, "account_data": {deep}}}}}}}}}"#,
        with_malformed("events", "a"),
        with_malformed("events", "b"),
    );
    let since = Mock::given(path(format!("{API}/sync"))).and(query_param_is_missing("since"));
    since.respond_with(json(batch.clone())).mount(&server).await;
    let first = Mock::given(path(format!("{API}/sync"))).and(query_param("since", "s1"));
    first.respond_with(json(batch)).mount(&server).await;
    syncs(&server, &[], "s2").await;
    let page = format!("{{{}}}", with_malformed("chunk", "c"));
    Mock::given(path(format!("{API}/rooms/%21r%3Aa.test/messages")))
        .respond_with(json(page))
        .mount(&server)
        .await;

    let connection = open(&settings(&server));
    let mut subscription = connection.subscribe(Some("s1"), SubscribeOptions::new("test")).expect("events");
    for (expected, cursor) in [("a", "s1"), ("a2", "s2")] {
        let event = next(&mut subscription).await;
        assert_eq!((text(&event), event.cursor()), (expected.to_owned(), cursor));
    }
    let rooms = connection.act("list_rooms", &json!({}), &caller()).await.expect("rooms");
    let rooms: Value = serde_json::from_slice(rooms.as_bytes()).expect("JSON");
    assert_eq!((&rooms[0]["id"], &rooms[0]["name"]), (&json!("!r:a.test"), &json!("Den")));
    let read = connection.act("read_messages", &json!({"chat_id": "!r:a.test"}), &caller()).await;
    let read: Value = serde_json::from_slice(read.expect("messages").as_bytes()).expect("JSON");
    assert_eq!(read["messages"][1]["content"]["text"], "c", "{read}");
    assert_eq!(read["messages"].as_array().map(Vec::len), Some(2));
}

fn page(texts: &[&str], end: Option<&str>) -> ResponseTemplate {
    ok(json!({"chunk": events(texts), "start": "x", "end": end}))
}

/// Pages of a room from one place each.
async fn pages(server: &MockServer, room: &str, to: &str, pages: Vec<(&str, ResponseTemplate)>) {
    for (from, page) in pages {
        let asked = Mock::given(path(format!("{API}/rooms/{room}/messages"))).and(query_param("from", from));
        let asked = asked.and(query_param("dir", "f")).and(query_param("to", to));
        asked.respond_with(page).expect(1).mount(server).await;
    }
}

#[tokio::test]
async fn a_gap_is_read_in_its_order_and_a_closed_room_stops_no_other() {
    let server = homeserver().await;
    let mut rooms = said("!a:a.test", &["a5"], true);
    for room in ["b", "c"] {
        let id = format!("!{room}:a.test");
        rooms[&id] = said(&id, &[&format!("{room}9")], true)[&id].clone();
    }
    syncs(&server, &[("s1", json!({"next_batch": "s2", "rooms": {"join": rooms}}))], "s2").await;
    let found = vec![
        ("s1", page(&["a1", "a2"], Some("t2"))),
        ("t2", page(&[], Some("t3"))),
        // Which was seen, so that is all.
        ("t3", page(&["a4", "a5"], Some("t2"))),
    ];
    pages(&server, "%21a%3Aa.test", "s2", found).await;
    pages(&server, "%21b%3Aa.test", "s2", vec![("s1", refused(403, "M_FORBIDDEN"))]).await;
    pages(&server, "%21c%3Aa.test", "s2", vec![("s1", refused(400, "M_UNKNOWN"))]).await;
    let connection = open(&settings(&server));
    let mut subscription = connection.subscribe(Some("s1"), SubscribeOptions::new("test")).expect("events");
    let mut told = Vec::new();
    for _ in 0..6 {
        let event = next(&mut subscription).await;
        told.push((text(&event), event.cursor().to_owned()));
    }
    let cursors = ["s1", "s1", "s1", "s1", "s1", "s2"];
    let texts = ["a1", "a2", "a4", "a5", "b9", "c9"];
    assert_eq!(
        told,
        texts.map(str::to_owned).into_iter().zip(cursors.map(str::to_owned)).collect::<Vec<_>>()
    );
}

/// How many events of each room a `/sync` asks for.
fn limit(request: &Request) -> u64 {
    let filter = request.url.query_pairs().find(|(name, _)| name == "filter").expect("a filter").1;
    let filter: Value = serde_json::from_str(&filter).expect("JSON");
    filter["room"]["timeline"]["limit"].as_u64().expect("a number")
}

#[tokio::test]
async fn a_batch_that_is_too_large_comes_in_smaller_parts() {
    let server = homeserver().await;
    let too_large = server::large(64 * 1024 * 1024 + 1);
    let since = Mock::given(path(format!("{API}/sync"))).and(query_param("since", "s1"));
    since.and(|request: &Request| limit(request) > 12).respond_with(too_large).mount(&server).await;
    let rooms = said("!a:a.test", &["a3"], true);
    syncs(&server, &[("s1", json!({"next_batch": "s2", "rooms": {"join": rooms}}))], "s2").await;
    pages(&server, "%21a%3Aa.test", "s2", vec![("s1", page(&["a1", "a2", "a3"], None))]).await;
    let connection = open(&settings(&server));
    let mut subscription = connection.subscribe(Some("s1"), SubscribeOptions::new("test")).expect("events");
    for (expected, cursor) in [("a1", "s1"), ("a2", "s1"), ("a3", "s2")] {
        let event = next(&mut subscription).await;
        assert_eq!((text(&event), event.cursor()), (expected.to_owned(), cursor));
    }
    let mut limits = Vec::new();
    while limits.len() < 4 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        limits = asked(&server, "/sync").await.iter().map(limit).collect();
    }
    assert_eq!(limits, [50, 25, 12, 24], "and more again once it is past that");
}

#[tokio::test]
async fn what_is_too_large_with_one_event_a_room_is_a_failure() {
    let server = homeserver().await;
    let too_large = server::large(64 * 1024 * 1024 + 1);
    Mock::given(path(format!("{API}/sync"))).respond_with(too_large).mount(&server).await;
    let connection = open(&settings(&server));
    let mut subscription = connection.subscribe(Some("s1"), SubscribeOptions::new("test")).expect("events");
    match tokio::time::timeout(Duration::from_secs(60), subscription.next()).await.expect("in time") {
        Some(Item::Health(Health::Retrying { failure, .. })) => {
            assert!(failure.message.contains("answered more than"), "{failure:?}");
        }
        other => panic!("{other:?}"),
    }
    let limits: Vec<u64> = asked(&server, "/sync").await.iter().map(limit).collect();
    assert_eq!(limits, [50, 25, 12, 6, 3, 1]);
}

#[tokio::test]
async fn what_is_not_allowed_in_a_room_says_nothing_of_the_token() {
    let server = homeserver().await;
    for way in ["GET", "PUT", "POST"] {
        Mock::given(method(way))
            .and(path_regex("/rooms/"))
            .respond_with(refused(403, "M_FORBIDDEN"))
            .mount(&server)
            .await;
    }
    let connection = open(&settings(&server));
    for (action, input) in [
        ("send_message", json!({"chat_id": "!r:a.test", "text": "x"})),
        ("react", json!({"chat_id": "!r:a.test", "message_id": "$1", "text": "x"})),
        ("read_messages", json!({"chat_id": "!r:a.test"})),
        ("leave_room", json!({"chat_id": "!r:a.test"})),
    ] {
        let error = connection.act(action, &input, &caller()).await.expect_err(action);
        assert_eq!(error.kind(), ErrorKind::Denied, "{action}: {error}");
        assert!(error.message().contains("`!r:a.test`, or isn't in it"), "{error}");
    }
}

#[tokio::test]
async fn the_others_are_told_why_somebody_leaves_if_it_is_said() {
    let server = homeserver().await;
    let leave = Mock::given(method("POST")).and(path(format!("{API}/rooms/%21r%3Aa.test/leave")));
    leave.respond_with(ok(json!({}))).mount(&server).await;
    let connection = open(&settings(&server));
    for input in [json!({"chat_id": "!r:a.test"}), json!({"chat_id": "!r:a.test", "text": "enough"})] {
        let left = connection.act("leave_room", &input, &caller()).await.expect("left");
        assert_eq!(left.as_bytes(), b"null");
    }
    let told = asked(&server, "/rooms/%21r%3Aa.test/leave").await;
    let told: Vec<Value> =
        told.iter().map(|request| serde_json::from_slice(&request.body).expect("JSON")).collect();
    assert_eq!(told, [json!({}), json!({"reason": "enough"})]);
}

#[tokio::test]
async fn a_gap_is_told_before_all_of_it_is_found() {
    let server = homeserver().await;
    let rooms = said("!a:a.test", &["a5"], true);
    syncs(&server, &[("s1", json!({"next_batch": "s2", "rooms": {"join": rooms}}))], "s2").await;
    let found = vec![("s1", page(&["a1", "a2"], Some("t2"))), ("t2", page(&["a3", "a4"], Some("t4")))];
    pages(&server, "%21a%3Aa.test", "s2", found).await;
    let last = Mock::given(query_param("from", "t4"));
    last.respond_with(page(&["a5"], None).set_delay(Duration::from_secs(600))).mount(&server).await;
    let connection = open(&settings(&server));
    let mut subscription = connection.subscribe(Some("s1"), SubscribeOptions::new("test")).expect("events");
    for expected in ["a1", "a2", "a3"] {
        let event = next(&mut subscription).await;
        assert_eq!((text(&event), event.cursor()), (expected.to_owned(), "s1"));
    }
}

#[tokio::test]
async fn a_gap_waits_for_a_homeserver_in_trouble() {
    let server = homeserver().await;
    let rooms = said("!a:a.test", &["a2"], true);
    syncs(&server, &[("s1", json!({"next_batch": "s2", "rooms": {"join": rooms}}))], "s2").await;
    let messages = || Mock::given(path(format!("{API}/rooms/%21a%3Aa.test/messages")));
    messages().respond_with(refused(500, "M_UNKNOWN")).up_to_n_times(4).mount(&server).await;
    messages().respond_with(page(&["a1", "a2"], None)).mount(&server).await;
    let connection = open(&settings(&server));
    let mut subscription = connection.subscribe(Some("s1"), SubscribeOptions::new("test")).expect("events");
    let mut told = Vec::new();
    while told.len() < 2 {
        match tokio::time::timeout(Duration::from_secs(120), subscription.next()).await.expect("in time") {
            Some(Item::Event(event)) => told.push((text(&event), event.cursor().to_owned())),
            Some(_) => {}
            None => panic!("the end"),
        }
    }
    assert_eq!(told, [("a1".to_owned(), "s1".to_owned()), ("a2".to_owned(), "s2".to_owned())]);
}

#[tokio::test]
async fn an_invitation_that_fails_ends_nothing() {
    let server = homeserver().await;
    let invitation = json!({"invite_state": {"events": []}});
    let invited = json!({"!gone:a.test": invitation, "!away:b.test": invitation});
    let invited = json!({"next_batch": "s2", "rooms": {"invite": invited}});
    let batch = json!({"next_batch": "s3", "rooms": {"join": said("!r:a.test", &["a"], false)}});
    syncs(&server, &[("s1", invited), ("s2", batch)], "s3").await;
    for (room, answer) in [
        ("%21gone%3Aa.test", refused(403, "M_FORBIDDEN")),
        // Its homeserver is asked for it, and isn't there any more.
        ("%21away%3Ab.test", refused(502, "M_UNKNOWN")),
    ] {
        let join = Mock::given(method("POST")).and(path(format!("{API}/rooms/{room}/join")));
        join.respond_with(answer).expect(1).mount(&server).await;
    }
    let connection = open(&settings(&server).value("join", true));
    let mut subscription = connection.subscribe(Some("s1"), SubscribeOptions::new("test")).expect("events");
    // Until it is known that they fail, another run would begin before them.
    let mut told = Vec::new();
    loop {
        let item = tokio::time::timeout(Duration::from_secs(60), subscription.next()).await.expect("in time");
        let cursor = match item.expect("an item") {
            Item::Event(event) => {
                told.push(text(&event));
                subscription.acknowledge(event.id());
                event.cursor().to_owned()
            }
            Item::Checkpoint(cursor) => cursor.to_string(),
            _ => continue,
        };
        if cursor == "s3" {
            break;
        }
    }
    assert_eq!(told, ["a"]);
}

#[tokio::test]
async fn nobody_waits_for_a_room_that_is_slow_to_join() {
    let server = homeserver().await;
    let invitation = json!({"invite_state": {"events": []}});
    let invited = json!({"!slow:b.test": invitation, "!busy:b.test": invitation});
    let first = json!({"invite": invited, "join": said("!r:a.test", &["a"], false)});
    let first = json!({"next_batch": "s2", "rooms": first});
    let second = json!({"next_batch": "s3", "rooms": {"join": said("!r:a.test", &["b"], false)}});
    syncs(&server, &[("s1", first), ("s2", second)], "s3").await;
    let join = |room: &str| Mock::given(method("POST")).and(path(format!("{API}/rooms/{room}/join")));
    let never = ok(json!({})).set_delay(Duration::from_secs(600));
    join("%21slow%3Ab.test").respond_with(never).mount(&server).await;
    let busy = json!({"errcode": "M_LIMIT_EXCEEDED", "error": "slower", "retry_after_ms": 300});
    let busy = ResponseTemplate::new(429).set_body_json(busy);
    join("%21busy%3Ab.test").respond_with(busy).up_to_n_times(2).mount(&server).await;
    join("%21busy%3Ab.test").respond_with(ok(json!({}))).mount(&server).await;
    // What was said since the invitation.
    Mock::given(path(format!("{API}/rooms/%21busy%3Ab.test/messages")))
        .and(query_param("from", "s1"))
        .and(query_param("dir", "f"))
        .respond_with(page(&["c", "d"], None))
        .mount(&server)
        .await;
    let connection = open(&settings(&server).value("join", true));
    let mut subscription = connection.subscribe(Some("s1"), SubscribeOptions::new("test")).expect("events");
    for expected in ["a", "b", "c", "d"] {
        let event = next(&mut subscription).await;
        // One is waited for, so another run would have to come upon it.
        assert_eq!((text(&event), event.cursor()), (expected.to_owned(), "s1"));
    }
    assert_eq!(asked(&server, "/rooms/%21slow%3Ab.test/join").await.len(), 1, "it is still tried");
}

#[tokio::test]
async fn without_a_cursor_nothing_old_is_told() {
    let server = homeserver().await;
    let first = ok(json!({"next_batch": "s1", "rooms": {"join": said("!r:a.test", &["old"], true)}}));
    Mock::given(path(format!("{API}/sync")))
        .and(query_param_is_missing("since"))
        .respond_with(first)
        .mount(&server)
        .await;
    let batch = json!({"next_batch": "s2", "rooms": {"join": said("!r:a.test", &["new"], false)}});
    syncs(&server, &[("s1", batch)], "s2").await;
    let connection = open(&settings(&server));
    let mut subscription = connection.subscribe(None, SubscribeOptions::new("test")).expect("events");
    assert!(matches!(subscription.next().await, Some(Item::Checkpoint(cursor)) if &*cursor == "s1"));
    assert_eq!(text(&next(&mut subscription).await), "new");
}

#[tokio::test]
async fn a_wait_that_only_the_body_asks_for_is_waited() {
    let server = homeserver().await;
    let limited = ResponseTemplate::new(429)
        .set_body_json(json!({"errcode": "M_LIMIT_EXCEEDED", "error": "slower", "retry_after_ms": 60_000}));
    Mock::given(method("PUT")).respond_with(limited).mount(&server).await;
    let connection = open(&settings(&server));
    let context = Context::new().with_timeout(Duration::from_secs(20));
    let input = br#"{"chat_id": "!r:a.test", "text": "hi"}"#;
    let error = connection
        .call("send_message", input, &caller(), context)
        .await
        .expect_err("there is no time for that");
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(60))));
    let requests = server.received_requests().await.unwrap_or_default();
    assert_eq!(
        requests.iter().filter(|request| request.method.as_str() == "PUT").count(),
        1,
        "it wasn't tried before"
    );
}

fn tokens() -> Tokens {
    let mut tokens = Tokens::new("old-s3cret");
    tokens.refresh = Some("refresh-s3cret".into());
    tokens
}

#[tokio::test]
async fn a_token_that_ran_out_early_is_renewed_by_the_services_own_way() {
    let server = server::start().await;
    let good = header("authorization", "Bearer new-s3cret");
    let joined = ok(json!({"next_batch": "s", "rooms": {}}));
    Mock::given(path(format!("{API}/sync"))).and(good).respond_with(joined).mount(&server).await;
    let old = header("authorization", "Bearer old-s3cret");
    Mock::given(path(format!("{API}/sync")))
        .and(old)
        .respond_with(refused(401, "M_UNKNOWN_TOKEN"))
        .mount(&server)
        .await;
    // The first answer is lost on its way, and the old token stays good until the new one is used.
    let refresh = || {
        let asked = Mock::given(method("POST")).and(path(format!("{API}/refresh")));
        asked.and(body_partial_json(json!({"refresh_token": "refresh-s3cret"})))
    };
    refresh().respond_with(server::unavailable()).up_to_n_times(1).mount(&server).await;
    let granted = json!({"access_token": "new-s3cret", "expires_in_ms": 300_000});
    refresh().respond_with(ok(granted)).expect(1).mount(&server).await;
    let connection = open(&settings(&server).secret("token", tokens().to_secret()));
    for _ in 0..2 {
        let rooms = connection.act("list_rooms", &json!({}), &caller()).await.expect("rooms");
        assert_eq!(rooms.as_bytes(), b"[]");
    }
    for request in asked(&server, "/refresh").await {
        assert!(!request.headers.contains_key("authorization"), "the token that ran out goes nowhere");
    }
}

#[tokio::test]
async fn a_refused_refresh_is_not_sent_again() {
    let server = server::start().await;
    Mock::given(path_regex(".*")).respond_with(refused(401, "M_UNKNOWN_TOKEN")).mount(&server).await;
    let connection = open(&settings(&server).secret("token", tokens().to_secret()));
    for _ in 0..3 {
        let error = connection.act("list_rooms", &json!({}), &caller()).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
    assert_eq!(asked(&server, "/refresh").await.len(), 1);

    let plain = open(&settings(&server));
    let error = plain.act("list_rooms", &json!({}), &caller()).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(error.message().contains("connect again"), "{error}");
    assert_eq!(asked(&server, "/refresh").await.len(), 1, "there is nothing to renew it with");
}
