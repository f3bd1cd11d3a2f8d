//! An agent's home, and the connector that these tests start for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

#[path = "../shared/seed_agent.rs"]
mod seed_agent;

pub(crate) use seed_agent::{Mailbox, files, received, until};

/// An agent's folder.
pub(crate) struct Agent {
    pub(crate) home: TempDir,
}

impl Agent {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn messages(&self) -> PathBuf {
        self.home.path().join("messages")
    }

    pub(crate) fn inbox(&self) -> PathBuf {
        self.messages().join("inbox")
    }

    pub(crate) fn outbox(&self) -> PathBuf {
        self.messages().join("outbox/work")
    }

    pub(crate) fn failed(&self) -> PathBuf {
        self.messages().join("failed")
    }

    fn sent_file(&self) -> PathBuf {
        self.home.path().join("sent")
    }

    /// The command line of the connector's program with nothing around it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mailer"));
        command.args(["mailbox", "--name", "work", "--home"]).arg(self.home.path());
        command.env_clear().env("MAILER_SENT", self.sent_file());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn start(&self, set: impl FnOnce(&mut Command) -> &mut Command) -> Mailbox {
        let mut command = self.command();
        Mailbox::start(set(&mut command))
    }

    /// The same, where it is not sure that it starts.
    pub(crate) fn spawn(&self, command: &mut Command) -> std::io::Result<Mailbox> {
        Mailbox::spawn(command)
    }

    /// A process that becomes one.
    pub(crate) fn run(&self, command: &mut Command) -> Mailbox {
        Mailbox::start(command.env("MAILER_SENT", self.sent_file()))
    }

    /// A file for the connector, written as the agent's library does.
    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::create_dir_all(self.outbox()).expect("a folder");
        fs::write(self.outbox().join(name), contents).expect("written");
    }

    pub(crate) fn say(&self, name: &str, conversation: &str, text: &str) {
        let file = json!({"connector_instance": "work", "conversation_id": conversation, "text": text,
            "thread_id": null, "metadata": {}, "id": format!("id-{name}")});
        self.write(&format!("{name}.json"), file.to_string());
    }

    /// What the connector delivered.
    pub(crate) fn sent(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.sent_file()).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    pub(crate) fn sent_texts(&self) -> Vec<String> {
        self.sent().iter().map(|sent| sent["text"].as_str().expect("a text").to_owned()).collect()
    }

    /// The messages in the inbox by name, each as the agent's reader wants it.
    pub(crate) fn received(&self) -> BTreeMap<String, Value> {
        received(&self.inbox())
    }

    /// What could not be delivered, with the reasons.
    pub(crate) fn failures(&self) -> Vec<(String, String)> {
        files(&self.failed(), ".json")
            .into_iter()
            .map(|(name, contents)| {
                let reason = self.failed().join(name.replace(".json", ".error.txt"));
                let contents = String::from_utf8_lossy(&contents).into_owned();
                (contents, fs::read_to_string(reason).unwrap_or_default())
            })
            .collect()
    }
}
