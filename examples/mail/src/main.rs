//! The binary of the connector.

connector_sdk::main!(mail::Mailbox);
