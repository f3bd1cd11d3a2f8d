//! Stored credentials, and connectors of the same id that would send them elsewhere.

use serde_json::json;
use wiremock::MockServer;

use super::{KEY, Outcome, User, shop};
use crate::Settings;
use crate::host::Host;

/// A user with a stored connection, and a server that isn't the shop's.
fn connected() -> (User, MockServer) {
    let user = User::new();
    let set = format!("SHOP_KEY={KEY}");
    let outcome = user.with(&["connect", "shop", "--mode", "write", "--set", &set], |process| process);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let other = user.runtime.block_on(MockServer::start());
    (user, other)
}

fn heard(user: &User, server: &MockServer) -> usize {
    user.runtime.block_on(server.received_requests()).expect("recorded").len()
}

/// That it was refused, and named all that somebody has to know.
#[track_caller]
fn is_refused(user: &User, other: &MockServer, outcome: &Outcome) {
    assert_eq!(outcome.code, 4, "{outcome:?}");
    for part in [user.server.uri(), other.uri(), "shop.yaml".into(), "`connect` again".into()] {
        assert!(outcome.stdout.contains(&part) || outcome.stderr.contains(&part), "no {part} in {outcome:?}");
    }
    assert_eq!(heard(user, other), 0, "something was sent");
    assert!(!format!("{outcome:?}").contains(KEY), "{outcome:?}");
}

#[test]
fn another_file_of_the_same_id_gets_no_stored_credential() {
    let (user, other) = connected();
    assert_eq!(user.run("call shop list_orders").code, 0);
    user.write("shop.yaml", &shop(&other.uri()));
    is_refused(&user, &other, &user.run("call shop list_orders"));
    is_refused(&user, &other, &user.run("--json call shop list_orders --connection default"));
    assert_eq!(user.last(), ["call", "shop", "list_orders", "undecided", "setup"]);
    let status = user.json("status");
    assert_eq!(status["connections"][0]["kind"], "setup", "{status}");
    let message = status["connections"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains(&other.uri()) && message.contains("shop.yaml"), "{status}");
    // The other file doesn't get it by being connected to, either.
    is_refused(&user, &other, &user.run("connect shop --mode write"));
    user.write("shop.yaml", &shop(&user.server.uri()));
    assert_eq!(user.run("call shop list_orders").code, 0, "what was stored is as it was");
}

#[test]
fn one_action_that_leads_elsewhere_is_enough() {
    let (user, other) = connected();
    let orders = shop(&user.server.uri());
    let more =
        format!("  - {{ name: more, description: More, url: '{}/more', trust_level: auto }}\n", other.uri());
    user.write("shop.yaml", &(orders + &more));
    is_refused(&user, &other, &user.run("call shop list_orders"));
    assert_eq!(user.received().len(), 0);
}

#[test]
fn a_credential_that_is_given_anew_goes_where_it_is_given_for() {
    let (mut user, other) = connected();
    user.write("shop.yaml", &shop(&other.uri()));
    let again = user.json("connect shop --mode write --set SHOP_KEY=0ther-s3cret");
    assert_eq!(again["state"], "replaced");
    // The server knows no orders, which is an answer.
    assert_eq!((user.run("call shop list_orders").code, heard(&user, &other)), (6, 1));
    user.write("shop.yaml", &shop(&user.server.uri()));
    let back = user.run("call shop list_orders");
    assert_eq!((back.code, user.received().len()), (4, 0), "{back:?}");
    user.set("SHOP_KEY", KEY);
    assert_eq!(user.run("call shop list_orders").code, 0, "nothing of this is stored");
}

#[test]
fn the_same_credentials_for_another_place_are_a_change() {
    let (user, other) = connected();
    user.write("shop.yaml", &shop(&other.uri()));
    let set = format!("connect shop --mode write --set SHOP_KEY={KEY}");
    assert_eq!(user.json(&set)["state"], "replaced");
    assert_eq!(user.json(&set)["state"], "unchanged");
}

#[test]
fn a_setting_on_top_leads_no_stored_credential_elsewhere() {
    let (mut user, other) = connected();
    let yaml = shop("{BASE_URL}")
        .replace("credentials:\n", "credentials:\n    - { name: BASE_URL, required: true }\n");
    user.write("shop.yaml", &yaml);
    let line = format!("connect shop --mode write --set BASE_URL={} --set SHOP_KEY={KEY}", user.server.uri());
    assert_eq!(user.run(&line).code, 0);
    assert_eq!(user.run("call shop list_orders").code, 0);
    let there = format!("--set BASE_URL={}", other.uri());
    is_refused(&user, &other, &user.run(&format!("call shop list_orders {there}")));
    is_refused(&user, &other, &user.run(&format!("connect shop --mode write {there}")));
    user.set("BASE_URL", other.uri());
    is_refused(&user, &other, &user.run("call shop list_orders"));
    let same = format!("call shop list_orders --set BASE_URL={}", user.server.uri());
    assert_eq!(user.run(&same).code, 0, "the same place, said once more");
    user.set("SHOP_KEY", "0ther-s3cret");
    assert_eq!((user.run("call shop list_orders").code, heard(&user, &other)), (6, 1), "both are given");
}

#[test]
fn a_linked_connectors_credentials_are_not_for_a_file() {
    let user = User::new();
    assert_eq!(user.run("connect notes --mode write --set root=/a").code, 0);
    let yaml = shop(&user.server.uri()).replace("name: shop", "name: notes").replace("SHOP_KEY", "token");
    user.write("notes.yaml", &yaml);
    // As a program has it that doesn't link the connector.
    let outcome = user.files_alone("--json call notes list_orders");
    assert_eq!((outcome.code, user.received().len()), (4, 0), "{outcome:?}");
    assert_eq!(outcome.json()["error"]["details"]["given_for"], json!([]), "{outcome:?}");
}

#[test]
fn a_program_of_its_own_is_told_which_file_it_was() {
    let user = User::new();
    let host = Host::builder().folder(user.folder()).build().expect("a host");
    let settings = Settings::new().secret("SHOP_KEY", KEY).bound_to(["https://shop.test"]);
    let error = host.connect("shop", "default", &settings).expect_err("elsewhere");
    assert!(
        error.message().contains("shop.yaml`: the stored credentials were given for `https://shop.test`"),
        "{error}"
    );
    assert_eq!(error.details()["sent_to"], user.server.uri());
    let settings = settings.bound_to([user.server.uri()]);
    assert_eq!(host.connect("shop", "default", &settings).expect("home").origins(), [user.server.uri()]);
}
