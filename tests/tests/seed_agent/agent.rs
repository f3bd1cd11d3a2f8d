//! A seed-agent, as far as it matters: its folders, and how it starts and ends a process.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Longer than anything takes on a busy machine.
pub(crate) const LONG: Duration = Duration::from_secs(60);

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
        Mailbox(set(&mut command).spawn().expect("it starts"))
    }

    /// The same, where it is not sure that it starts.
    pub(crate) fn spawn(&self, command: &mut Command) -> std::io::Result<Mailbox> {
        command.spawn().map(Mailbox)
    }

    /// A process that becomes one.
    pub(crate) fn run(&self, command: &mut Command) -> Mailbox {
        Mailbox(command.env("MAILER_SENT", self.sent_file()).spawn().expect("it starts"))
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
        files(&self.inbox(), ".json")
            .into_iter()
            .map(|(name, contents)| (name, read_as_the_agent(&contents)))
            .collect()
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

/// `Message.from_dict`: a key too many inside the four objects is an error.
fn read_as_the_agent(contents: &[u8]) -> Value {
    let file: Value = serde_json::from_slice(contents).expect("complete at any moment");
    let keys = |object: &Value| -> Vec<String> {
        let mut keys: Vec<String> = object.as_object().expect("an object").keys().cloned().collect();
        keys.sort();
        keys
    };
    let whole = ["connector", "content", "conversation", "id", "metadata", "sender", "timestamp", "version"];
    assert_eq!(keys(&file), whole);
    assert_eq!(keys(&file["connector"]), ["instance", "type"]);
    assert_eq!(keys(&file["sender"]), ["display_name", "id", "username"]);
    assert_eq!(keys(&file["content"]), ["attachments", "media_type", "text"]);
    assert_eq!(keys(&file["conversation"]), ["id", "name", "thread_id", "type"]);
    assert!(contents.is_ascii());
    file
}

pub(crate) fn files(folder: &Path, ending: &str) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    entries
        .filter_map(|entry| {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.ends_with(ending) {
                return None;
            }
            // To read a pipe is to wait for its other end.
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            let contents = if is_file { fs::read(entry.path()).unwrap_or_default() } else { Vec::new() };
            Some((name, contents))
        })
        .collect()
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LONG, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A process that serves the folders.
pub(crate) struct Mailbox(Child);

impl Mailbox {
    pub(crate) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// The most memory that it ever had, in bytes; 0 where the system doesn't tell.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = most.and_then(|most| most.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes.unwrap_or(0) * 1024
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(sent.expect("`kill` starts").success());
    }

    /// How it ended, and what it wrote.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("it can be waited for") {
                let (mut text, mut output) = (String::new(), String::new());
                self.0.stderr.take().expect("a pipe").read_to_string(&mut text).expect("UTF-8");
                self.0.stdout.take().expect("a pipe").read_to_string(&mut output).expect("UTF-8");
                assert_eq!(output, "", "nothing goes to standard output");
                return (status, text);
            }
            assert!(began.elapsed() < LONG, "it doesn't end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends it as the agent's manager does.
    pub(crate) fn stop(self) -> String {
        self.signal("-TERM");
        let (status, text) = self.end();
        assert_eq!(status.code(), Some(0), "{text}");
        text
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.kill();
    }
}
