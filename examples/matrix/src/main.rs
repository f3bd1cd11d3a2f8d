//! The connector as a program.

connector_sdk::main!(matrix::Matrix);
