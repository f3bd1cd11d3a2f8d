//! What carrying messages for a seed-agent costs: from the start of `mailbox` until messages are in the inbox
//! and acknowledged, beside a loop that writes the same messages as files and does nothing else; each with
//! and without waiting for the disk. And how soon the first of 100,000 messages in an outbox is sent.
//!
//! `cargo bench -p connector-tests --features seed-agent --bench mailbox [-- DISK]`, with the folder whose disk is
//! measured (that of the build).

#![expect(clippy::expect_used, reason = "a benchmark that can't go on stops")]

mod agent;
mod floor;
mod postman;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use agent::Agent;

/// How many messages without waiting for the disk, and with.
const MESSAGES: [(bool, u64); 2] = [(false, 20_000), (true, 2_000)];

/// How many messages wait in an outbox, and how many of them are sent.
const OUTBOX: (u64, u64) = (100_000, 5_000);

/// How often each is measured; the best counts, since noise only ever adds.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // This program is its own connector, so that the two are built alike.
    if arguments.first().is_some_and(|word| word == "mailbox") {
        return postman::run();
    }
    let named = arguments.iter().find(|argument| !argument.starts_with('-')).map(PathBuf::from);
    let here = std::env::current_exe().expect("a path");
    let disk = named.as_deref().or(here.parent()).unwrap_or(Path::new("."));
    println!("{:<44} {:>12} {:>8}", "", "messages/s", "of floor");
    let mut kept = Vec::new();
    for (durable, messages) in MESSAGES {
        let mut best = [Duration::MAX; 2];
        for _ in 0..ROUNDS {
            let folder = tempfile::tempdir_in(disk).expect("a folder");
            best[0] = best[0].min(floor::write(folder.path(), messages, durable));
            let agent = Agent::new(disk);
            best[1] = best[1].min(agent.receive(messages, durable));
            // ext4 looks for an inode that nobody deleted in the last seconds, so what is written after
            // thousands of files are deleted takes ten times as long.
            kept.push((folder, agent));
        }
        let [floor, ours] = best.map(|took| messages as f64 / took.as_secs_f64());
        let how = if durable { "waiting for the disk" } else { "without waiting" };
        println!("{:<44} {floor:>12.0} {:>7.0}%", format!("floor: files, {how}"), 100.0);
        println!("{:<44} {ours:>12.0} {:>7.0}%", format!("mailbox, {how}"), 100.0 * ours / floor);
    }
    let (waiting, sent) = OUTBOX;
    let outbox = Agent::new(disk).send(waiting, sent);
    let (first, rate) = (outbox.first.as_secs_f64() * 1e3, sent as f64 / outbox.rest.as_secs_f64());
    println!(
        "of {waiting} messages in the outbox, the first is sent after {first:.0} ms, then {rate:.0} a second"
    );
    println!("memory at most: {:.1} MB", outbox.memory as f64 / 1e6);
    ExitCode::SUCCESS
}
