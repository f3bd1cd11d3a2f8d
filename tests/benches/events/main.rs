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

/// How often each is measured, one after the other. The best of each is shown; and the middle share of the pairs, since
/// what else the machine does slows both of a pair down, and the best of either may be of another moment.
const ROUNDS: usize = 11;

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
    let pairs: Vec<_> = (0..ROUNDS).map(|_| (host::read(EVENTS), host::acknowledge(EVENTS, None))).collect();
    let mut shares: Vec<f64> =
        pairs.iter().map(|(floor, ours)| floor.took.as_secs_f64() / ours.took.as_secs_f64()).collect();
    shares.sort_by(f64::total_cmp);
    let (floor, ours) = pairs
        .into_iter()
        .reduce(|(floor, ours), (other, more)| (floor.or(other), ours.or(more)))
        .expect("at least one");
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
    println!("in the middle of {ROUNDS} pairs: {:.0}% of the floor's rate", 100.0 * shares[ROUNDS / 2]);
    println!("memory at most: {:.1} MB while the host reads", ours.memory as f64 / 1e6);
    let stalled = host::acknowledge(EVENTS, Some(Duration::from_secs(stall)));
    println!("memory at most: {:.1} MB while it stops for {stall} s", stalled.memory as f64 / 1e6);
    ExitCode::SUCCESS
}
