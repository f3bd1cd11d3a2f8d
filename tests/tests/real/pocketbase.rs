//! Records in a PocketBase.

use connector_sdk::call::{Caller, Connection};
use connector_sdk::http::{Credentials, Http};
use connector_sdk::manifest::Mode;
use connector_sdk::prelude::*;
use connector_sdk::testing::Cassette;
use connector_sdk::{Settings, factory};
use serde_json::{Value, json};

use crate::servers::{self, SUPERUSER};
use crate::traces;

/// Notes in a PocketBase.
#[connector(id = "pocketbase", auth = bearer(token))]
struct PocketBase {
    /// Where its service is.
    url: String,
    /// A token that it gave.
    #[secret]
    token: Secret,
    #[http(base = "{url}/api/collections/notes")]
    http: Http,
}

#[connector]
impl PocketBase {
    /// Create a note.
    #[action(write)]
    #[http(POST, "/records")]
    async fn create(
        &self,
        /// Its text.
        text: String,
    ) -> Result<Value>;

    /// Show a note.
    #[action(read)]
    #[http(GET, "/records/{id}")]
    async fn show(
        &self,
        /// Which one.
        id: &str,
    ) -> Result<Value>;

    /// Find notes, on however many pages they are.
    #[action(read)]
    #[http(GET, "/records", select = "items", page = number("page"))]
    async fn find(
        &self,
        /// PocketBase's filter.
        filter: &str,
        /// How many are on a page.
        #[arg(query = "perPage")]
        per_page: u32,
    ) -> Result<Vec<Value>>;

    /// Change the text of a note.
    #[action(write)]
    #[http(PATCH, "/records/{id}")]
    async fn change(
        &self,
        /// Which one.
        id: &str,
        /// Its text from now on.
        text: String,
    ) -> Result<Value>;

    /// Delete a note.
    #[action(destructive)]
    #[http(DELETE, "/records/{id}")]
    async fn delete(
        &self,
        /// Which one.
        id: &str,
    ) -> Result<()>;
}

/// With a collection of notes in it.
async fn settings(server: &servers::Server) -> Settings {
    let anybody = Http::builder(server.url()).build().expect("a client");
    let login = json!({ "identity": SUPERUSER.0, "password": SUPERUSER.1 });
    let login = anybody.post("/api/collections/_superusers/auth-with-password").json(&login).send().await;
    let login: Value = login.expect("an answer").json().await.expect("JSON");
    let token = Secret::new(login["token"].as_str().expect("a token"));
    let admin = Http::builder(server.url())
        .credentials(Credentials::Bearer(token.clone()))
        .build()
        .expect("a client");
    let notes =
        json!({ "name": "notes", "type": "base", "fields": [{ "name": "text", "type": "text", "max": 20 }] });
    admin.post("/api/collections").json(&notes).send().await.expect("a collection");
    Settings::new().text("url", server.url()).secret("token", token)
}

#[tokio::test]
#[ignore = "needs pocketbase: tests/servers/install"]
async fn notes_come_change_and_go() {
    let server = servers::pocketbase();
    let settings = settings(&server).await;
    let notes = Connection::open("test", &factory::<PocketBase>(), &settings).expect("a connection");
    let caller = Caller::new("test", Mode::Admin).without_asking();
    let call = async |action: &str, input: Value| -> Result<Value> {
        notes.act(action, &input, &caller).await?.parse()
    };
    let created = call("create", json!({ "text": "it's one" })).await.expect("a note");
    let id = json!({ "id": created["id"] });
    assert_eq!(call("show", id.clone()).await.expect("a note"), created);
    call("change", json!({ "id": created["id"], "text": "two" })).await.expect("changed");
    for n in 0..4 {
        call("create", json!({ "text": format!("it's {n}") })).await.expect("a note");
    }
    for (filter, count) in [("text = 'two' && id != ''", 1), ("text ~ \"it's\"", 4), ("", 5)] {
        let found = call("find", json!({ "filter": filter, "per_page": 2 })).await.expect(filter);
        assert_eq!(found.as_array().map(Vec::len), Some(count), "{filter}: {found}");
    }
    let long = call("create", json!({ "text": "x".repeat(21) })).await.expect_err("too long");
    assert_eq!((long.kind(), &long.details()["status"]), (ErrorKind::Upstream, &json!(400)), "{long}");
    assert_eq!(call("delete", id.clone()).await.expect("deleted"), Value::Null);
    assert_eq!(call("show", id).await.expect_err("gone").kind(), ErrorKind::NotFound);
}

#[tokio::test]
#[ignore = "needs pocketbase: tests/servers/install"]
async fn what_it_said_is_replayed_when_it_is_gone() {
    let server = servers::pocketbase();
    let (url, settings) = (server.url(), settings(&server).await);
    let folder = traces::folder();
    let path = folder.path().join("notes.json");
    let caller = Caller::new("test", Mode::Admin).without_asking();
    let talk = async |cassette: Cassette, settings: &Settings| {
        let notes = cassette.open("test", &factory::<PocketBase>(), settings).expect("a connection");
        let call = async |action: &str, input: Value| -> Value {
            notes.act(action, &input, &caller).await.expect(action).parse().expect("JSON")
        };
        let note = call("create", json!({ "text": "one" })).await;
        let found = call("find", json!({ "filter": "", "per_page": 1 })).await;
        call("delete", json!({ "id": note["id"] })).await;
        cassette.finish().expect("all of it");
        (note, found)
    };
    let said = talk(Cassette::record(&path), &settings).await;
    drop(server);
    let player = Cassette::replay(&path).expect("a cassette");
    let settings =
        Settings::new().text("url", url).secret("token", player.secret("POCKETBASE_TOKEN").expect("any"));
    assert_eq!(talk(player, &settings).await, said);
}
