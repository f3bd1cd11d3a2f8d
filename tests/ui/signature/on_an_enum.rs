use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
enum Demo {
    One,
}

fn main() {}
