//! The host: reads frames, and acknowledges each.

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a run of the connector came to.
pub(crate) struct Measured {
    pub(crate) took: Duration,
    /// The most memory that it ever had, in bytes.
    pub(crate) memory: u64,
}

fn start(word: &str) -> Child {
    let this = std::env::current_exe().expect("a path");
    let mut command = Command::new(this);
    command.arg(word).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().expect("it starts")
}

/// How long it takes until that many lines of the floor have come.
pub(crate) fn read(events: u64) -> Duration {
    let began = Instant::now();
    let mut child = start("floor");
    let mut out = child.stdout.take().expect("a pipe");
    let (mut buffer, mut lines) = (vec![0; 64 * 1024], 0);
    while let Ok(read @ 1..) = out.read(&mut buffer) {
        lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
    }
    assert_eq!(lines, events);
    let took = began.elapsed();
    child.wait().expect("it ends");
    took
}

/// Takes that many events and acknowledges each; in the midst of it, stops reading for a while.
pub(crate) fn acknowledge(events: u64, mut stall: Option<Duration>) -> Measured {
    let began = Instant::now();
    let mut child = start("subscribe");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut out = child.stdout.take().expect("a pipe");
    stdin.write_all(b"{\"op\":\"subscribe\",\"connection\":\"c\"}\n").expect("written");
    let mut buffer = vec![0; 256 * 1024];
    let (mut filled, mut seen) = (0, 0);
    let mut acks = Vec::new();
    while seen < events {
        let read = out.read(&mut buffer[filled..]).expect("read");
        assert!(read > 0, "it ended after {seen}");
        filled += read;
        let mut rest = &buffer[..filled];
        // The last line may have come in part.
        let whole = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let mut lines = &rest[..whole];
        while !lines.is_empty() {
            let read = acknowledgement(lines, &mut acks);
            let end = lines[read..].iter().position(|byte| *byte == b'\n').expect("a whole line");
            lines = &lines[read + end + 1..];
            seen += 1;
        }
        rest = &rest[whole..];
        let kept = filled - rest.len()..filled;
        filled = kept.len();
        buffer.copy_within(kept, 0);
        stdin.write_all(&acks).expect("written");
        acks.clear();
        if seen > events / 2
            && let Some(stall) = stall.take()
        {
            std::thread::sleep(stall);
        }
    }
    let took = began.elapsed();
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = most.and_then(|most| most.trim().trim_end_matches(" kB").parse::<u64>().ok());
    drop(stdin);
    drop(out);
    child.wait().expect("it ends");
    Measured { took, memory: kilobytes.unwrap_or(0) * 1024 }
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
