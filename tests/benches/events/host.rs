//! The host: reads frames, and acknowledges each. It does the same for the floor, which doesn't hear of it,
//! so that what differs is the connector alone.

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// What a process came to.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    /// From its start to its last event.
    pub(crate) took: Duration,
    /// How long it kept a processor busy, its own threads and nobody else's.
    pub(crate) busy: Duration,
    /// The most memory that it ever had, in bytes.
    pub(crate) memory: u64,
}

impl Measured {
    /// What is known of a process that has not been waited for.
    fn of(child: &Child, took: Duration) -> Self {
        let of = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap_or_default();
        let (status, stat) = (of("status"), of("stat"));
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = most.and_then(|most| most.trim().trim_end_matches(" kB").parse::<u64>().ok());
        // After the name, which may hold anything: the 12th and 13th, in hundredths of a second.
        let times = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(2);
        let hundredths: u64 = times.filter_map(|time| time.parse::<u64>().ok()).sum();
        Self { took, busy: Duration::from_millis(hundredths * 10), memory: kilobytes.unwrap_or(0) * 1024 }
    }

    /// The best of two.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            took: self.took.min(other.took),
            busy: self.busy.min(other.busy),
            memory: self.memory.max(other.memory),
        }
    }
}

fn start(word: &str) -> Child {
    let this = std::env::current_exe().expect("a path");
    let mut command = Command::new(this);
    command.arg(word).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().expect("it starts")
}

/// Reads that many lines of the floor.
pub(crate) fn read(events: u64) -> Measured {
    let began = Instant::now();
    let mut child = start("floor");
    let mut frames = Frames::of(&mut child);
    let (mut seen, mut acks) = (0, Vec::new());
    while seen < events {
        seen += frames.acknowledge(&mut acks);
        acks.clear();
    }
    let measured = Measured::of(&child, began.elapsed());
    child.wait().expect("it ends");
    measured
}

/// Takes that many events and acknowledges each; in the midst of it, stops reading for a while.
pub(crate) fn acknowledge(events: u64, mut stall: Option<Duration>) -> Measured {
    let began = Instant::now();
    let mut child = start("subscribe");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut frames = Frames::of(&mut child);
    stdin.write_all(b"{\"op\":\"subscribe\",\"connection\":\"c\"}\n").expect("written");
    let (mut seen, mut acks) = (0, Vec::new());
    while seen < events {
        seen += frames.acknowledge(&mut acks);
        stdin.write_all(&acks).expect("written");
        acks.clear();
        if seen > events / 2
            && let Some(stall) = stall.take()
        {
            std::thread::sleep(stall);
        }
    }
    let measured = Measured::of(&child, began.elapsed());
    drop(stdin);
    drop(frames);
    child.wait().expect("it ends");
    measured
}

/// What comes from a process.
struct Frames {
    out: ChildStdout,
    buffer: Vec<u8>,
    /// How much of the buffer is the beginning of a line.
    begun: usize,
}

impl Frames {
    fn of(child: &mut Child) -> Self {
        Self { out: child.stdout.take().expect("a pipe"), buffer: vec![0; 256 * 1024], begun: 0 }
    }

    /// Waits for frames and writes what acknowledges them. Says how many they were.
    fn acknowledge(&mut self, acks: &mut Vec<u8>) -> u64 {
        let read = self.out.read(&mut self.buffer[self.begun..]).expect("read");
        assert!(read > 0, "it ended too early");
        let filled = self.begun + read;
        let some = &self.buffer[..filled];
        // The last line may have come in part.
        let whole = some.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let (mut lines, mut seen) = (&some[..whole], 0);
        while !lines.is_empty() {
            let read = acknowledgement(lines, acks);
            let end = lines[read..].iter().position(|byte| *byte == b'\n').expect("a whole line");
            lines = &lines[read + end + 1..];
            seen += 1;
        }
        self.buffer.copy_within(whole..filled, 0);
        self.begun = filled - whole;
        seen
    }
}

/// The host's line for a frame, whose id and cursor have no escapes. Says how much of it was read for that.
fn acknowledgement(frame: &[u8], out: &mut Vec<u8>) -> usize {
    let text = |from: usize| {
        let rest = &frame[from..];
        &rest[..rest.iter().position(|byte| *byte == b'"').expect("a text")]
    };
    let begin = br#"{"type":"event","id":""#.len();
    let id = text(begin);
    let then = begin + id.len() + br#"","cursor":""#.len();
    let cursor = text(then);
    out.extend_from_slice(br#"{"op":"ack","cursor":""#);
    out.extend_from_slice(cursor);
    out.extend_from_slice(br#"","event_id":""#);
    out.extend_from_slice(id);
    out.extend_from_slice(b"\"}\n");
    then + cursor.len()
}
