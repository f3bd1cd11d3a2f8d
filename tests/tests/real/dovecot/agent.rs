//! A seed-agent's home with the connector's program in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;

use super::program::Program;
use crate::puffer::LONG;

pub(super) struct Agent {
    home: TempDir,
}

/// A process that serves an agent's folders, and ends with this.
pub(super) struct Mailbox(Child);

impl Agent {
    pub(super) fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a folder") }
    }

    fn messages(&self) -> PathBuf {
        self.home.path().join("messages")
    }

    pub(super) fn start(&self, program: &Program) -> Mailbox {
        let mut command = program.command(&["mailbox", "--name", "work", "--home"]);
        command.arg(self.home.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Mailbox(command.spawn().expect("it starts"))
    }

    /// Waits until the process knows where it begins.
    pub(super) fn until_begun(&self) {
        let seen = self.messages().join(".connectors/work/seen");
        until("a cursor", || fs::read_to_string(&seen).is_ok_and(|seen| seen.contains("validity")));
    }

    /// The messages in the inbox, by the names of their files.
    pub(super) fn received(&self) -> BTreeMap<String, Value> {
        let Ok(entries) = fs::read_dir(self.messages().join("inbox")) else { return BTreeMap::new() };
        let files = entries.map(|entry| entry.expect("an entry").path());
        files
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .map(|path| {
                let file = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("complete");
                (path.display().to_string(), file)
            })
            .collect()
    }

    /// How many files are in the inbox.
    pub(super) fn count(&self) -> usize {
        fs::read_dir(self.messages().join("inbox")).map_or(0, Iterator::count)
    }

    /// Lays a file down for the connector.
    pub(super) fn say(&self, message: &Value) {
        let outbox = self.messages().join("outbox/work");
        fs::create_dir_all(&outbox).expect("a folder");
        fs::write(outbox.join("out.json"), message.to_string()).expect("written");
    }

    /// Why messages couldn't be delivered.
    pub(super) fn failures(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.messages().join("failed")) else { return Vec::new() };
        let texts = entries.map(|entry| entry.expect("an entry").path());
        let reasons = texts.filter(|path| path.extension().is_some_and(|ending| ending == "txt"));
        reasons.map(|path| fs::read_to_string(path).expect("a reason")).collect()
    }
}

impl Mailbox {
    pub(super) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// The exit code, once it ended by itself.
    pub(super) fn ended(&mut self) -> Option<i32> {
        let mut code = None;
        until("the end", || {
            code = self.0.try_wait().expect("its state");
            code.is_some()
        });
        code.and_then(|status| status.code())
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until something is so.
pub(super) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LONG * 3, "never: {what}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
