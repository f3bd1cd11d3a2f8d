//! Records in a Kinto: written, read and deleted with the version that was read.

use connector_sdk::call::{Caller, Connection};
use connector_sdk::http::{Credentials, Http};
use connector_sdk::manifest::Mode;
use connector_sdk::prelude::*;
use connector_sdk::{Settings, factory};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::servers;
use crate::traces::leave;

const PASSWORD: &str = "s3cret-of-al";

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

/// What a record holds.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Text {
    text: String,
}

#[connector]
impl Kinto {
    /// Create a record.
    #[action(write)]
    #[http(POST, "/records", select = "data")]
    async fn create(
        &self,
        /// What it holds.
        data: Text,
    ) -> Result<Value>;

    /// List records, deleted ones too, that changed after a time.
    #[action(read)]
    #[http(GET, "/records", select = "data")]
    async fn list(
        &self,
        /// The time, in quotes.
        #[arg(query = "_since")]
        since: Option<String>,
    ) -> Result<Vec<Value>>;

    /// Replace what a record holds, if nobody has changed it since.
    #[action(write)]
    #[http(PUT, "/records/{id}", select = "data")]
    async fn replace(
        &self,
        /// Which one.
        id: &str,
        /// What it holds from now on.
        data: Text,
        /// The version that was read, in quotes.
        #[arg(header = "If-Match")]
        version: &str,
    ) -> Result<Value>;

    /// Delete a record.
    #[action(destructive)]
    #[http(DELETE, "/records/{id}")]
    async fn delete(
        &self,
        /// Which one.
        id: &str,
    ) -> Result<()>;
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
    let result = kinto.act(action, &input, &caller).await.and_then(|output| output.parse());
    leave(format!("{result:?}"));
    result
}

#[tokio::test]
#[ignore = "needs kinto: tests/servers/install"]
async fn records_come_change_and_go() {
    let server = servers::kinto();
    let kinto = connection(&server, PASSWORD).await;
    let data = json!({ "text": "è\u{1f600}\n" });
    let created = call(&kinto, "create", json!({ "data": data })).await.expect("a record");
    assert_eq!(created["text"], data["text"]);
    let (id, version) = (&created["id"], format!("\"{}\"", created["last_modified"]));
    let input = json!({ "id": id, "data": { "text": "two" }, "version": version });
    let replaced = call(&kinto, "replace", input.clone()).await.expect("replaced");
    assert_eq!(replaced["text"], "two");
    let stale = call(&kinto, "replace", input).await.expect_err("somebody else was first");
    assert_eq!((stale.kind(), &stale.details()["status"]), (ErrorKind::Conflict, &json!(412)));
    call(&kinto, "delete", json!({ "id": id })).await.expect("deleted");
    let changes = call(&kinto, "list", json!({ "since": version })).await.expect("changes");
    assert_eq!((&changes[0]["id"], &changes[0]["deleted"]), (id, &json!(true)), "{changes}");
    assert_eq!(call(&kinto, "list", json!({})).await.expect("records"), json!([]));
    let gone = call(&kinto, "delete", json!({ "id": id })).await.expect_err("gone");
    assert_eq!(gone.kind(), ErrorKind::NotFound);
}

#[tokio::test]
#[ignore = "needs kinto: tests/servers/install"]
async fn a_wrong_password_is_refused_and_not_shown() {
    let server = servers::kinto();
    let error =
        call(&connection(&server, "s3cret-but-wrong").await, "list", json!({})).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    let none = Http::builder(server.url()).credentials(Credentials::None).build().expect("a client");
    let none = none.get("/v1/buckets").send().await.expect_err("refused");
    assert_eq!(none.kind(), ErrorKind::Auth);
}
