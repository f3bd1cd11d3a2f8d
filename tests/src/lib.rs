//! Nothing: this crate is its `tests/` and `benches/`.
