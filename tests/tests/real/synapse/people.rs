//! Those who talk to the connector, and what they do.

use std::sync::atomic::{AtomicU64, Ordering};

use connector_sdk::http::{Credentials, Http, Request, Retry};
use connector_sdk::{Result, Secret};
use serde_json::{Value, json};

use crate::servers::Server;

pub(super) const PASSWORD: &str = "s3cret-of-everybody";

/// Somebody with an account.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) id: String,
    http: Http,
}

/// What no two events have.
fn transaction() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

async fn answer(request: Request) -> Result<Value> {
    request.send().await?.json().await
}

impl Person {
    pub(super) async fn register(server: &Server, name: &str) -> Self {
        let nobody = Http::builder(server.url()).build().expect("a client");
        let body = json!({"auth": {"type": "m.login.dummy"}, "username": name, "password": PASSWORD});
        let account =
            answer(nobody.post("/_matrix/client/v3/register").json(&body)).await.expect("an account");
        let token = Secret::new(account["access_token"].as_str().expect("a token"));
        let http = Http::builder(server.url()).credentials(Credentials::Bearer(token));
        let http = http.retry(Retry::background().attempts(20)).build().expect("a client");
        Self { id: account["user_id"].as_str().expect("an id").to_owned(), http }
    }

    pub(super) async fn post(&self, path: String, body: Value) -> Value {
        let path = format!("/_matrix/client/v3{path}");
        answer(self.http.post(path).json(&body)).await.expect("it is done")
    }

    /// A room that these are invited to.
    pub(super) async fn room(&self, name: &str, invited: &[&Person]) -> String {
        let invited: Vec<&str> = invited.iter().map(|person| person.id.as_str()).collect();
        let body = json!({"name": name, "preset": "private_chat", "invite": invited});
        self.post("/createRoom".to_owned(), body).await["room_id"].as_str().expect("a room").to_owned()
    }

    pub(super) async fn join(&self, room: &str) {
        self.post(format!("/rooms/{room}/join"), json!({})).await;
    }

    /// Sends an event, and tells its id.
    pub(super) async fn send(&self, room: &str, kind: &str, content: Value) -> String {
        let path = format!("/_matrix/client/v3/rooms/{room}/send/{kind}/t{}", transaction());
        let sent = answer(self.http.put(path).json(&content)).await.expect("it is sent");
        sent["event_id"].as_str().expect("an id").to_owned()
    }

    pub(super) async fn say(&self, room: &str, text: &str) -> String {
        self.send(room, "m.room.message", json!({"msgtype": "m.text", "body": text})).await
    }

    /// The same, once.
    pub(super) async fn tries_to_say(&self, room: &str) -> Result<Value> {
        let path = format!("/_matrix/client/v3/rooms/{room}/send/m.room.message/t{}", transaction());
        let body = json!({"msgtype": "m.text", "body": "x"});
        answer(self.http.put(path).json(&body).retry(Retry::never())).await
    }

    /// The texts of a room, the oldest first.
    pub(super) async fn texts(&self, room: &str) -> Vec<String> {
        let request = self.http.get(format!("/_matrix/client/v3/rooms/{room}/messages"));
        let page = answer(request.query("dir", "b").query("limit", 1000)).await.expect("messages");
        let events = page["chunk"].as_array().expect("events").iter().rev();
        events.filter_map(|event| event["content"]["body"].as_str().map(str::to_owned)).collect()
    }

    /// Gives all tokens back, those of the connector too.
    pub(super) async fn log_out_everywhere(&self) {
        self.post("/logout/all".to_owned(), json!({})).await;
    }
}
