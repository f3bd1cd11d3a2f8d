use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo<T> {
    #[state]
    seen: T,
}


fn main() {}
