//! What differs between the command lines that share this code: a connector's own binary, and a host that
//! calls one of many.

use std::sync::Arc;
#[cfg(feature = "credentials")]
use std::sync::atomic::AtomicBool;

use super::show::Style;
use crate::ErrorKind;
use crate::call::Audit;

/// Makes the help for some words.
pub(super) type Help = Arc<dyn Fn(&[String], Style) -> String>;

/// What a command line does otherwise than a connector's own binary. The default is such a binary.
#[derive(Clone, Default)]
pub(super) struct Rules {
    /// Whether an action that wants approval is refused where nobody can be asked, unless `--yes` agrees to it.
    /// In a connector's own binary the mode alone decides then.
    pub(super) needs_yes: bool,
    /// Whether the words of the command line name an action, and nothing else can be meant.
    pub(super) only_actions: bool,
    /// Whether `connect` takes credentials from `--set`.
    #[cfg(feature = "credentials")]
    pub(super) secrets_by_set: bool,
    /// Hears that somebody who was asked agreed to a built-in command.
    #[cfg(feature = "credentials")]
    pub(super) agreed: Arc<AtomicBool>,
    /// Keeps a record of every call.
    pub(super) audit: Option<Arc<dyn Audit>>,
    /// Hears of the end of the process where a call doesn't come to its own.
    pub(super) at_end: Option<Arc<dyn Fn(ErrorKind) + Send + Sync>>,
    /// The help for some words; none: that of the connector's own commands.
    pub(super) help: Option<Help>,
}
