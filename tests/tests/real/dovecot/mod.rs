//! `examples/mail` with a mailbox of dovecot's.

mod agent;
mod hostile;
mod loss;
mod program;
mod sending;
mod stream;
mod tls;
