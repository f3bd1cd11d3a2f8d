//! `run`: what a host does that keeps subscriptions, and what it survives.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

#[path = "../../../connector-sdk/src/traces.rs"]
mod traces;

mod disk;
mod files;
#[expect(dead_code, reason = "some of it is for other tests")]
#[path = "../shared/mounted.rs"]
mod mounted;
mod running;
mod stopping;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use traces::{folder, leave};

/// Longer than anything takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);
/// What no line may show.
const TOKEN: &str = "t0p-s3cret-token";
const TICKER: &str = env!("CARGO_BIN_EXE_ticker");

/// A user with a `hosts.yml`, whose program links a connector that counts.
struct User {
    home: TempDir,
}

impl User {
    fn new(hosts: &str) -> Self {
        let user = Self { home: folder() };
        user.write(hosts);
        user
    }

    fn write(&self, hosts: &str) {
        fs::write(self.hosts(), hosts).expect("written");
    }

    fn hosts(&self) -> PathBuf {
        self.home.path().join("hosts.yml")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_steward"));
        command.args(line.split_whitespace()).current_dir(self.home.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("CONNECTOR_HOME", self.path("home")).env("COUNTER_TOKEN", TOKEN);
        command.stdin(Stdio::null());
        command
    }

    /// A command line that ends by itself.
    fn run(&self, line: &str) -> Output {
        let output = self.command(line).output().expect("it runs");
        leave(&output.stdout);
        leave(&output.stderr);
        output
    }

    fn start(&self) -> Run {
        self.start_with("run", &[])
    }

    fn start_with(&self, line: &str, variables: &[(&str, &str)]) -> Run {
        let mut command = self.command(line);
        command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let (mut stderr, said) = (child.stderr.take().expect("a pipe"), Arc::new(Mutex::new(String::new())));
        let saying = Arc::clone(&said);
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(read @ 1..) = stderr.read(&mut piece) {
                saying.lock().expect("said").push_str(&String::from_utf8_lossy(&piece[..read]));
                leave(&piece[..read]);
            }
        });
        let (alive, ended) = channel::<()>();
        let id = child.id().to_string();
        // What waits for an event that never comes hears of an end instead.
        std::thread::spawn(move || {
            if ended.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-9", &id]).status();
            }
        });
        Run { lines: child.stdout.take().map(BufReader::new), child, said, _alive: alive }
    }

    /// What `status --run` says of the one of that name.
    fn status(&self, name: &str) -> Option<(bool, Value)> {
        let output = self.run("status --run hosts.yml --json");
        let answer: Value = serde_json::from_slice(&output.stdout).ok()?;
        let data = &answer["data"];
        let row = data["connectors"].as_array()?.iter().find(|row| row["name"] == name)?;
        Some((data["running"].as_bool()?, row.clone()))
    }

    fn cursor(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.path(&format!("hosts.state/{name}.cursor.json"))).ok()?;
        let kept: Value = serde_json::from_str(&text).expect("JSON");
        Some(kept["cursor"].as_str().expect("a cursor").to_owned())
    }
}

/// A `run` that goes on.
struct Run {
    child: Child,
    lines: Option<BufReader<ChildStdout>>,
    said: Arc<Mutex<String>>,
    _alive: Sender<()>,
}

impl Run {
    /// The next event; none: the output has ended, with half a line where it was killed.
    fn event(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.lines.as_mut().expect("not closed").read_line(&mut line).expect("UTF-8");
        leave(&line);
        if !line.ends_with('\n') {
            return None;
        }
        Some(serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}")))
    }

    fn said(&self) -> String {
        self.said.lock().expect("said").clone()
    }

    fn until(&self, text: &str) -> String {
        wait(|| self.said().contains(text), || format!("it never says `{text}`: {}", self.said()));
        self.said()
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    fn end(&mut self) -> ExitStatus {
        let (mut status, said) = (None, Arc::clone(&self.said));
        let child = &mut self.child;
        wait(
            || {
                status = child.try_wait().expect("it can be waited for");
                status.is_some()
            },
            || format!("it doesn't end: {}", said.lock().expect("said")),
        );
        status.expect("it has ended")
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait(mut is: impl FnMut() -> bool, why: impl Fn() -> String) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < LONG, "{}", why());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a process is there and not only waits to be waited for.
fn is_alive(id: &str) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", id]).output().expect("ps");
    let state = String::from_utf8_lossy(&state.stdout);
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

/// The ticker as a program, with its last number.
fn ticker(name: &str, last: u32) -> String {
    format!("- {{ name: {name}, command: [env, TICKER_LAST={last}, {TICKER}], connection: work }}\n")
}

/// A script for the shell as a program.
fn script(name: &str, text: &str) -> String {
    let text = serde_json::to_string(text).expect("a text");
    format!(
        "- {{ name: {name}, command: [sh, -c, {text}, sh], restart: {{ first: 20ms, longest: 100ms }} }}\n"
    )
}

fn hosts(entries: &[String]) -> String {
    format!("connectors:\n{}", entries.concat())
}
