use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
fn demo() {}

fn main() {}
