//! The connector of `examples/mail`, for the tests with real servers to run.

connector_sdk::main!(mail::Mailbox);
