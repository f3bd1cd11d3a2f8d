//! Whole command lines of a host: a linked connector, files in a folder, a server on loopback.

#[cfg(unix)]
mod audit;
mod calls;
mod connections;
mod elsewhere;
mod listing;

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::super::fake::{Fake, Kept, Outcome, TOKEN};
use super::super::process::Process;
use super::run;
use crate::Factory;
use crate::host::{Builder, Host};
use crate::traces::{folder, leave};

/// The key of the shop, which nothing may show.
const KEY: &str = "sk_s3cret_value";

/// A user with a folder of connectors, a store, and a server that answers everything with `{"ok":true}`.
struct User {
    home: TempDir,
    server: MockServer,
    runtime: tokio::runtime::Runtime,
    variables: Vec<(&'static str, OsString)>,
}

impl User {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            let answer = ResponseTemplate::new(200).set_body_json(json!({ "ok": true }));
            Mock::given(any()).respond_with(answer).mount(&server).await;
            server
        });
        let user = Self { home: folder(), server, runtime, variables: Vec::new() };
        fs::create_dir(user.folder()).expect("a folder");
        user.write("shop.yaml", &shop(&user.server.uri()));
        user
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("connectors")
    }

    fn trail(&self) -> PathBuf {
        self.home.path().join("home/audit.jsonl")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder().join(name), text).expect("written");
    }

    fn set(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.variables.push((name, value.into()));
    }

    fn with(&self, arguments: &[&str], change: impl FnOnce(Process) -> Process) -> Outcome {
        let linked: Box<dyn Factory> = Box::new(Fake::new());
        self.of(Host::builder().connectors([linked]), arguments, change)
    }

    /// A command line of a program that links nothing.
    fn files_alone(&self, line: &str) -> Outcome {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        self.of(Host::builder(), &arguments, |process| process)
    }

    fn of(&self, host: Builder, arguments: &[&str], change: impl FnOnce(Process) -> Process) -> Outcome {
        let (stdout, stderr) = (Kept::default(), Kept::default());
        let home = self.home.path().join("home").into_os_string();
        let variables = self.variables.clone();
        let process = Process::new("host", arguments.iter().map(OsString::from))
            .environment(move |name| match name {
                "CONNECTOR_HOME" if !variables.iter().any(|(known, _)| *known == name) => Some(home.clone()),
                "NOTES_ROOT" => Some("/notes".into()),
                "NOTES_TOKEN" if !variables.iter().any(|(known, _)| *known == name) => Some(TOKEN.into()),
                _ => variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()),
            })
            .stdout(stdout.clone())
            .stderr(stderr.clone());
        let code = run(host.folder(self.folder()), change(process));
        leave(stdout.text() + &stderr.text());
        Outcome { code, stdout: stdout.text(), stderr: stderr.text() }
    }

    fn run(&self, line: &str) -> Outcome {
        self.with(&line.split_whitespace().collect::<Vec<_>>(), |process| process)
    }

    /// The data of a command line that does its work.
    fn json(&self, line: &str) -> Value {
        let outcome = self.run(&format!("--json {line}"));
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
        outcome.json()["data"].clone()
    }

    fn received(&self) -> Vec<Request> {
        self.runtime.block_on(self.server.received_requests()).expect("recorded")
    }

    /// The lines of the audit trail.
    fn records(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.trail()).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// The last line: event, connector, action, decision, outcome.
    fn last(&self) -> [String; 5] {
        let record = self.records().pop().expect("a record");
        ["event", "connector", "action", "decision", "outcome"]
            .map(|name| record[name].as_str().unwrap_or("none").to_owned())
    }
}

/// One action of each trust level.
fn shop(base: &str) -> String {
    format!(
        "name: shop\ndisplay_name: Shop\nauth:\n  method: bearer\n  credentials:\n    - {{ name: SHOP_KEY, required: true }}\n\
         actions:\n  - name: list_orders\n    description: List orders\n    url: \"{base}/orders\"\n    \
         params: {{ limit: {{ type: integer, default: 25 }}, state: {{ type: string, enum: [open, paid] }} }}\n    \
         trust_level: auto\n  - name: create_order\n    description: Order something\n    method: POST\n    \
         url: \"{base}/orders\"\n    body: {{ item: {{ type: string, required: true }} }}\n    trust_level: confirm\n  \
         - name: refund\n    description: Give the money back\n    method: POST\n    url: \"{base}/refunds\"\n    \
         body: {{ order: {{ type: string, required: true }} }}\n    trust_level: restricted\n"
    )
}
