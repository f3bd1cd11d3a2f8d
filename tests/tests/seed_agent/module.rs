//! The module by which the agent's manager starts a connector.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::agent::{Agent, Mailbox, until};

/// What a module sees of the agent's library: the constructor, the abstract methods, and how the manager finds
/// a class and runs it (contract 2.6, 2.7).
const BASE: &str = r#"
import signal
from abc import ABC, abstractmethod
from pathlib import Path

class Connector(ABC):
    connector_type = ""

    def __init__(self, name, seed_home, config=None):
        self.name, self.seed_home, self.config = name, Path(seed_home), config or {}
        for folder in ("inbox", "outbox/" + name, "failed"):
            (self.seed_home / "messages" / folder).mkdir(parents=True, exist_ok=True)
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.signal(signal.SIGINT, lambda *_: None)

    @abstractmethod
    def connect(self): ...

    @abstractmethod
    def disconnect(self): ...

    @abstractmethod
    def send_message(self, msg): ...

    @abstractmethod
    def run_loop(self): ...
"#;

const RUN: &str = r#"
import importlib, json, sys
from connectors.base.connector import Connector

module = importlib.import_module(sys.argv[1])
found = [value for name in dir(module) if isinstance(value := getattr(module, name), type)
         and issubclass(value, Connector) and value is not Connector and value.connector_type]
found[0](name="work", seed_home=sys.argv[2], config=json.loads(sys.argv[3])).run()
"#;

fn has_python() -> bool {
    let found = Command::new("python3").arg("--version").output().is_ok();
    if !found {
        connector_tests::left_out("there is no python3 to import a module with");
    }
    found
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
}

/// An agent with the library and the module.
fn library() -> Agent {
    let agent = Agent::new();
    let library = agent.home.path().join("library");
    put(&library.join("connectors/__init__.py"), "");
    put(&library.join("connectors/base/__init__.py"), "");
    put(&library.join("connectors/base/connector.py"), BASE);
    put(&library.join("run.py"), RUN);
    let written = Command::new(env!("CARGO_BIN_EXE_mailer"))
        .args(["manifest", "--format", "seed-agent", "--out"])
        .arg(&library)
        .output()
        .expect("it starts");
    assert!(written.status.success(), "{written:?}");
    agent
}

fn run(agent: &Agent, config: &Value) -> Mailbox {
    let library = agent.home.path().join("library");
    let path = Path::new(env!("CARGO_BIN_EXE_mailer")).parent().expect("a folder");
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = vec![path.to_owned()];
    paths.extend(std::env::split_paths(&inherited));
    agent.run(
        Command::new("python3")
            .arg("run.py")
            .arg("connectors.mailer_connector")
            .arg(agent.home.path())
            .arg(config.to_string())
            .current_dir(library)
            .env("PATH", std::env::join_paths(paths).expect("a path"))
            .env("MAILER_LAST", "1")
            .env("A_TOKEN", "s3cret")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped()),
    )
}

#[test]
fn the_manager_starts_the_binary_and_ends_it() {
    if !has_python() {
        return;
    }
    let agent = library();
    let config = serde_json::json!({"server": "x", "token": "${A_TOKEN}", "durable": false});
    let mailbox = run(&agent, &config);
    until("a message", || agent.received().len() == 1);
    let log = mailbox.stop();
    assert_eq!(log, "");
}

#[test]
fn what_a_restart_cannot_mend_is_2_through_the_manager_too() {
    if !has_python() {
        return;
    }
    let agent = library();
    for (config, said) in [
        (serde_json::json!({"token": "${NOT_SET}"}), "is the variable `NOT_SET`, which is not set"),
        (serde_json::json!({"tokn": "s3cret"}), "has no `tokn`"),
        (serde_json::json!({"program": "none-of-that-name"}), "`none-of-that-name` is not on the PATH"),
        (serde_json::json!({"durable": "True"}), "`durable` of `work` is neither true nor false"),
        (serde_json::json!({"resend": "yes"}), "`resend` of `work` is neither true nor false"),
        (serde_json::json!({"durable": 1}), "`durable` of `work` is neither true nor false"),
        (serde_json::json!({"durable": "${A_TOKEN}"}), "`durable` of `work` is neither true nor false"),
    ] {
        let (status, log) = run(&agent, &config).end();
        assert_eq!(status.code(), Some(2), "{log}");
        assert!(log.contains(said) && !log.contains("s3cret"), "{log}");
    }
}

#[test]
fn the_entry_names_the_module_and_what_may_be_set() {
    let agent = library();
    let entry = fs::read_to_string(agent.home.path().join("library/connectors/mailer_connector.yml"));
    assert_eq!(
        entry.expect("written"),
        "connectors:\n  - name: mailer\n    type: connectors.mailer_connector\n    # server: \
         \"${MAILER_SERVER}\"\n    # token: \"${MAILER_TOKEN}\"\n"
    );
}
