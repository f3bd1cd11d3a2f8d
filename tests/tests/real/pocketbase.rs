//! Records in a PocketBase.

use connector_sdk::call::{Caller, Connection};
use connector_sdk::http::{Credentials, Http};
use connector_sdk::manifest::Mode;
use connector_sdk::prelude::*;
use connector_sdk::{Settings, factory};
use serde_json::{Value, json};

use crate::servers::{self, SUPERUSER};

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
    async fn create(
        &self,
        context: &Context,
        /// Its text.
        text: String,
    ) -> Result<Value> {
        self.http.post("/records").json(&json!({ "text": text })).within(context).send().await?.json().await
    }

    /// Show a note.
    #[action(read)]
    async fn show(
        &self,
        context: &Context,
        /// Which one.
        id: &str,
    ) -> Result<Value> {
        self.http.get("/records/{id}").path("id", id).within(context).send().await?.json().await
    }

    /// Find notes.
    #[action(read)]
    async fn find(
        &self,
        context: &Context,
        /// PocketBase's filter.
        filter: &str,
    ) -> Result<Value> {
        self.http.get("/records").query("filter", filter).within(context).send().await?.json().await
    }

    /// Change the text of a note.
    #[action(write)]
    async fn change(
        &self,
        context: &Context,
        /// Which one.
        id: &str,
        /// Its text.
        text: String,
    ) -> Result<Value> {
        let request = self.http.patch("/records/{id}").path("id", id).json(&json!({ "text": text }));
        request.within(context).send().await?.json().await
    }

    /// Delete a note.
    #[action(destructive)]
    async fn delete(
        &self,
        context: &Context,
        /// Which one.
        id: &str,
    ) -> Result<()> {
        self.http.delete("/records/{id}").path("id", id).within(context).send().await?.json().await
    }
}

async fn connection(server: &servers::Server) -> Connection {
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
    let settings = Settings::new().text("url", server.url()).secret("token", token.expose());
    Connection::open("test", &factory::<PocketBase>(), &settings).expect("a connection")
}

#[tokio::test]
#[ignore = "needs pocketbase: tests/servers/install"]
async fn notes_come_change_and_go() {
    let server = servers::pocketbase();
    let notes = connection(&server).await;
    let caller = Caller::new("test", Mode::Admin).without_asking();
    let call = async |action: &str, input: Value| -> Result<Value> {
        notes.act(action, &input, &caller).await?.parse()
    };
    let created = call("create", json!({ "text": "it's one" })).await.expect("a note");
    let id = json!({ "id": created["id"] });
    assert_eq!(call("show", id.clone()).await.expect("a note"), created);
    call("change", json!({ "id": created["id"], "text": "two" })).await.expect("changed");
    let found = call("find", json!({ "filter": "text = 'two' && id != ''" })).await.expect("found");
    assert_eq!((&found["totalItems"], &found["items"][0]["id"]), (&json!(1), &created["id"]), "{found}");
    let long = call("create", json!({ "text": "x".repeat(21) })).await.expect_err("too long");
    assert_eq!((long.kind(), &long.details()["status"]), (ErrorKind::Upstream, &json!(400)), "{long}");
    assert_eq!(call("delete", id.clone()).await.expect("deleted"), Value::Null);
    assert_eq!(call("show", id).await.expect_err("gone").kind(), ErrorKind::NotFound);
}
