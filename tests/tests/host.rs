//! A host as a process: one that ends in the midst of a call, and one that is run in somebody else's folder.
#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

#[path = "../../connector-sdk/src/traces.rs"]
mod traces;

use std::fs;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use traces::{folder, leave};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const KEY: &str = "sk_s3cret_value";

fn run(home: &TempDir, line: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blocked"));
    command.args(line.split_whitespace()).env_clear().env("CONNECTOR_HOME", home.path().join("home"));
    command.env("CONNECTOR_KEYRING", "off");
    command.envs(variables.iter().copied()).stdin(Stdio::null());
    let output = command.output().expect("the program runs");
    leave(&output.stdout);
    leave(&output.stderr);
    output
}

#[test]
fn a_call_that_is_given_up_leaves_its_line() {
    let home = folder();
    assert_eq!(run(&home, "call blocked block --timeout 20ms", &[]).status.code(), Some(10));
    let trail = fs::read_to_string(home.path().join("home/audit.jsonl")).expect("a trail");
    let lines: Vec<Value> = trail.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 1, "{trail}");
    assert_eq!(
        (&lines[0]["action"], &lines[0]["outcome"]),
        (&"block".into(), &"cancelled".into()),
        "{trail}"
    );
}

/// A folder with a shop in it, and the service that it names, which says what it heard.
async fn shop(home: &TempDir, name: &str) -> (String, MockServer) {
    let server = MockServer::start().await;
    let echo = |request: &Request| {
        let heard: Vec<&str> = request.headers.values().filter_map(|value| value.to_str().ok()).collect();
        ResponseTemplate::new(200).set_body_json(heard)
    };
    Mock::given(any()).respond_with(echo).mount(&server).await;
    let folder = home.path().join(name);
    fs::create_dir(&folder).expect("a folder");
    let yaml = format!(
        "name: shop\nauth: {{ method: bearer, credentials: [{{ name: SHOP_KEY, required: true }}] }}\n\
         actions: [{{ name: list, description: List, url: '{}/orders', trust_level: auto }}]\n",
        server.uri()
    );
    fs::write(folder.join("shop.yaml"), yaml).expect("written");
    (folder.display().to_string(), server)
}

#[tokio::test]
async fn somebody_elses_folder_gets_no_stored_credential() {
    let home = folder();
    let (mine, server) = shop(&home, "mine").await;
    let (theirs, other) = shop(&home, "theirs").await;
    let connect = format!("--connectors {mine} connect shop --mode write --json");
    let connected = run(&home, &connect, &[("SHOP_KEY", KEY)]);
    assert_eq!(connected.status.code(), Some(0), "{connected:?}");
    let call = run(&home, &format!("--connectors {mine} call shop list --json"), &[]);
    let answer: Value = serde_json::from_slice(&call.stdout).expect("an envelope");
    assert!(
        answer["data"].as_array().is_some_and(|heard| heard.contains(&json!("Bearer [redacted]"))),
        "{answer}"
    );

    let refused = run(&home, &format!("--connectors {theirs} call shop list --json"), &[]);
    let answer: Value = serde_json::from_slice(&refused.stdout).expect("an envelope");
    assert_eq!(refused.status.code(), Some(4), "{answer}");
    let message = answer["error"]["message"].as_str().expect("a message");
    for part in [server.uri(), other.uri(), format!("{theirs}/shop.yaml"), "`connect` again".to_owned()] {
        assert!(message.contains(&part), "no {part} in {message}");
    }
    assert!(other.received_requests().await.expect("recorded").is_empty());
    let anew = run(&home, &format!("--connectors {theirs} call shop list"), &[("SHOP_KEY", KEY)]);
    assert_eq!(anew.status.code(), Some(0), "what the environment says is for this folder: {anew:?}");
}
