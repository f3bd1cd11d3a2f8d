use connector_sdk::prelude::*;

/// Ping.
#[action(read)]
async fn ping() {}

fn main() {}
