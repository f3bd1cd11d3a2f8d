//! The binary that [`main!`](crate::main) makes of a connector: its actions as commands, and what
//! ArgentOS asks of a command-line tool.
//!
//! One grammar (`command.rs`) serves the reading of a command line (`scan.rs`), its help (`help.rs`) and
//! what a shell completes it with (`complete.rs`). The reading is our own and not clap's, because
//! ArgentOS's callers need what clap can't do: options of the binary before, between and after the words
//! of a command, a token that is a value whatever it looks like, a mode that decides before any argument
//! is looked at, and an envelope on standard output for every outcome, broken command lines included. It
//! is also what keeps `--json capabilities` at the speed of an empty program: no tree of commands is built
//! for it. What was left for clap to do took a tenth of the time in which a connector is built.
//!
//! Nothing here knows the connector's type, so it is compiled once and not once a connector.

#[cfg(all(feature = "credentials", feature = "oauth"))]
mod agree;
mod answer;
mod approver;
mod argument;
mod builtin;
mod command;
mod complete;
mod completions;
mod configuration;
#[cfg(feature = "credentials")]
mod connect;
#[cfg(feature = "credentials")]
mod connections;
mod data;
mod dialogue;
#[cfg(feature = "credentials")]
mod echo;
mod ending;
mod export;
mod handover;
mod help;
#[cfg(feature = "host")]
pub(crate) mod host;
mod interrupt;
#[cfg(feature = "credentials")]
mod login;
#[cfg(feature = "seed-agent")]
mod mailbox;
mod observer;
mod panic;
mod process;
#[cfg(feature = "puffer")]
mod puffer;
mod rules;
mod run;
mod scan;
mod session;
mod setting;
mod show;
#[cfg(feature = "credentials")]
mod stored;
#[cfg(all(feature = "puffer", unix))]
mod streams;
mod table;
mod tree;
#[cfg(all(feature = "credentials", feature = "oauth"))]
mod turn;
mod width;
mod wrap;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

pub use process::{Process, Terminal};
pub use run::run;
#[doc(hidden)]
pub use run::run_main;

/// Makes the `main` function of a connector's binary.
///
/// ```no_run
/// use connector_sdk::prelude::*;
///
/// /// Greets people.
/// #[connector(id = "greeter", title = "Greeter", category = "examples")]
/// pub struct Greeter;
///
/// #[connector]
/// impl Greeter {
///     /// Greet somebody.
///     #[action(read)]
///     async fn greet(
///         &self,
///         /// Whom.
///         name: String,
///     ) -> Result<String> {
///         Ok(format!("Hello, {name}"))
///     }
/// }
///
/// connector_sdk::main!(Greeter);
/// ```
///
/// The binary runs every action as a command (`notes search --query x`), answers ArgentOS's
/// `capabilities`, `health`, `config show` and `doctor`, writes manifests, and explains itself with
/// `--help`. Needs the feature `cli`, which is on by default.
#[macro_export]
macro_rules! main {
    ($connector:ty $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::__private::run_main(&$crate::factory::<$connector>())
        }
    };
}
