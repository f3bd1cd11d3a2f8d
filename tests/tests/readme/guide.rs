//! The guide's connector with OAuth 2.0, with a service on loopback whose tokens last two seconds.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::pasted::Pasted;
use crate::traces;

/// Gives a token for a code, and a new one for each refresh token, which it takes once.
#[derive(Clone, Default)]
struct Service(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The number and the age of the access token that it takes.
    given: u32,
    at: Option<Instant>,
    /// How often somebody agreed, and how often a token was renewed.
    agreed: u32,
    renewed: u32,
    tasks: Vec<String>,
}

const LIFE: Duration = Duration::from_secs(2);

impl Service {
    async fn start(&self) -> MockServer {
        let server = MockServer::start().await;
        Mock::given(path("/token")).respond_with(Token(self.clone())).mount(&server).await;
        Mock::given(path("/api/tasks"))
            .and(method("GET"))
            .respond_with(Tasks(self.clone()))
            .mount(&server)
            .await;
        Mock::given(path("/api/tasks"))
            .and(method("POST"))
            .respond_with(Tasks(self.clone()))
            .mount(&server)
            .await;
        server
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("unpoisoned")
    }
}

struct Token(Service);

impl Respond for Token {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.state();
        let form: HashMap<String, String> = form(&request.body);
        let given = |name: &str| form.get(name).map(String::as_str);
        match given("grant_type") {
            Some("authorization_code") if given("code") == Some("c0de-s3cret") => state.agreed += 1,
            Some("refresh_token")
                if given("refresh_token") == Some(&format!("refresh-{}-s3cret", state.given)) =>
            {
                state.renewed += 1;
            }
            _ => return ResponseTemplate::new(400).set_body_json(json!({ "error": "invalid_grant" })),
        }
        state.given += 1;
        state.at = Some(Instant::now());
        ResponseTemplate::new(200).set_body_json(json!({
            "access_token": format!("access-{}-s3cret", state.given), "token_type": "bearer",
            "refresh_token": format!("refresh-{}-s3cret", state.given), "expires_in": LIFE.as_secs(),
        }))
    }
}

struct Tasks(Service);

impl Respond for Tasks {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.state();
        let is_young = state.at.is_some_and(|at| at.elapsed() < LIFE);
        let sent = request.headers.get("authorization").and_then(|value| value.to_str().ok());
        if !is_young || sent != Some(&format!("Bearer access-{}-s3cret", state.given)) {
            return ResponseTemplate::new(401);
        }
        let task = |(id, title): (usize, &String)| json!({ "id": id, "title": title, "done": false });
        if request.method == "POST" {
            let body: Value = request.body_json().expect("JSON");
            state.tasks.push(body["title"].as_str().expect("a title").to_owned());
            let added = state.tasks.iter().enumerate().next_back().map(task);
            return ResponseTemplate::new(201).set_body_json(added);
        }
        // Two a page.
        let after: Option<usize> =
            request.url.query_pairs().find(|(name, _)| name == "after").and_then(|(_, at)| at.parse().ok());
        let begin = after.unwrap_or_default();
        let items: Vec<Value> = state.tasks.iter().enumerate().skip(begin).take(2).map(task).collect();
        let next = (begin + 2 < state.tasks.len()).then(|| (begin + 2).to_string());
        ResponseTemplate::new(200).set_body_json(json!({ "items": items, "next": next }))
    }
}

fn form(body: &[u8]) -> HashMap<String, String> {
    let url = reqwest::Url::parse(&format!("form:?{}", String::from_utf8_lossy(body))).expect("a form");
    url.query_pairs().into_owned().collect()
}

/// Whoever has the crate, with a store of their own.
struct User {
    tasks: Pasted,
    url: String,
    home: TempDir,
}

impl User {
    fn command(&self, line: &[&str]) -> Command {
        let mut command = self.tasks.command(line);
        command
            .env("TASKS_URL", &self.url)
            .env("TASKS_CLIENT_ID", "the-guide")
            .env("CONNECTOR_HOME", self.home.path())
            .env("CONNECTOR_KEYRING", "off")
            // No browser is opened by a test.
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null());
        command
    }

    fn data(&self, line: &[&str]) -> Value {
        let output = self.command(line).output().expect("cargo runs");
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        traces::leave(&text);
        assert!(output.status.success() && !text.contains("s3cret"), "{line:?}: {text}");
        let mut envelope: Value = serde_json::from_slice(&output.stdout).expect("an envelope");
        envelope["data"].take()
    }

    /// Connects, and agrees as a browser does that is shown the URL.
    fn connect(&self) {
        let mut command = self.command(&["--mode", "write", "connect", "--browser"]);
        let mut program: Child =
            command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("cargo runs");
        let mut shown = BufReader::new(program.stderr.take().expect("its errors"));
        let mut text = String::new();
        let url = loop {
            let mut line = String::new();
            assert!(shown.read_line(&mut line).expect("a line") > 0, "no URL: {text}");
            if let Ok(url) = reqwest::Url::parse(line.trim()) {
                break url;
            }
            text.push_str(&line);
        };
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!((&*asked["client_id"], &*asked["scope"]), ("the-guide", "tasks"), "{url}");
        let host = asked["redirect_uri"].trim_start_matches("http://").trim_end_matches("/callback");
        let mut browser = TcpStream::connect(host).expect("somebody listens");
        let state = &asked["state"];
        write!(browser, "GET /callback?code=c0de-s3cret&state={state} HTTP/1.1\r\nHost: {host}\r\n\r\n")
            .expect("sent");
        let mut page = String::new();
        browser.read_to_string(&mut page).expect("a page");
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        shown.read_to_string(&mut text).expect("the rest");
        traces::leave(&text);
        assert!(program.wait().expect("its end").success() && !text.contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn the_guides_connector_with_oauth_connects_calls_and_renews_its_tokens() {
    let service = Service::default();
    let server = service.start().await;
    let tasks = Pasted::new(
        "connector-sdk/docs/writing-a-connector.md",
        "<!-- a connector with OAuth -->",
        "tasks",
        r#""credentials", "oauth""#,
        "schemars = \"1\"\nserde = { version = \"1\", features = [\"derive\"] }\n",
    );
    assert!(tasks.lines <= 60, "it is still short: {} lines", tasks.lines);
    let user = User { tasks, url: server.uri(), home: traces::folder() };

    user.connect();
    for title in ["Read the guide", "Write a connector", "Rest"] {
        let added = user.data(&["--json", "--mode", "write", "tasks", "add", title]);
        assert_eq!(added["title"], title);
    }
    let listed = user.data(&["--json", "tasks", "list"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(3), "{listed}");

    let before = service.state().renewed;
    tokio::time::sleep(LIFE).await;
    let one = user.data(&["tasks", "list", "--limit", "1", "--json"]);
    assert_eq!(one.as_array().map(Vec::len), Some(1), "{one}");
    let state = service.state();
    assert_eq!((state.agreed, state.renewed > before), (1, true), "{} and {before}", state.renewed);
}
