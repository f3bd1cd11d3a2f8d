//! The program, with a store of its own: tokens that it renews are found by the next process.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use connector_sdk::oauth::Tokens;
use connector_sdk::testing::server::{self, Mock, MockServer, ResponseTemplate};
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::{body_partial_json, header, path};

const API: &str = "/_matrix/client/v3";

/// A homeserver that has rooms for whoever comes with the new token, and renews the old one.
async fn homeserver() -> MockServer {
    let server = server::start().await;
    let ok = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    let whoami = ok(json!({"user_id": "@bot:a.test"}));
    Mock::given(path(format!("{API}/account/whoami"))).respond_with(whoami).mount(&server).await;
    let good = header("authorization", "Bearer new-s3cret");
    let rooms = ok(json!({"next_batch": "s", "rooms": {}}));
    Mock::given(path(format!("{API}/sync"))).and(good).respond_with(rooms).mount(&server).await;
    let refused =
        ResponseTemplate::new(401).set_body_json(json!({"errcode": "M_UNKNOWN_TOKEN", "error": "no"}));
    Mock::given(path(format!("{API}/sync"))).respond_with(refused).with_priority(9).mount(&server).await;
    let granted =
        json!({"access_token": "new-s3cret", "refresh_token": "r2-s3cret", "expires_in_ms": 300_000});
    Mock::given(path(format!("{API}/refresh")))
        .and(body_partial_json(json!({"refresh_token": "r1-s3cret"})))
        .respond_with(ok(granted))
        .expect(1)
        .mount(&server)
        .await;
    server
}

struct Program(TempDir);

impl Program {
    fn run(&self, arguments: &[&str], input: &Value) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_matrix"));
        command.args(arguments).env_clear().env("CONNECTOR_HOME", self.0.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.to_string().as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        let text = format!("{output:?}");
        assert!(!text.contains("s3cret"), "{text}");
        output
    }

    /// A program that is connected with tokens that have been there for long, and run out then.
    fn connected(server: &MockServer, expires_at: Option<SystemTime>) -> Self {
        let program = Self(tempfile::tempdir().expect("a folder"));
        let mut tokens = Tokens::new("old-s3cret");
        tokens.refresh = Some("r1-s3cret".into());
        tokens.obtained_at = SystemTime::now() - Duration::from_secs(3600);
        tokens.expires_at = expires_at;
        let settings = json!({"homeserver": server.uri(), "token": tokens.to_secret().expose()});
        let connected = program.run(&["connect", "work", "--stdin", "--mode", "write", "--json"], &settings);
        assert!(connected.status.success(), "{connected:?}");
        program
    }

    fn lists_rooms(&self) {
        let puffer = self.run(&["act", "work", "list_rooms"], &json!({}));
        let answer: Value = serde_json::from_slice(&puffer.stdout).expect("JSON");
        assert_eq!((&answer["success"], &answer["output"]), (&json!(true), &json!([])), "{puffer:?}");
        let person = self.run(&["--json", "--connection", "work", "rooms", "list"], &json!({}));
        assert!(person.status.success(), "{person:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_renews_the_next_one_finds() {
    let server = homeserver().await;
    let program = Program::connected(&server, None);
    program.lists_rooms();
    program.lists_rooms();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_check_of_connect_renews_is_stored() {
    let server = homeserver().await;
    let program = Program::connected(&server, Some(SystemTime::now()));
    program.lists_rooms();
}
