//! A connector of Rust as a file of PocketPaw: what is written makes the same requests, read by this crate and
//! by PocketPaw's own rules.
#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

mod engine;
#[path = "../../../connector-sdk/src/traces.rs"]
#[expect(dead_code, reason = "nothing here needs a folder")]
mod traces;
mod weaknesses;

use std::collections::BTreeMap;
use std::process::Command;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::{Auth, ClientId, Mode, OAuth2};
use connector_sdk::platform::pocketpaw::{self, LeftOut};
use connector_sdk::prelude::*;
use connector_sdk::{Factory, Settings, factory};
use engine::{Body, Engine};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const TOKEN: &str = "hub_s3cret_token";

/// What issues are.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Kept {
    /// Still to do.
    Open,
    /// Done: "no more".
    Closed,
}

/// Issues of a hub: `yes`, `no` # and more.
#[connector(id = "hub", title = "The \"Hub\"", category = "developer-tools", auth = bearer(token))]
struct Hub {
    /// Where the service is.
    url: String,
    /// Whose issues.
    #[config(default = "rust-lang/rust")]
    repository: String,
    /// What no request has.
    #[config(default = 3)]
    unused: u32,
    /// The token.
    #[secret(env = "HUB_PASS")]
    token: Secret,
    #[http(base = "{url}/v1", headers = [("X-Hub-Version", "2022-11-28"), ("X-Yes", "yes")])]
    http: Http,
}

#[connector]
impl Hub {
    /// List issues.
    ///
    /// At length: {braces}, "quotes".
    #[action(read)]
    #[http(GET, "/repos/{+repository}/issues")]
    async fn list_issues(
        &self,
        /// Only issues that are so.
        #[arg(default = Kept::Open)]
        state: Kept,
        /// At most so many.
        #[arg(query = "per_page", default = 30, range = 1..=100)]
        limit: u32,
        /// Filed under.
        labels: Option<Vec<String>>,
        /// The old ones too.
        old: Option<bool>,
    ) -> Result<Value>;

    /// Show an issue.
    #[action(read)]
    #[http(GET, "/issues/{number}/as/{form}")]
    async fn show_issue(
        &self,
        /// Which one.
        number: u64,
        /// How.
        #[arg(default = "text")]
        form: String,
    ) -> Result<Value>;

    /// Open an issue.
    #[action(write)]
    #[http(POST, "/issues")]
    async fn create_issue(
        &self,
        /// What it is about.
        title: String,
        /// More of it.
        #[arg(body = "text")]
        body: Option<String>,
        /// Labels.
        labels: Option<Vec<String>>,
        /// Tell nobody.
        #[arg(query, default = false)]
        silent: bool,
    ) -> Result<Value>;

    /// Add a hook.
    #[action(write, risk = business)]
    #[http(POST, "/hooks", content = form)]
    async fn add_hook(
        &self,
        /// Where to.
        to: String,
        /// How often.
        times: Option<u32>,
    ) -> Result<Value>;

    /// Remove an issue.
    #[action(destructive)]
    #[http(DELETE, "/issues/{number}")]
    async fn remove_issue(
        &self,
        /// Which one.
        number: u64,
        /// Why.
        why: Option<String>,
    ) -> Result<()>;

    /// Rust code.
    #[action(read)]
    async fn counted(&self) -> Result<u64> {
        Ok(1)
    }

    /// In pages.
    #[action(read)]
    #[http(GET, "/all", page = link)]
    async fn all_issues(&self) -> Result<Vec<Value>>;

    /// A part of the answer.
    #[action(read)]
    #[http(GET, "/part", select = "data.items")]
    async fn part(&self) -> Result<Vec<Value>>;

    /// With a header.
    #[action(read)]
    #[http(GET, "/headed")]
    async fn headed(
        &self,
        /// The header.
        #[arg(header = "X-Name")]
        name: String,
    ) -> Result<Value>;

    /// A whole body.
    #[action(write)]
    #[http(PUT, "/text")]
    async fn replace(
        &self,
        /// All of it.
        #[arg(body)]
        text: Value,
    ) -> Result<()>;

    /// A path of several parts.
    #[action(read)]
    #[http(GET, "/files/{+place}")]
    async fn read_file(
        &self,
        /// Where.
        place: String,
    ) -> Result<Value>;

    /// A truth value in a path.
    #[action(read)]
    #[http(GET, "/is/{old}")]
    async fn is(
        &self,
        /// Old.
        old: bool,
    ) -> Result<Value>;

    /// A list in a form.
    #[action(write)]
    #[http(POST, "/events", content = form)]
    async fn add_events(
        &self,
        /// Of what.
        events: Vec<String>,
    ) -> Result<Value>;

    /// Anything in a query.
    #[action(read)]
    #[http(GET, "/any")]
    async fn any(
        &self,
        /// Anything.
        what: Option<Value>,
    ) -> Result<Value>;
}

/// Logs in with user and password.
#[connector(id = "basic-one", auth = basic(person, secret))]
struct WithPassword {
    /// Where it is.
    url: String,
    /// Who.
    person: Option<String>,
    /// The secret.
    #[secret]
    secret: Secret,
    #[http(base = "{url}")]
    http: Http,
}

#[connector]
impl WithPassword {
    /// Who it is.
    #[action(read)]
    #[http(GET, "/people/{person}")]
    async fn me(&self) -> Result<Value>;
}

/// Logs in with a key in a header.
#[connector(id = "keyed-one", auth = api_key(secret, header = "X-Api-Key"))]
struct WithKey {
    /// Where it is.
    url: String,
    /// Who.
    person: Option<String>,
    /// The secret.
    #[secret]
    secret: Secret,
    #[http(base = "{url}")]
    http: Http,
}

#[connector]
impl WithKey {
    /// Who it is.
    #[action(read)]
    #[http(GET, "/people/{person}")]
    async fn me(&self) -> Result<Value>;
}

async fn server() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(json!([]))).mount(&server).await;
    server
}

/// What a server sees of a request: method, path, query, body, and what authenticates.
#[derive(Debug, PartialEq)]
struct Seen {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    body: Value,
    headers: BTreeMap<String, String>,
}

fn seen(request: &Request) -> Seen {
    let mut query: Vec<(String, String)> = request.url.query_pairs().into_owned().collect();
    query.sort();
    let text = String::from_utf8_lossy(&request.body).into_owned();
    let headers = ["authorization", "x-api-key", "x-hub-version", "x-yes"].into_iter().filter_map(|name| {
        Some((name.to_owned(), request.headers.get(name)?.to_str().expect("text").to_owned()))
    });
    Seen {
        method: request.method.to_string(),
        path: request.url.path().to_owned(),
        query,
        body: match text.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| form(text.split('&').map(str::to_owned))),
        },
        headers: headers.collect(),
    }
}

/// The fields of a form, whose order says nothing.
fn form(fields: impl Iterator<Item = String>) -> Value {
    let mut fields: Vec<String> = fields.collect();
    fields.sort();
    fields.into()
}

/// The same of what PocketPaw would send.
fn sent(base: &str, sent: engine::Sent) -> Seen {
    let mut query = sent.query;
    query.sort();
    let body = match sent.body {
        Body::None => Value::Null,
        Body::Json(value) => value,
        Body::Form(fields) => form(fields.iter().map(|(name, value)| format!("{name}={value}"))),
    };
    let path = sent.url.strip_prefix(base).expect("below its base").to_owned();
    Seen { method: sent.method, path, query, body, headers: sent.headers }
}

fn caller() -> Caller {
    Caller::new("me", Mode::Admin).without_asking()
}

/// Calls an action, and returns the one request that came of it.
async fn request_of(connection: &Connection, server: &MockServer, action: &str, input: &Value) -> Seen {
    server.reset().await;
    // It says what it heard, as some services do.
    let echo = |request: &Request| {
        let heard: Vec<&str> = request.headers.values().filter_map(|value| value.to_str().ok()).collect();
        ResponseTemplate::new(200).set_body_json(heard)
    };
    Mock::given(any()).respond_with(echo).mount(server).await;
    let output = connection.act(action, input, &caller()).await.expect("an answer");
    traces::leave(output.as_bytes());
    let requests = server.received_requests().await.expect("recorded");
    assert_eq!(requests.len(), 1);
    seen(&requests[0])
}

#[tokio::test]
async fn a_file_makes_the_requests_of_its_connector() {
    let server = server().await;
    let base = server.uri();
    let written = pocketpaw::write(factory::<Hub>().manifest()).expect("a file");
    assert_eq!(written.name, "hub.yaml");
    let loaded =
        pocketpaw::parse(&written.text, "hub").unwrap_or_else(|error| panic!("{error}\n{}", written.text));
    assert_eq!(loaded.notes, [], "{}", written.text);
    let manifest = loaded.factory.manifest();
    assert_eq!((manifest.id.as_str(), manifest.title.as_str()), ("hub", "The \"Hub\""));

    let rust = Settings::new().value("url", &*base).value("repository", "a/b").secret("token", TOKEN);
    let rust = Connection::open("rust", &factory::<Hub>(), &rust).expect("a connection");
    let config = [("HUB_URL", &*base), ("HUB_REPOSITORY", "a/b"), ("HUB_PASS_TOKEN", TOKEN)];
    let mut yaml = Settings::new();
    for (name, value) in config {
        yaml = match manifest.setting(name) {
            Some(_) => yaml.text(name, value),
            None => yaml.secret(name, value),
        };
    }
    let yaml = Connection::open("yaml", &*loaded.factory, &yaml).expect("a connection");
    let engine = Engine::connect(&written.text, &config).expect("PocketPaw connects");

    // Names are those of the request in a file.
    for (action, input, file) in [
        (
            "list_issues",
            json!({"state": "closed", "limit": 5, "labels": ["a b", "c&d"], "old": true}),
            json!({"state": "closed", "per_page": 5, "labels": ["a b", "c&d"], "old": true}),
        ),
        ("list_issues", json!({"state": "open", "limit": 30}), json!({"state": "open", "per_page": 30})),
        ("show_issue", json!({"number": 7, "form": "html"}), json!({"number": 7, "form": "html"})),
        (
            "create_issue",
            json!({"title": "é \"q\"", "body": "b", "labels": ["x"], "silent": true}),
            json!({"title": "é \"q\"", "text": "b", "labels": ["x"], "silent": true}),
        ),
        ("create_issue", json!({"title": "t", "silent": false}), json!({"title": "t", "silent": false})),
        ("add_hook", json!({"to": "me", "times": 3}), json!({"to": "me", "times": 3})),
        ("remove_issue", json!({"number": 9, "why": "old"}), json!({"number": 9, "why": "old"})),
        ("remove_issue", json!({"number": 9}), json!({"number": 9})),
    ] {
        let of_rust = request_of(&rust, &server, action, &input).await;
        let of_yaml = request_of(&yaml, &server, action, &file).await;
        assert_eq!(of_yaml, of_rust, "{action} read by this crate");
        let of_engine = sent(&base, engine.execute(action, &file).expect("PocketPaw sends it"));
        assert_eq!(of_engine, of_rust, "{action} by PocketPaw's rules");
    }
    for action in &manifest.actions {
        let of_rust = factory::<Hub>().manifest().action(&action.name).expect("the same").permission.trust;
        assert_eq!(action.permission.trust, of_rust, "{}", action.name);
    }
    let state =
        manifest.action("list_issues").and_then(|action| action.property("state")).expect("an argument");
    assert_eq!((&state["enum"], &state["default"]), (&json!(["open", "closed"]), &json!("open")));
}

#[test]
fn what_a_file_can_not_say_is_left_out_with_the_reason() {
    let written = pocketpaw::write(factory::<Hub>().manifest()).expect("a file");
    let told: Vec<(&str, &str)> =
        written.left_out.iter().map(|LeftOut { action, why, .. }| (action.as_str(), why.as_str())).collect();
    assert_eq!(
        told,
        [
            ("counted", "it is Rust code and no `#[http]` request"),
            ("all_issues", "its answer comes in pages, of which PocketPaw reads the first"),
            ("part", "its result is `data.items` of the answer, and PocketPaw gives the whole"),
            ("headed", "its argument `name` is the header `X-Name`"),
            ("replace", "its argument `text` is the whole body"),
            ("read_file", "its argument `place` may be several parts of the path"),
            ("is", "its argument `old` is a part of the path, and neither a text nor a number"),
            (
                "add_events",
                "its argument `events` may have parts, which PocketPaw puts into a form otherwise"
            ),
            (
                "any",
                "its argument `what` may be an object, which PocketPaw puts into a query in Python's words"
            ),
        ]
    );
    for (action, why) in told {
        assert!(written.text.contains(&format!("#   {action}: {why}\n")), "{}", written.text);
    }
    assert!(!written.text.contains("HUB_UNUSED"), "{}", written.text);
    // A default is told, since PocketPaw applies none.
    assert!(written.text.contains("Whose issues. (usually `rust-lang/rust`)"), "{}", written.text);
    assert_eq!(
        pocketpaw::write(factory::<Hub>().manifest()).expect("a file"),
        written,
        "the same bytes each time"
    );
}

/// Two services.
#[connector(id = "two")]
struct Two {
    #[http(base = "https://one.example.com", headers = [("X-Version", "1")])]
    one: Http,
    #[http(base = "https://two.example.com", headers = [("X-Version", "2")])]
    two: Http,
}

#[connector]
impl Two {
    /// Of the first.
    #[action(read)]
    #[http(GET, "/one", client = one)]
    async fn one(&self) -> Result<Value>;

    /// Of the second.
    #[action(read)]
    #[http(GET, "/two", client = two)]
    async fn two(&self) -> Result<Value>;
}

#[test]
fn a_file_has_headers_for_all_or_none() {
    let written = pocketpaw::write(factory::<Two>().manifest()).expect("a file");
    let why = "its client doesn't send the headers that the connector's first one does";
    let told: Vec<_> = written.left_out.iter().map(|one| (&*one.action, &*one.why)).collect();
    assert_eq!(told, [("two", why)]);
    assert!(written.text.contains("  headers:\n    \"X-Version\": \"1\"\n"), "{}", written.text);
}

#[test]
fn of_several_ways_to_authenticate_a_file_has_the_first_that_it_can_say() {
    let written = pocketpaw::write(factory::<github::GitHub>().manifest()).expect("a file");
    let auth = "auth:\n  method: bearer\n  headers:\n    \"X-GitHub-Api-Version\": \"2022-11-28\"\n  credentials:\n    \
                - name: \"GITHUB_TOKEN\"\n";
    assert!(written.text.contains(auth), "{}", written.text);
    assert!(!written.text.contains("GITHUB_CLIENT_ID") && !written.text.contains("GITHUB_WEB_URL"));
    let loaded = pocketpaw::parse(&written.text, "github").expect("a connector");
    let manifest = loaded.factory.manifest();
    assert!(manifest.credential("GITHUB_TOKEN").is_some_and(|token| token.required), "{}", written.text);
    assert!(manifest.action("merge_pull").is_some() && manifest.action("list_issues").is_none());
}

#[tokio::test]
async fn whatever_authenticates_is_sent() {
    for (factory, config) in [
        (
            &factory::<WithPassword>() as &dyn Factory,
            [("username", "me"), ("password", "pw_s3cret"), ("BASIC_ONE_URL", "")],
        ),
        (
            &factory::<WithKey>(),
            [("KEYED_ONE_PERSON", "me"), ("KEYED_ONE_SECRET", "pw_s3cret"), ("KEYED_ONE_URL", "")],
        ),
    ] {
        let server = server().await;
        let base = server.uri();
        let written = pocketpaw::write(factory.manifest()).expect("a file");
        let loaded = pocketpaw::parse(&written.text, "small")
            .unwrap_or_else(|error| panic!("{error}\n{}", written.text));
        assert_eq!(loaded.notes, [], "{}", written.text);
        let config = config.map(|(name, value)| (name, if value.is_empty() { &*base } else { value }));
        let rust = Settings::new().value("url", &*base).value("person", "me").secret("secret", "pw_s3cret");
        let rust = Connection::open("rust", factory, &rust).expect("a connection");
        let mut yaml = Settings::new();
        for (name, value) in config {
            yaml = match loaded.factory.manifest().setting(name) {
                Some(_) => yaml.text(name, value),
                None => yaml.secret(name, value),
            };
        }
        let yaml = Connection::open("yaml", &*loaded.factory, &yaml).expect("a connection");
        let of_rust = request_of(&rust, &server, "me", &json!({})).await;
        assert!(!of_rust.headers.is_empty());
        assert_eq!(request_of(&yaml, &server, "me", &json!({})).await, of_rust);
        let engine = Engine::connect(&written.text, &config).expect("PocketPaw connects");
        assert_eq!(sent(&base, engine.execute("me", &json!({})).expect("sent")), of_rust);
    }
}

/// Takes what it gets.
#[connector(
    id = "several",
    auth = any(
        oauth2(authorize = "{url}/authorize", token = "{url}/token", client_id = env("SEVERAL_CLIENT")),
        api_key(cookie, cookie = "sid"),
        bearer(token),
        basic(person, token),
    ),
)]
struct Several {
    /// Where the service is.
    url: String,
    /// Who it is.
    #[config(default = "me")]
    person: String,
    /// A session.
    #[secret]
    cookie: Option<Secret>,
    /// A token.
    #[secret(env = "SEVERAL_TOKEN")]
    token: Option<Secret>,
    #[http(base = "{url}")]
    http: Http,
}

#[connector]
impl Several {
    /// Who it is.
    #[action(read)]
    #[http(GET, "/me")]
    async fn me(&self) -> Result<Value>;
}

#[tokio::test]
async fn of_several_ways_a_file_has_the_first_that_it_can_say() {
    let written = pocketpaw::write(factory::<Several>().manifest()).expect("a file");
    let note = "It authenticates by `bearer` alone, and not by `oauth2`, `api_key` or `basic`.";
    assert_eq!(written.notes, [note]);
    assert!(written.text.contains(&format!("# {note}\n")), "{}", written.text);
    let loaded = pocketpaw::parse(&written.text, "several").unwrap_or_else(|error| panic!("{error}"));
    let manifest = loaded.factory.manifest();
    assert_eq!(manifest.auth, Auth::Bearer { token: "SEVERAL_TOKEN".to_owned() });
    let names: Vec<&str> = manifest.credentials.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["SEVERAL_TOKEN"], "nothing of the other ways");
    assert!(manifest.credentials[0].required, "there is no other way");
    let server = server().await;
    let settings = Settings::new().text("SEVERAL_URL", server.uri()).secret("SEVERAL_TOKEN", TOKEN);
    let yaml = Connection::open("yaml", &*loaded.factory, &settings).expect("a connection");
    let settings = Settings::new().value("url", server.uri()).secret("token", TOKEN);
    let rust = Connection::open("rust", &factory::<Several>(), &settings).expect("a connection");
    let of_rust = request_of(&rust, &server, "me", &json!({})).await;
    assert_eq!(request_of(&yaml, &server, "me", &json!({})).await, of_rust);
}

#[test]
fn what_can_not_be_a_file_says_why() {
    let mut manifest = factory::<Hub>().manifest().clone();
    manifest.id = "reddit".to_owned();
    let error = pocketpaw::write(&manifest).expect_err("a native name");
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains("by a program of its own"), "{error}");
    let mut manifest = factory::<Hub>().manifest().clone();
    manifest.actions.retain(|action| action.request.is_none());
    let error = pocketpaw::write(&manifest).expect_err("nothing to say");
    assert!(error.message().contains("`counted`: it is Rust code"), "{error}");
    manifest.auth =
        Auth::OAuth2(OAuth2::of_client("https://a.test/token", ClientId::Literal("me".to_owned())));
    let error = pocketpaw::write(&manifest).expect_err("no tokens");
    assert!(error.message().contains("sends nothing where a file says `oauth`"), "{error}");
    manifest.auth =
        serde_json::from_value(json!({"kind": "api_key", "key": "token", "place": {"query": "k"}}))
            .expect("auth");
    let error = pocketpaw::write(&manifest).expect_err("a key in the query");
    assert!(error.message().contains("not as this does"), "{error}");
}

/// PyYAML is what PocketPaw reads with, and it has YAML 1.1 in mind.
#[test]
fn pyyaml_reads_the_same() {
    let is_here = Command::new("python3").args(["-c", "import yaml"]).output();
    if !is_here.is_ok_and(|output| output.status.success()) {
        connector_tests::left_out("there is no python3 with PyYAML to read a written file with");
        return;
    }
    let written = pocketpaw::write(factory::<Hub>().manifest()).expect("a file");
    let ours: Value = serde_saphyr::from_str(&written.text).expect("YAML");
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin.buffer.read())))";
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), &written.text).expect("written");
    let input = std::fs::File::open(file.path()).expect("open");
    let output = Command::new("python3").args(["-c", script]).stdin(input).output().expect("run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", written.text);
    let theirs: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(theirs, ours);
}
