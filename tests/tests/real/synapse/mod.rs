//! The connector `matrix` on a Matrix homeserver.

mod actions;
mod kills;
mod outage;
mod people;
mod rooms;
mod stream;
mod tokens;
