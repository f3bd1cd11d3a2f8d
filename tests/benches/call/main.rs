//! What one call in process costs, beside the least that it could cost and beside rmcp.
//!
//! The floor is serde_json alone: parse three typed arguments, call, serialise a structured result. Ours
//! does the same through [`Connection::call`](connector_sdk::call::Connection::call) with all checks on:
//! an open secret to redact, an audit that takes every record, the caller's mode, a deadline, constraints
//! on each argument. rmcp's is a raw `tools/call` line over a duplex, with a stored router.
#![expect(clippy::expect_used, reason = "a benchmark that can't go on stops")]

#[path = "../measure/mod.rs"]
mod measure;

mod crowd;
mod greeting;
mod ours;
mod theirs;

use std::hint::black_box;
use std::time::Duration;

use measure::{Contender, compare};
use ours::Ours;
use theirs::Theirs;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");

    let floor = |times| {
        runtime.block_on(async {
            for _ in 0..times {
                black_box(greeting::floor(black_box(greeting::INPUT)).await);
            }
        });
    };
    let one = Ours::open(&connector_sdk::factory::<crowd::One>());
    let ten = Ours::open(&connector_sdk::factory::<crowd::Ten>());
    let hundred = Ours::open(&connector_sdk::factory::<crowd::Hundred>());
    let thousand = Ours::open(&crowd::Thousand::new());
    let ours = |connection: &Ours, times| {
        runtime.block_on(async {
            for _ in 0..times {
                black_box(connection.call(black_box(greeting::INPUT)).await);
            }
        });
    };
    let mut single = runtime.block_on(Theirs::serve());
    let mut deep = runtime.block_on(Theirs::serve());

    runtime.block_on(async {
        let expected = greeting::floor(greeting::INPUT).await;
        for connection in [&one, &ten, &hundred, &thousand] {
            connection.checks_are_on().await;
            assert_eq!(connection.call(greeting::INPUT).await.as_bytes(), expected);
        }
        let answer = single.call(1).await;
        assert!(answer.contains("structuredContent") && answer.contains("Hello, Ada Lovelace!"), "{answer}");
    });

    let mut contenders = [
        Contender::new("floor: serde_json, parse + call + serialise", floor),
        Contender::new("call, 1 action", |times| ours(&one, times)),
        Contender::new("call, 10 actions", |times| ours(&ten, times)),
        Contender::new("call, 100 actions", |times| ours(&hundred, times)),
        Contender::new("call, 1,000 actions", |times| ours(&thousand, times)),
        Contender::new("rmcp, 1 tool, one at a time", |times| {
            runtime.block_on(async {
                for _ in 0..times {
                    black_box(single.call(1).await);
                }
            });
        }),
        Contender::new("rmcp, 1 tool, 64 in flight", |times| {
            runtime.block_on(async {
                for begun in (0..times).step_by(64) {
                    black_box(deep.call(64.min(times - begun)).await);
                }
            });
        }),
    ];
    compare(&mut contenders, Duration::from_millis(2), 500);
}
