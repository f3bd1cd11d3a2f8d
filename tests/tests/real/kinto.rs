//! Records in a Kinto: written, read and deleted with the version that was read.

use connector_sdk::call::{Caller, Connection};
use connector_sdk::http::{Credentials, Http};
use connector_sdk::manifest::Mode;
use connector_sdk::prelude::*;
use connector_sdk::{Settings, factory};
use serde_json::{Value, json};

use crate::servers;

const PASSWORD: &str = "pl4nted-of-al";

/// Records in a Kinto.
#[connector(id = "kinto", auth = basic(account, password))]
struct Kinto {
    /// Where its service is.
    url: String,
    /// Who asks.
    account: String,
    /// The account's password.
    #[secret]
    password: Secret,
    #[http(base = "{url}/v1/buckets/default/collections/notes")]
    http: Http,
}

#[connector]
impl Kinto {
    /// Create a record.
    #[action(write)]
    async fn create(
        &self,
        context: &Context,
        /// Its text.
        text: String,
    ) -> Result<Value> {
        let record = json!({ "data": { "text": text } });
        self.http.post("/records").json(&record).within(context).send().await?.json().await
    }

    /// List records, deleted ones too, that changed after a time.
    #[action(read)]
    async fn list(
        &self,
        context: &Context,
        /// The time.
        since: Option<String>,
    ) -> Result<Value> {
        let since = since.map(|since| format!("\"{since}\""));
        self.http.get("/records").query_if("_since", since).within(context).send().await?.json().await
    }

    /// Replace the text of a record that nobody has changed since.
    #[action(write)]
    async fn replace(
        &self,
        context: &Context,
        /// Which one.
        id: &str,
        /// Its text.
        text: String,
        /// The version that was read.
        version: u64,
    ) -> Result<Value> {
        let record = json!({ "data": { "text": text } });
        let request =
            self.http.put("/records/{id}").path("id", id).header("If-Match", format!("\"{version}\""));
        request.json(&record).within(context).send().await?.json().await
    }

    /// Delete a record.
    #[action(destructive)]
    async fn delete(
        &self,
        context: &Context,
        /// Which one.
        id: &str,
    ) -> Result<Value> {
        self.http.delete("/records/{id}").path("id", id).within(context).send().await?.json().await
    }
}

async fn connection(server: &servers::Server, password: &str) -> Connection {
    let anybody = Http::builder(server.url()).build().expect("a client");
    let account = json!({ "data": { "password": PASSWORD } });
    anybody.put("/v1/accounts/al").json(&account).send().await.expect("an account");
    let settings =
        Settings::new().text("url", server.url()).text("account", "al").secret("password", password);
    Connection::open("test", &factory::<Kinto>(), &settings).expect("a connection")
}

async fn call(kinto: &Connection, action: &str, input: Value) -> Result<Value> {
    let caller = Caller::new("test", Mode::Admin).without_asking();
    kinto.act(action, &input, &caller).await?.parse()
}

#[tokio::test]
#[ignore = "needs kinto: tests/servers/install"]
async fn records_come_change_and_go() {
    let server = servers::kinto();
    let kinto = connection(&server, PASSWORD).await;
    let created = call(&kinto, "create", json!({ "text": "è\u{1f600}\n" })).await.expect("a record");
    let (id, version) = (&created["data"]["id"], &created["data"]["last_modified"]);
    let input = json!({ "id": id, "text": "two", "version": version });
    let replaced = call(&kinto, "replace", input.clone()).await.expect("replaced");
    assert_eq!(replaced["data"]["text"], "two");
    let stale = call(&kinto, "replace", input).await.expect_err("somebody else was first");
    assert_eq!((stale.kind(), &stale.details()["status"]), (ErrorKind::Conflict, &json!(412)));
    call(&kinto, "delete", json!({ "id": id })).await.expect("deleted");
    let changes = call(&kinto, "list", json!({ "since": version.to_string() })).await.expect("changes");
    assert_eq!((&changes["data"][0]["id"], &changes["data"][0]["deleted"]), (id, &json!(true)), "{changes}");
    let gone = call(&kinto, "delete", json!({ "id": id })).await.expect_err("gone");
    assert_eq!(gone.kind(), ErrorKind::NotFound);
}

#[tokio::test]
#[ignore = "needs kinto: tests/servers/install"]
async fn a_wrong_password_is_refused_and_not_shown() {
    let server = servers::kinto();
    let error =
        call(&connection(&server, "pl4nted-but-wrong").await, "list", json!({})).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(!format!("{error:?}").contains("pl4nted"), "{error:?}");
    let none = Http::builder(server.url()).credentials(Credentials::None).build().expect("a client");
    let none = none.get("/v1/buckets").send().await.expect_err("refused");
    assert_eq!(none.kind(), ErrorKind::Auth);
}
