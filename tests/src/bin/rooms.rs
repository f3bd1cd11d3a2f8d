//! The connector of `examples/matrix` as a program that tests can start.

connector_sdk::main!(matrix::Matrix);
