use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;


fn main() {}
