//! Files against servers on loopback, and files that no server should see.

mod authentication;
mod hostile;
mod reading;
mod running;
mod settings;
mod shared;

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{Loaded, parse};
use crate::call::{Caller, Connection};
use crate::manifest::Mode;
use crate::{Error, Result, Settings};

const TOKEN: &str = "tok_s3cret_value";

fn read(yaml: &str) -> Loaded {
    parse(yaml, "shop").unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

/// What is wrong with a file, without the words that every fault begins with.
fn fault(yaml: &str) -> String {
    let error = parse(yaml, "shop").expect_err("a fault");
    assert_eq!(error.kind(), crate::ErrorKind::Setup);
    let message = error.message();
    message.strip_prefix("the connector file `shop.yaml` has a fault: ").unwrap_or(message).to_owned()
}

fn notes(yaml: &str) -> Vec<String> {
    read(yaml).notes.iter().map(ToString::to_string).collect()
}

fn caller() -> Caller {
    Caller::new("test", Mode::Admin).without_asking()
}

/// Calls an action with the base URL of a server as `BASE_URL`, and a token.
async fn call(yaml: &str, base: &str, action: &str, input: Value) -> Result<Value> {
    let settings = Settings::new().text("BASE_URL", base).secret("API_TOKEN", TOKEN);
    call_with(yaml, &settings, action, input).await
}

async fn call_with(yaml: &str, settings: &Settings, action: &str, input: Value) -> Result<Value> {
    let connection = Connection::open("default", &*read(yaml).factory, settings)?;
    connection.act(action, &input, &caller()).await?.parse()
}

fn open(yaml: &str, settings: &Settings) -> Result<()> {
    Connection::open("default", &*read(yaml).factory, settings).map(drop)
}

/// A server that answers everything with `{"ok": true}`.
async fn server() -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "ok": true }));
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

async fn received(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.expect("recorded")
}

/// The one request that came in: its method, its path with the query, its body.
async fn only(server: &MockServer) -> (String, String, String) {
    let mut all = received(server).await;
    assert_eq!(all.len(), 1, "{all:?}");
    let request = all.remove(0);
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    (
        request.method.to_string(),
        format!("{}{query}", request.url.path()),
        String::from_utf8_lossy(&request.body).into_owned(),
    )
}

fn message(result: Result<Value, Error>) -> String {
    result.expect_err("refused").message().to_owned()
}

/// A file whose actions go to the base URL that a test sets.
fn file(actions: &str) -> String {
    format!(
        "name: shop\nauth:\n  method: bearer\n  credentials:\n    - {{ name: BASE_URL, required: true }}\n    \
         - {{ name: API_TOKEN, required: true }}\nactions:\n{actions}"
    )
}
