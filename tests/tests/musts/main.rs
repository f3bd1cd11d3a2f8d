//! What Puffer and seed-agent must find in the files of every connector here, one test a must (their contracts).

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

mod connectors;
mod process;
mod seed_agent;
mod skill;
mod subscriber;
mod template;
