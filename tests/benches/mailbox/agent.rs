//! The agent: its folders, and how long its connector takes with them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::postman::{LAST, SENT};

/// How often somebody looks whether it is done.
const LOOK: Duration = Duration::from_millis(1);

/// Longer than anything takes.
const LONG: Duration = Duration::from_secs(600);

/// An agent's folder, and the process that serves it.
pub(crate) struct Agent {
    home: TempDir,
}

/// What came of an outbox.
pub(crate) struct Emptied {
    /// From the start of the process to its first delivery.
    pub(crate) first: Duration,
    /// From there to the last.
    pub(crate) rest: Duration,
    /// The most memory that the process ever had, in bytes.
    pub(crate) memory: u64,
}

impl Agent {
    /// A folder on the disk that is measured.
    pub(crate) fn new(disk: &Path) -> Self {
        let home = tempfile::tempdir_in(disk).expect("a folder");
        fs::write(home.path().join("sent"), "").expect("written");
        Self { home }
    }

    fn outbox(&self) -> PathBuf {
        self.home.path().join("messages/outbox/work")
    }

    fn start(&self, messages: u64, durable: bool) -> Served {
        let mut command = Command::new(std::env::current_exe().expect("a path"));
        command.args(["mailbox", "--name", "work", "--home"]).arg(self.home.path());
        command.arg(format!("--durable={durable}")).env(LAST, messages.to_string());
        command.env(SENT, self.home.path().join("sent")).stdin(Stdio::null());
        Served(command.spawn().expect("it starts"))
    }

    /// How long it takes from the start of the process until that many messages are in the inbox and
    /// acknowledged.
    pub(crate) fn receive(&self, messages: u64, durable: bool) -> Duration {
        let began = Instant::now();
        let _served = self.start(messages, durable);
        // What it remembers ends with the cursor of the last message, once its file is there.
        let seen = self.home.path().join("messages/.connectors/work/seen");
        let last = format!("\nc \"{messages}\"\n");
        until(|| ends_with(&seen, &last));
        let took = began.elapsed();
        let inbox = fs::read_dir(self.home.path().join("messages/inbox")).expect("a folder");
        assert_eq!(inbox.count() as u64, messages);
        took
    }

    /// Puts messages into the outbox, and lets the connector send some of them.
    pub(crate) fn send(&self, waiting: u64, sent: u64) -> Emptied {
        fs::create_dir_all(self.outbox()).expect("a folder");
        for n in 0..waiting {
            let text = format!(
                r#"{{"connector_instance":"work","conversation_id":"C{}","text":"number {n}","thread_id":null,"metadata":{{}},"id":"o{n}"}}"#,
                n % 50
            );
            // As many as there are come in no order.
            let name = format!("out_{:08}.json", n.wrapping_mul(7919) % waiting);
            fs::write(self.outbox().join(name), text).expect("written");
        }
        let sent_so_far = || fs::metadata(self.home.path().join("sent")).map_or(0, |file| file.len());
        let began = Instant::now();
        let served = self.start(0, false);
        until(|| sent_so_far() > 0);
        let first = began.elapsed();
        until(|| sent_so_far() >= sent);
        let rest = began.elapsed() - first;
        Emptied { first, rest, memory: served.memory() }
    }
}

/// A process that is no more once nobody needs it.
struct Served(Child);

impl Served {
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = most.and_then(|most| most.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes.unwrap_or(0) * 1024
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LONG, "it takes too long");
        sleep(LOOK);
    }
}

fn ends_with(path: &Path, end: &str) -> bool {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let Ok(mut file) = fs::File::open(path) else { return false };
    let mut found = String::new();
    file.seek(SeekFrom::End(-(end.len() as i64))).is_ok()
        && file.read_to_string(&mut found).is_ok()
        && found == end
}
