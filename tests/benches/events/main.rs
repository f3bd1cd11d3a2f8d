//! What a stream of events costs: `subscribe` with 1,000,000 small events and acknowledgements flowing, from
//! start to the last event, beside a process that serialises the same frames with serde_json into a
//! buffered pipe. Also how long each keeps a processor busy: where there are fewer of them than threads, that
//! decides. And how much memory it takes while the host reads, and while it stops reading.
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
const ROUNDS: usize = 5;

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
    let (mut floor, mut ours) = (host::read(EVENTS), host::acknowledge(EVENTS, None));
    for _ in 1..ROUNDS {
        floor = floor.or(host::read(EVENTS));
        ours = ours.or(host::acknowledge(EVENTS, None));
    }
    let rate = |took: Duration| EVENTS as f64 / took.as_secs_f64();
    println!("{:<44} {:>12} {:>8} {:>12} {:>8}", "", "events/s", "of floor", "CPU ns each", "ratio");
    for (name, measured) in
        [("floor: serde_json into a buffered pipe", floor), ("subscribe, each acknowledged", ours)]
    {
        let share = 100.0 * rate(measured.took) / rate(floor.took);
        let busy = measured.busy.as_nanos() as f64 / EVENTS as f64;
        let ratio = measured.busy.as_secs_f64() / floor.busy.as_secs_f64();
        println!("{name:<44} {:>12.0} {share:>7.0}% {busy:>12.0} {ratio:>7.2}x", rate(measured.took));
    }
    println!("memory at most: {:.1} MB while the host reads", ours.memory as f64 / 1e6);
    let stalled = host::acknowledge(EVENTS, Some(Duration::from_secs(stall)));
    println!("memory at most: {:.1} MB while it stops for {stall} s", stalled.memory as f64 / 1e6);
    ExitCode::SUCCESS
}
