//! Actions that are one request, called as hosts call them, against a server on loopback.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

#[path = "../../connector-sdk/src/traces.rs"]
#[expect(dead_code, reason = "nothing here needs a folder")]
mod traces;

use std::time::Duration;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::{Most, Paging, Place};
use connector_sdk::prelude::*;
use connector_sdk::{Factory as _, Settings, factory};
use serde_json::{Value, json};
use wiremock::matchers::{any, body_json, method, path, query_param};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const TOKEN: &str = "hub_s3cret_token";

/// In which order.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Order {
    NewestFirst,
    OldestFirst,
}

/// A new issue, whose fields are the arguments.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct NewIssue {
    /// What it is about.
    title: String,
    /// More of it.
    body: Option<String>,
    /// What it is filed under.
    labels: Option<Vec<String>>,
}

/// An issue.
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct Issue {
    /// Its number.
    number: u64,
}

/// Issues.
#[connector(id = "hub", auth = bearer(token))]
struct Hub {
    /// Where the service is.
    url: String,
    /// Whose issues.
    #[config(default = "rust lang/rust")]
    repository: String,
    /// Which team.
    team: Option<String>,
    /// The token.
    #[secret]
    token: Secret,
    #[http(base = "{url}/v1")]
    http: Http,
    #[http(base = "{url}/files", headers = [("X-Version", "2024-01-01"), ("Accept", "text/x-hub+json")])]
    files: Http,
}

#[connector]
impl Hub {
    /// Show an issue.
    #[action(read, resource = "issues")]
    #[http(GET, "/repos/{repository}/issues/{number}", client = http)]
    async fn show_issue(
        &self,
        /// Which one.
        number: u64,
        /// With what.
        with: Option<Vec<String>>,
        /// In which order.
        #[arg(query = "sort", default = Order::NewestFirst)]
        order: Order,
        /// Under which name.
        #[arg(header = "X-Name")]
        name: Option<String>,
    ) -> Result<Issue>;

    /// Open an issue.
    #[action(write, resource = "issues")]
    #[http(POST, "/repos/{repository}/issues", client = http)]
    async fn create_issue(
        &self,
        /// What it is about.
        title: &str,
        /// More of it.
        body: Option<String>,
        /// Who has to do it.
        #[arg(body = "assignee_id")]
        assignee: Option<u32>,
        /// Tell nobody.
        #[arg(query, default = false)]
        silent: bool,
    ) -> Result<Issue>;

    /// Open an issue of a struct.
    #[action(write)]
    #[http(POST, "/issues", client = http)]
    async fn file_issue(&self, #[input] issue: NewIssue) -> Result<Issue>;

    /// Find issues by a struct.
    #[action(read)]
    #[http(GET, "/issues", client = http)]
    async fn find_issues(&self, #[input] issue: NewIssue) -> Result<Vec<Issue>>;

    /// Replace what an issue says.
    #[action(write, idempotent)]
    #[http(PUT, "/issues/{number}/text", client = http)]
    async fn replace_text(
        &self,
        /// Which one.
        number: u64,
        /// All of it.
        #[arg(body)]
        text: Option<Value>,
    ) -> Result<()>;

    /// Add a hook.
    #[action(write)]
    #[http(POST, "/hooks", content = form, client = http)]
    async fn add_hook(
        &self,
        /// Where to.
        url: String,
        /// Of what.
        events: Vec<String>,
        /// What is sent along.
        extra: Option<Value>,
    ) -> Result<()>;

    /// Remove a star.
    #[action(write)]
    #[http(DELETE, "/stars/{number}", reversible, client = http)]
    async fn remove_star(
        &self,
        /// Which one.
        number: u64,
        /// Why.
        why: Option<String>,
    ) -> Result<()>;

    /// Read a file.
    #[action(read)]
    #[http(GET, "/{+place}", client = files, select = "file.0.text")]
    async fn read_file(
        &self,
        /// Where it is.
        place: &str,
    ) -> Result<String>;

    /// Read a file as an older version has it.
    #[action(read)]
    #[http(GET, "/old", client = files)]
    async fn read_old_file(
        &self,
        /// Which version.
        #[arg(header = "x-version")]
        version: Option<String>,
    ) -> Result<Value>;

    /// Search in the names of issues.
    #[action(read, timeout = "2s")]
    #[http(POST, "/search", select = "data.items", client = http)]
    async fn search(
        &self,
        /// For what.
        word: String,
    ) -> Result<Vec<Issue>>;

    /// Search by a method that has a body.
    #[action(read)]
    async fn search_inside(&self) -> Result<Vec<Issue>> {
        self.search("w".to_owned()).await
    }

    /// The team's board.
    #[action(read)]
    #[http(GET, "/teams/{team}", client = http)]
    async fn team(&self) -> Result<Value>;

    /// Issues by links.
    #[action(read)]
    #[http(GET, "/linked", page = link, client = http)]
    async fn by_link(&self) -> Result<Vec<Issue>>;

    /// Issues by cursor.
    #[action(read)]
    #[http(GET, "/cursed", select = "data", page = cursor("meta.next", "after"), most = limit, client = http)]
    async fn by_cursor(
        &self,
        /// At most so many.
        limit: Option<u32>,
    ) -> Result<Vec<Issue>>;

    /// Issues by page.
    #[action(read)]
    #[http(GET, "/paged", page = number("page", first = 0), most = limit, client = http)]
    async fn by_number(
        &self,
        /// At most so many.
        #[arg(query = "per_page")]
        limit: u32,
    ) -> Result<Vec<Issue>>;

    /// Issues by offset.
    #[action(read)]
    #[http(GET, "/offset", page = offset("skip"), most = 3, client = http)]
    async fn by_offset(&self, context: &Context) -> Result<Vec<Issue>>;

    /// Open two issues, by a method that has a body.
    #[action(write)]
    async fn create_two(&self) -> Result<u64> {
        let one = self.create_issue("one", None, Some(7), false).await?;
        let two = self.create_issue("two", None, None, false).await?;
        Ok(one.number + two.number)
    }

    /// Do what takes long.
    #[action(write, timeout = "50ms")]
    #[http(POST, "/slow", client = http)]
    async fn do_slowly(&self) -> Result<()>;

    /// Do what takes long, by a method that has a body.
    #[action(write)]
    async fn do_slowly_inside(&self) -> Result<()> {
        self.do_slowly().await
    }
}

async fn hub(server: &MockServer) -> Connection {
    let settings = Settings::new().value("url", server.uri()).secret("token", TOKEN);
    Connection::open("default", &factory::<Hub>(), &settings).expect("a connection")
}

fn caller() -> Caller {
    Caller::new("me", connector_sdk::manifest::Mode::Admin).without_asking()
}

async fn act(server: &MockServer, action: &str, input: Value) -> Result<Value> {
    let result = hub(server).await.act(action, &input, &caller()).await.and_then(|output| output.parse());
    traces::leave(format!("{result:?}"));
    result
}

/// A server that answers everything with an issue.
async fn server() -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "number": 7 }));
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// The target of the only request, and the request.
async fn only(server: &MockServer) -> (String, Request) {
    let mut requests = server.received_requests().await.expect("recorded");
    assert_eq!(requests.len(), 1);
    let request = requests.remove(0);
    let query = request.url.query().map(|query| format!("?{query}"));
    (format!("{}{}", request.url.path(), query.unwrap_or_default()), request)
}

#[tokio::test]
async fn every_argument_goes_to_its_place() {
    let server = server().await;
    let input =
        json!({ "number": 7, "with": ["a&b", "c d"], "order": "oldest-first", "name": "é x".to_owned() });
    act(&server, "issues.show", input).await.expect("an issue");
    let (target, request) = only(&server).await;
    assert_eq!(target, "/v1/repos/rust%20lang%2Frust/issues/7?with=a%26b&with=c+d&sort=oldest-first");
    assert_eq!(request.headers["x-name"].as_bytes(), "é x".as_bytes());
    assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}").as_str());
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn constant_headers_go_with_each_request_of_their_client() {
    for (input, version) in [(json!({}), "2024-01-01"), (json!({ "version": "1" }), "1")] {
        let server = server().await;
        act(&server, "read_old_file", input).await.expect("a file");
        let (_, request) = only(&server).await;
        let versions: Vec<_> = request.headers.get_all("x-version").iter().collect();
        assert_eq!(versions, [version]);
        assert_eq!(request.headers["accept"], "text/x-hub+json");
    }
    let other = server().await;
    act(&other, "show_issue", json!({ "number": 7 })).await.expect("an issue");
    let (_, request) = only(&other).await;
    assert_eq!(request.headers["accept"], "application/json");
    assert!(!request.headers.contains_key("x-version"));
}

#[tokio::test]
async fn constant_headers_go_to_no_other_host() {
    let (server, elsewhere) = (MockServer::start().await, server().await);
    let away = ResponseTemplate::new(302).insert_header("location", format!("{}/x", elsewhere.uri()));
    Mock::given(any()).respond_with(away).mount(&server).await;
    act(&server, "read_old_file", json!({})).await.expect("a file");
    let (_, request) = only(&elsewhere).await;
    assert!(!request.headers.contains_key("x-version") && !request.headers.contains_key("authorization"));
    assert_eq!(only(&server).await.1.headers["x-version"], "2024-01-01");
}

#[test]
fn constant_headers_stand_in_the_manifest() {
    let factory = factory::<Hub>();
    let manifest = factory.manifest();
    assert!(manifest.headers.is_empty(), "those of the first client");
    let request =
        manifest.action("read_old_file").and_then(|action| action.request.as_ref()).expect("a request");
    assert_eq!(request.headers["X-Version"], "2024-01-01");
}

#[tokio::test]
async fn what_is_absent_is_not_sent() {
    let server = server().await;
    act(&server, "show_issue", json!({ "number": 7, "with": null })).await.expect("an issue");
    let (target, request) = only(&server).await;
    assert_eq!(target, "/v1/repos/rust%20lang%2Frust/issues/7?sort=newest-first");
    assert!(!request.headers.contains_key("x-name"));
}

#[tokio::test]
async fn members_make_a_body() {
    for (input, body) in [
        (json!({ "title": "a \"b\"\n" }), json!({ "title": "a \"b\"\n" })),
        (
            json!({ "title": "", "body": "b", "assignee": 3, "silent": true }),
            json!({ "title": "", "body": "b", "assignee_id": 3 }),
        ),
    ] {
        let server = server().await;
        let silent = input.get("silent").is_some();
        assert_eq!(act(&server, "create_issue", input).await.expect("an issue"), json!({ "number": 7 }));
        let (target, request) = only(&server).await;
        assert_eq!(target, format!("/v1/repos/rust%20lang%2Frust/issues?silent={silent}"));
        assert_eq!(request.headers["content-type"], "application/json");
        assert_eq!(request.body_json::<Value>().expect("JSON"), body);
    }
}

#[tokio::test]
async fn a_struct_is_sent_by_its_fields() {
    let input = json!({ "title": "t", "labels": ["a", "b"] });
    let one = server().await;
    act(&one, "file_issue", input.clone()).await.expect("an issue");
    let (_, request) = only(&one).await;
    assert_eq!(request.body, br#"{"title":"t","labels":["a","b"]}"#);

    let two = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(json!([]))).mount(&two).await;
    act(&two, "find_issues", input).await.expect("no issues");
    let (target, request) = only(&two).await;
    assert_eq!((target.as_str(), request.body.len()), ("/v1/issues?title=t&labels=a&labels=b", 0));
}

#[tokio::test]
async fn one_argument_can_be_the_whole_body() {
    for (input, body) in [
        (json!({ "number": 1, "text": ["a", { "b": null }] }), r#"["a",{"b":null}]"#),
        (json!({ "number": 1, "text": null }), "null"),
    ] {
        let server = server().await;
        act(&server, "replace_text", input).await.expect("done");
        let (_, request) = only(&server).await;
        assert_eq!((request.method.as_str(), request.body), ("PUT", body.as_bytes().to_vec()));
    }
}

#[tokio::test]
async fn a_form_is_flat() {
    let server = server().await;
    let input = json!({ "url": "https://x.test/?a=b&c", "events": ["push", "é ü"] });
    act(&server, "add_hook", input).await.expect("done");
    let (_, request) = only(&server).await;
    assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
    let body = String::from_utf8(request.body).expect("a text");
    assert_eq!(body, "url=https%3A%2F%2Fx.test%2F%3Fa%3Db%26c&events=push&events=%C3%A9+%C3%BC");

    let input = json!({ "url": "u", "events": [], "extra": { "a": 1 } });
    let error = act(&server, "add_hook", input).await.expect_err("nested");
    assert_eq!((error.kind(), &error.details()["argument"]), (ErrorKind::Usage, &json!("extra")));
    let input = json!({ "url": "u", "events": [], "extra": [[1]] });
    let error = act(&server, "add_hook", input).await.expect_err("nested");
    assert_eq!(error.message(), "`extra` is a list where one value is wanted");
}

#[tokio::test]
async fn hostile_values_stay_in_their_place() {
    let values =
        [("../x", 0), ("a/../../b", 0), ("", 200), ("%2e%2e/x", 0), ("a?b#c", 200), ("//evil.test", 200)];
    for (value, status) in values {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(200).set_body_json(json!({ "file": [{ "text": "t" }] }));
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let result = act(&server, "read_file", json!({ "place": value })).await;
        let requests = server.received_requests().await.expect("recorded");
        if status == 200 {
            assert_eq!(result.expect(value), json!("t"));
            let url = &requests[0].url;
            assert!(url.path().starts_with("/files/") && url.query().is_none(), "{url}");
        } else {
            assert_eq!(result.expect_err(value).kind(), ErrorKind::Usage, "{value}");
            assert!(requests.is_empty(), "{value} was sent");
        }
    }
    let server = server().await;
    let input = json!({ "number": 7, "name": "a\r\nX-Evil: 1" });
    let error = act(&server, "show_issue", input).await.expect_err("a line break");
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(server.received_requests().await.expect("recorded").is_empty());
}

#[tokio::test]
async fn a_setting_that_is_missing_is_named() {
    let server = server().await;
    let error = act(&server, "team", json!({})).await.expect_err("no team");
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert_eq!(error.message(), "setting `team` is missing; the path `/teams/{team}` needs it");
    let settings = Settings::new().value("url", server.uri()).value("team", "a/b").secret("token", TOKEN);
    let hub = Connection::open("default", &factory::<Hub>(), &settings).expect("a connection");
    hub.act("team", &json!({}), &caller()).await.expect("a team");
    assert_eq!(only(&server).await.0, "/v1/teams/a%2Fb");
}

#[tokio::test]
async fn a_method_without_a_body_is_called_like_any_other() {
    let server = MockServer::start().await;
    for (title, number) in [("one", 3), ("two", 4)] {
        Mock::given(method("POST"))
            .and(query_param("silent", "false"))
            .and(wiremock::matchers::body_partial_json(json!({ "title": title })))
            .respond_with(ResponseTemplate::new(201).set_body_json(json!({ "number": number })))
            .expect(1)
            .mount(&server)
            .await;
    }
    assert_eq!(act(&server, "create_two", json!({})).await.expect("two"), json!(7));
}

#[tokio::test]
async fn an_answer_without_a_result_is_not_read() {
    for answer in [
        ResponseTemplate::new(204),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(200).set_body_string("{"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("DELETE")).and(path("/v1/stars/7")).respond_with(answer).mount(&server).await;
        act(&server, "remove_star", json!({ "number": 7, "why": "a b" })).await.expect("done");
        let (target, request) = only(&server).await;
        assert_eq!((target.as_str(), request.body.len()), ("/v1/stars/7?why=a+b", 0));
    }
}

#[tokio::test]
async fn a_result_is_selected() {
    let server = MockServer::start().await;
    let answer = json!({ "meta": 1, "data": { "items": [{ "number": 1, "x": [] }, { "number": 2 }] } });
    Mock::given(body_json(json!({ "word": "w" })))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let found = act(&server, "search", json!({ "word": "w" })).await.expect("issues");
    assert_eq!(found, json!([{ "number": 1 }, { "number": 2 }]));
}

#[tokio::test]
async fn hostile_answers_are_errors() {
    for (body, kind, said) in [
        ("{\"data\":{}}", "application/json", "there is no `data.items` in what `127.0.0.1` answered"),
        (
            "{\"data\":{\"items\":[{\"number\":NaN}]}}",
            "application/json",
            "`127.0.0.1` answered broken JSON, at line 1, column 29",
        ),
        (
            "{\"data\":{\"items\":[{\"number\":\"s3cret\"}]}}",
            "application/json",
            "`127.0.0.1` answered JSON of another shape than expected",
        ),
        (
            "{\"data\":{\"items\":[",
            "application/json",
            "`127.0.0.1` answered JSON that breaks off, at line 1, column 18",
        ),
        (
            "<html>",
            "text/html",
            "`127.0.0.1` answered something that is no JSON (`text/html`), at line 1, column 1",
        ),
        ("", "application/json", "there is no `data.items` in what `127.0.0.1` answered"),
    ] {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(200).set_body_raw(body, kind);
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let error = act(&server, "search", json!({ "word": "w" })).await.expect_err(body);
        assert_eq!((error.kind(), error.message()), (ErrorKind::Upstream, said), "{body}");
    }
}

#[tokio::test]
async fn refusals_have_their_kind_and_no_secret() {
    let server = MockServer::start().await;
    let said = json!({ "message": format!("nothing here for {TOKEN}") });
    Mock::given(any()).respond_with(ResponseTemplate::new(404).set_body_json(said)).mount(&server).await;
    let error = act(&server, "show_issue", json!({ "number": 1 })).await.expect_err("none");
    assert!(error.message().contains("nothing here for [redacted]"), "{error}");
    assert_eq!((error.kind(), &error.details()["status"]), (ErrorKind::NotFound, &json!(404)));
}

/// Answers 429 once, then with a body.
async fn busy_at_first(body: Value, wait: &str) -> MockServer {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("retry-after", wait);
    Mock::given(any()).respond_with(busy).up_to_n_times(1).mount(&server).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(body)).mount(&server).await;
    server
}

#[tokio::test]
async fn what_may_be_repeated_is_retried_within_the_time_of_the_call() {
    // A POST that only reads may be sent again, and one that writes may not.
    let server = busy_at_first(json!({ "data": { "items": [] } }), "0").await;
    act(&server, "search", json!({ "word": "w" })).await.expect("found the second time");
    let server = busy_at_first(json!({ "number": 1 }), "0").await;
    let error = act(&server, "create_issue", json!({ "title": "t" })).await.expect_err("not sent again");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    // With a key the service tells a repetition, so it may.
    let server = busy_at_first(json!({ "number": 1 }), "0").await;
    let context = Context::new().with_idempotency_key("k-1");
    hub(&server)
        .await
        .call("create_issue", br#"{"title":"t"}"#, &caller(), context)
        .await
        .expect("sent again");
    let requests = server.received_requests().await.expect("recorded");
    assert!(
        requests.len() == 2 && requests.iter().all(|request| request.headers["idempotency-key"] == "k-1")
    );
    // Whoever chose the key may have put anything in it.
    let server = busy_at_first(json!({ "number": 1 }), "0").await;
    let context = Context::new().with_idempotency_key("k\n1");
    hub(&server).await.call("create_issue", br#"{"title":"t"}"#, &caller(), context).await.expect("sent");
    let requests = server.received_requests().await.expect("recorded");
    assert_eq!(requests[0].headers["idempotency-key"].len(), 64, "its hash");
    // The call ends in 2 s, so a wait of 20 s is not begun, and its error is not that of a call that ended.
    let server = busy_at_first(json!({ "data": { "items": [] } }), "20").await;
    let error = act(&server, "search", json!({ "word": "w" })).await.expect_err("too long");
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(20))));
    // Nor where another method calls the action, whose own time it is.
    let server = busy_at_first(json!({ "data": { "items": [] } }), "20").await;
    let error = act(&server, "search_inside", json!({})).await.expect_err("too long");
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(20))));
}

/// Answers with numbers as issues.
fn issues(numbers: impl IntoIterator<Item = u64>) -> Value {
    numbers.into_iter().map(|number| json!({ "number": number })).collect()
}

#[tokio::test]
async fn links_are_followed() {
    let server = MockServer::start().await;
    let next = format!("<{}/v1/linked?p=2>; rel=\"next\"", server.uri());
    let first = ResponseTemplate::new(200).set_body_json(issues(1..3)).insert_header("link", next.as_str());
    let second = ResponseTemplate::new(200).set_body_json(issues(3..4));
    Mock::given(query_param("p", "2")).respond_with(second).mount(&server).await;
    Mock::given(path("/v1/linked")).respond_with(first).mount(&server).await;
    assert_eq!(act(&server, "by_link", json!({})).await.expect("issues"), issues(1..4));
}

/// A list without an end: each page has a number more than the last, as the cursor says.
async fn endless() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(|request: &Request| {
            let page = |name: &str| {
                let mut pairs = request.url.query_pairs();
                pairs.find_map(|(key, value)| (key == name).then(|| value.parse::<u64>().unwrap_or_default()))
            };
            let next = page("after").or_else(|| page("page")).or_else(|| page("skip")).unwrap_or_default();
            let items = issues(next..next + 2);
            let answer = ResponseTemplate::new(200);
            match request.url.path() {
                "/v1/cursed" => {
                    answer.set_body_json(json!({ "data": items, "meta": { "next": (next + 2).to_string() } }))
                }
                "/v1/linked" => {
                    let link = format!("</v1/linked?after={}>; rel=next", next + 500);
                    answer.set_body_json(issues(next..next + 500)).insert_header("link", link.as_str())
                }
                _ => answer.set_body_json(items),
            }
        })
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn as_many_items_as_are_wanted_are_collected() {
    for (limit, requests) in [(0, 0), (1, 1), (2, 1), (3, 2), (5, 3)] {
        let server = endless().await;
        let found = act(&server, "by_cursor", json!({ "limit": limit })).await.expect("issues");
        assert_eq!(found, issues(0..limit));
        assert_eq!(server.received_requests().await.expect("recorded").len(), requests, "for {limit}");
    }
    let server = endless().await;
    let found = act(&server, "by_offset", json!({})).await.expect("issues");
    assert_eq!(found, issues(0..3));
    let targets: Vec<String> = server
        .received_requests()
        .await
        .expect("recorded")
        .iter()
        .map(|request| request.url.query().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(targets, ["skip=0", "skip=2"]);
    let server = endless().await;
    act(&server, "by_number", json!({ "limit": 3 })).await.expect("issues");
    let targets: Vec<String> = server
        .received_requests()
        .await
        .expect("recorded")
        .iter()
        .map(|request| request.url.query().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(targets, ["per_page=3&page=0", "per_page=3&page=1"]);
}

#[tokio::test]
async fn a_list_is_never_cut_without_a_word() {
    let server = endless().await;
    let error = act(&server, "by_link", json!({})).await.expect_err("too many");
    assert_eq!(error.kind(), ErrorKind::Upstream);
    assert!(
        error.message().contains("more than 10000 items") && error.message().contains("`most`"),
        "{error}"
    );
}

#[tokio::test]
async fn pages_that_are_no_lists_or_lead_nowhere_end() {
    for (body, said) in [
        (json!({ "data": {} }), "`data` is not a list in a page of the service"),
        (json!({ "data": [{ "number": "x" }] }), "`127.0.0.1` answered JSON of another shape than expected"),
        (
            json!({ "data": [], "meta": { "next": "c" } }),
            "`127.0.0.1` names a next page that it has named before",
        ),
    ] {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(body)).mount(&server).await;
        let error = act(&server, "by_cursor", json!({ "limit": 9 })).await.expect_err(said);
        assert_eq!(error.message(), said);
    }
}

#[tokio::test]
async fn the_time_of_an_action_is_that_of_its_request() {
    let server = MockServer::start().await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(10));
    Mock::given(any()).respond_with(late).mount(&server).await;
    // Without a call whose end would end it.
    let error = act(&server, "do_slowly_inside", json!({})).await.expect_err("too late");
    assert_eq!(error.message(), "`127.0.0.1` didn't answer in time");
}

#[test]
fn the_manifest_tells_the_requests() {
    let factory = factory::<Hub>();
    let manifest = factory.manifest();
    assert_eq!(manifest.base.as_deref(), Some("{url}/v1"));
    let request = |name: &str| manifest.action(name).and_then(|action| action.request.clone()).expect(name);
    let places = |name: &str| -> Vec<(String, Place)> {
        request(name).parameters.into_iter().map(|parameter| (parameter.name, parameter.place)).collect()
    };
    let named = |name: &str, place: Place| (name.to_owned(), place);
    assert_eq!(
        places("show_issue"),
        [
            named("number", Place::Path),
            named("with", Place::Query("with".to_owned())),
            named("order", Place::Query("sort".to_owned())),
            named("name", Place::Header("X-Name".to_owned())),
        ]
    );
    assert_eq!(places("file_issue").len(), 3);
    assert!(places("file_issue").iter().all(|(name, place)| *place == Place::Member(name.clone())));
    assert_eq!(request("read_file").base.as_deref(), Some("{url}/files"));
    let cursor = request("by_cursor");
    assert_eq!(cursor.most, Some(Most::Argument("limit".to_owned())));
    assert_eq!(
        cursor.page,
        Some(Paging::Cursor { at: "meta.next".to_owned(), parameter: "after".to_owned() })
    );
    assert!(cursor.parameters.is_empty());
    assert!(manifest.action("create_two").is_some_and(|action| action.request.is_none()));
    let json = serde_json::to_value(manifest).expect("JSON");
    assert_eq!(
        serde_json::from_value::<connector_sdk::manifest::Manifest>(json).expect("the same").base,
        manifest.base
    );
}
