//! The platforms: one folder each, all that is known of it and nothing else.
//!
//! They are leaves. A platform may use the whole crate, and nothing but the command line and the host, which
//! reads files of one, uses a platform, so that a new one is a new folder.

#[cfg(feature = "cli")]
pub mod argentos;
#[cfg(feature = "cli")]
mod file;
#[cfg(feature = "pocketpaw")]
pub mod pocketpaw;
#[cfg(feature = "puffer")]
#[doc = include_str!("../../docs/puffer.md")]
pub mod puffer;
#[cfg(feature = "seed-agent")]
#[doc = include_str!("../../docs/seed-agent.md")]
pub mod seed_agent;

#[cfg(feature = "cli")]
pub use file::File;
