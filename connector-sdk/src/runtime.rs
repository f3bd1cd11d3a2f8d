//! What a thread runs its futures on.

use tokio::runtime::{Builder, Runtime};

use crate::{Error, Result};

/// A runtime for the present thread.
///
/// # Errors
///
/// `internal` when the system has no room for it.
pub(crate) fn runtime() -> Result<Runtime> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Error::internal(format!("the runtime can't be started: {error}")))
}
