//! What a stream of events costs: `subscribe` with 1,000,000 small events and acknowledgements flowing, from
//! start to the last event, beside a process that serialises the same frames with serde_json into a
//! buffered pipe. And how much memory it takes while the host reads, and while it stops reading.
//!
//! `cargo bench -p connector-tests --features puffer --bench events [-- STALL]`, with the seconds for which
//! the host stops reading (30).

#![expect(clippy::expect_used, reason = "a benchmark that can't go on stops")]

mod counter;
mod host;

use std::process::ExitCode;
use std::time::Duration;

/// How many events.
const EVENTS: u64 = 1_000_000;

/// How often each is measured; the best counts, since noise only ever adds.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        // This program is its own connector, so that the two are built alike.
        Some("subscribe") => return counter::subscribe(),
        Some("floor") => {
            counter::floor(EVENTS);
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let stall = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(30);
    let mut floor = Duration::MAX;
    let mut ours = Duration::MAX;
    let mut memory = 0;
    for _ in 0..ROUNDS {
        floor = floor.min(host::read(EVENTS));
        let run = host::acknowledge(EVENTS, None);
        ours = ours.min(run.took);
        memory = memory.max(run.memory);
    }
    let rate = |took: Duration| EVENTS as f64 / took.as_secs_f64();
    println!("{:<44} {:>12} {:>8}", "", "events/s", "of floor");
    println!("{:<44} {:>12.0} {:>7.0}%", "floor: serde_json into a buffered pipe", rate(floor), 100.0);
    let share = 100.0 * rate(ours) / rate(floor);
    println!("{:<44} {:>12.0} {share:>7.0}%", "subscribe, each acknowledged", rate(ours));
    println!("memory at most: {:.1} MB while the host reads", memory as f64 / 1e6);
    let stalled = host::acknowledge(EVENTS, Some(Duration::from_secs(stall)));
    println!("memory at most: {:.1} MB while it stops for {stall} s", stalled.memory as f64 / 1e6);
    ExitCode::SUCCESS
}
