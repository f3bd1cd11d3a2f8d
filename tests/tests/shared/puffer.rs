//! Puffer, as far as it matters: how it starts a process, writes to it, reads from it, and saves cursors.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Longer than anything takes on a busy machine.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A connector's program with nothing around it.
pub(crate) fn program(path: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(path);
    command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What became of a process that was asked one thing.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// The one JSON value on standard output.
    pub(crate) fn json(&self) -> Value {
        assert!(self.status.success(), "Puffer throws its answer away: {self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Asks one thing as Puffer does: all of the input, the end of it, and then everything until the end of
/// both outputs.
pub(crate) fn ask(command: &mut Command, input: &[u8]) -> Outcome {
    let mut child = command.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input).expect("the process reads all of its input");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    Outcome {
        status: output.status,
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// A stream that Puffer reads. It saves a cursor before it acknowledges, and a checkpoint at once.
pub(crate) struct Stream {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    errors: Receiver<Vec<u8>>,
    pub(crate) saved: Option<String>,
}

fn read_lines(from: impl std::io::Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let _ = sender.send(std::mem::take(&mut line));
        }
    });
    lines
}

impl Stream {
    pub(crate) fn start(command: &mut Command, first: &[u8]) -> Self {
        let mut child = command.spawn().expect("it starts");
        let lines = read_lines(child.stdout.take().expect("a pipe"));
        let errors = read_lines(child.stderr.take().expect("a pipe"));
        let mut stream = Self { stdin: child.stdin.take(), child, lines, errors, saved: None };
        stream.write(first);
        stream
    }

    pub(crate) fn subscribe(command: &mut Command, cursor: Option<&str>) -> Self {
        let mut first = json!({"op": "subscribe", "connection": "work"});
        if let Some(cursor) = cursor {
            first["cursor"] = cursor.into();
        }
        let mut stream = Self::start(command, format!("{first}\n").as_bytes());
        stream.saved = cursor.map(str::to_owned);
        stream
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("it is open");
        // A process that was killed reads no more.
        let _ = stdin.write_all(bytes).and_then(|()| stdin.flush());
    }

    /// The next line, byte for byte.
    pub(crate) fn line(&self) -> String {
        String::from_utf8(self.lines.recv_timeout(LONG).expect("a line")).expect("UTF-8")
    }

    /// Whether standard error has ended.
    pub(crate) fn errors_are_over(&self) -> bool {
        self.errors.try_recv() == Err(TryRecvError::Disconnected)
    }

    /// Whether nobody holds either output any more, or will within that time.
    pub(crate) fn outputs_end_within(&self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        [&self.lines, &self.errors].into_iter().all(|output| {
            loop {
                match output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                    Ok(_) => {}
                    Err(error) => break error == RecvTimeoutError::Disconnected,
                }
            }
        })
    }

    /// The next frame, unless there is none for a while.
    pub(crate) fn frame_within(&self, patience: Duration) -> Option<Value> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => {
                assert!(line.ends_with(b"\n"), "a whole line");
                let text = String::from_utf8(line).expect("UTF-8");
                Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
            }
            Err(_) => None,
        }
    }

    pub(crate) fn frame(&self) -> Value {
        self.frame_within(LONG).expect("a frame")
    }

    /// Deals with an event as Puffer does: saves its cursor, then says so.
    pub(crate) fn acknowledge(&mut self, event: &Value) {
        self.saved = event["cursor"].as_str().map(str::to_owned);
        let line = json!({"op": "ack", "cursor": event["cursor"], "event_id": event["id"]});
        self.write(format!("{line}\n").as_bytes());
    }

    /// Takes and acknowledges events until one is the last, or until `kill` says so and the process is killed.
    /// Says whether it ended before the last.
    pub(crate) fn take_until(
        &mut self,
        mut is_last: impl FnMut(&Value) -> bool,
        mut kill: impl FnMut() -> bool,
    ) -> bool {
        loop {
            if kill() {
                self.kill();
                return true;
            }
            let frame = self.frame();
            match frame["type"].as_str() {
                Some("event") => {
                    self.acknowledge(&frame);
                    if is_last(&frame) {
                        return false;
                    }
                }
                Some("checkpoint") => self.saved = frame["cursor"].as_str().map(str::to_owned),
                other => panic!("{other:?}"),
            }
        }
    }

    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Closes standard input, and tells how the process ended and after how long.
    pub(crate) fn close(&mut self) -> (ExitStatus, Duration) {
        self.stdin = None;
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return (status, began.elapsed());
            }
            assert!(began.elapsed() < LONG, "it doesn't end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What standard error has said, once it said `until` or ended.
    pub(crate) fn errors_until(&self, until: &str) -> String {
        let mut all = String::new();
        while !all.contains(until) {
            match self.errors.recv_timeout(LONG) {
                Ok(line) => all.push_str(&String::from_utf8(line).expect("UTF-8")),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it never said `{until}`: {all}"),
            }
        }
        all
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.kill();
    }
}
