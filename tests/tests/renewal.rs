//! A connector that renews its bearer's token in a way of its own, against a service on loopback whose tokens are
//! good for one request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::Mode;
use connector_sdk::oauth::Tokens;
use connector_sdk::prelude::*;
use connector_sdk::{Settings, factory};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// Pages of somebody.
#[connector(id = "diary", auth = bearer(token, renew = renewed))]
struct Diary {
    /// Where its service is.
    url: String,
    /// What it knows somebody by.
    #[secret]
    token: Secret,
    #[http(base = "{url}")]
    http: Http,
}

/// Says nothing of the refresh token: it stays.
async fn renewed(http: &Http, refresh: &Secret) -> Result<Tokens> {
    let request = http.post("/renew").json(&json!({ "refresh": refresh.expose() })).repeatable();
    let given: Value = request.send().await?.json().await?;
    Ok(Tokens::new(given["token"].as_str().unwrap_or_default()))
}

#[connector]
impl Diary {
    /// What the service sees of whoever asks.
    #[action(read)]
    async fn mirror(&self) -> Result<Value> {
        self.http.get("/mirror").send().await?.json().await
    }
}

/// The service, and how many tokens it has given out, of which the last is good once. It gives no more than two.
#[derive(Clone, Default)]
struct Service {
    given: Arc<AtomicUsize>,
    used: Arc<AtomicUsize>,
}

impl Respond for Service {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let given = self.given.load(Ordering::Relaxed);
        if request.url.path() == "/mirror" {
            let seen = format!("{:?}", request.headers.get("authorization"));
            let is_good = seen.contains(&format!("access-s3cret-{given}"));
            if !is_good || self.used.swap(given, Ordering::Relaxed) == given {
                return ResponseTemplate::new(401);
            }
            return ResponseTemplate::new(200).set_body_json(json!({ "seen": seen }));
        }
        let body = String::from_utf8_lossy(&request.body);
        if given == 2 || !body.contains("refresh-s3cret") {
            // Where this is cut stands the token, which nobody could find afterwards.
            let said = format!("{} {body}", "x".repeat(274));
            return ResponseTemplate::new(403).set_body_json(json!({ "message": said }));
        }
        self.given.store(given + 1, Ordering::Relaxed);
        ResponseTemplate::new(200).set_body_json(json!({ "token": format!("access-s3cret-{}", given + 1) }))
    }
}

#[tokio::test]
async fn tokens_that_a_connector_renews_itself_are_secrets_and_last() {
    let (server, service) = (MockServer::start().await, Service::default());
    Mock::given(wiremock::matchers::any()).respond_with(service.clone()).mount(&server).await;
    let mut tokens = Tokens::new("access-s3cret-old");
    tokens.refresh = Some(Secret::new("refresh-s3cret"));
    let settings = Settings::new().value("url", server.uri()).secret("token", tokens.to_secret());
    let connection = Connection::open("work", &factory::<Diary>(), &settings).expect("a connection");
    let caller = Caller::new("test", Mode::Readonly);
    let mirror = async || connection.act("mirror", &json!({}), &caller).await;

    // The second time with the refresh token that the first answer didn't say anew.
    for _ in 0..2 {
        let seen = mirror().await.expect("it is renewed");
        let seen = String::from_utf8_lossy(seen.as_bytes()).into_owned();
        assert!(seen.contains("Bearer [redacted]") && !seen.contains("s3cret"), "{seen}");
    }
    let error = mirror().await.expect_err("no more are given");
    let shown = format!("{error:?}");
    assert!(shown.contains("[redacted]") && !shown.contains("s3cr"), "{shown}");
    assert_eq!(service.given.load(Ordering::Relaxed), 2);
}
