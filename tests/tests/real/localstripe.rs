//! Connectors from YAML files with a Stripe that remembers.

use connector_sdk::call::Connection;
use connector_sdk::{Error, ErrorKind, Result, Settings};
use serde_json::{Value, json};

use crate::files::{admin, open, shared};
use crate::servers;
use crate::traces::leave;

/// The file that this repository's host has.
const STRIPE: &str = include_str!("../../../examples/connectors/stripe.yaml");
const ADDRESS: &str = "https://api.stripe.com";
const KEY: &str = "sk_test_s3cret";

fn stripe(server: &servers::Server, key: &str) -> Connection {
    open(&STRIPE.replace(ADDRESS, &server.url()), &Settings::new().secret("STRIPE_API_KEY", key))
}

async fn call(stripe: &Connection, action: &str, input: Value) -> Result<Value> {
    let result = stripe.act(action, &input, &admin()).await.and_then(|output| output.parse());
    leave(format!("{result:?}"));
    result
}

fn ids(page: &Value) -> Vec<&str> {
    page["data"].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str()).collect()
}

#[tokio::test]
#[ignore = "needs localstripe: tests/servers/install"]
async fn customers_are_created_listed_in_pages_and_deleted() {
    let server = servers::localstripe();
    let stripe = stripe(&server, KEY);
    let mut created = Vec::new();
    for n in 0..5 {
        let input = json!({ "name": "A & B", "email": format!("{n}+a&b@example.com"), "metadata": { "n": n, "é": "=" } });
        let customer = call(&stripe, "create_customer", input).await.expect("a customer");
        assert_eq!(customer["email"], format!("{n}+a&b@example.com"));
        assert_eq!(
            (&customer["metadata"]["n"], &customer["metadata"]["é"]),
            (&json!("0".replace('0', &n.to_string())), &json!("="))
        );
        assert_eq!(customer["name"], "A & B");
        created.push(customer["id"].as_str().expect("an id").to_owned());
    }
    let mut listed: Vec<String> = Vec::new();
    for page in 1.. {
        let mut input = json!({ "limit": 2 });
        if let Some(last) = listed.last() {
            input["starting_after"] = json!(last);
        }
        let answer = call(&stripe, "list_customers", input).await.expect("a page");
        listed.extend(ids(&answer).into_iter().map(str::to_owned));
        if answer["has_more"] == false {
            assert_eq!(page, 3);
            break;
        }
    }
    listed.sort();
    created.sort();
    assert_eq!(listed, created);
    call(&stripe, "delete_customer", json!({ "customer": created[0] })).await.expect("deleted");
    let left = call(&stripe, "list_customers", json!({})).await.expect("a page");
    assert_eq!(ids(&left).len(), 4, "{left}");
    let invoices = call(&stripe, "list_invoices", json!({ "customer": created[1] })).await.expect("a page");
    assert_eq!((&invoices["object"], ids(&invoices).len()), (&json!("list"), 0), "{invoices}");
    let balance = call(&stripe, "get_balance", json!({})).await.expect("a balance");
    assert_eq!(balance["available"]["currency"], "eur", "{balance}");
    let refund = call(&stripe, "create_refund", json!({ "payment_intent": "pi_none", "amount": 1 })).await;
    assert_eq!(refund.expect_err("no such payment").kind(), ErrorKind::NotFound);
    let again: Error =
        call(&stripe, "delete_customer", json!({ "customer": "cus_none" })).await.expect_err("no such");
    assert_eq!(again.kind(), ErrorKind::NotFound);
}

#[tokio::test]
#[ignore = "needs localstripe: tests/servers/install"]
async fn a_wrong_key_is_refused_and_not_shown() {
    let server = servers::localstripe();
    for wrong in ["s3cret_but_no_key", "pk_test_s3cret"] {
        let error = call(&stripe(&server, wrong), "list_customers", json!({})).await.expect_err("refused");
        assert_eq!((error.kind(), &error.details()["status"]), (ErrorKind::Auth, &json!(401)), "{error}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}

#[tokio::test]
#[ignore = "needs localstripe: tests/servers/install"]
async fn pocketpaws_own_file_works() {
    let server = servers::localstripe();
    let Some(text) = shared("stripe.yaml", ADDRESS, &server.url()) else { return };
    let theirs = open(&text, &Settings::new().secret("STRIPE_API_KEY", KEY));
    let customer =
        call(&stripe(&server, KEY), "create_customer", json!({ "name": "A", "email": "a@example.com" }))
            .await;
    let customer = customer.expect("a customer");
    let found = call(&theirs, "list_customers", json!({ "email": "a@example.com" })).await.expect("a page");
    assert_eq!(ids(&found), [customer["id"].as_str().expect("an id")]);
    for list in ["list_invoices", "list_products", "list_refunds", "list_charges"] {
        let page = call(&theirs, list, json!({ "limit": 3 }))
            .await
            .unwrap_or_else(|error| panic!("{list}: {error}"));
        assert_eq!(page["object"], "list", "{list}");
    }
}
