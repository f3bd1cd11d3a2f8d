//! What a running health check says of every request that is made in it, whether that knows the check's context
//! or not: a method may take none, and may call actions of its own.

use std::future::Future;
use std::time::Instant;

tokio::task_local! {
    /// When the check ends, done or not.
    static DEADLINE: Option<Instant>;
}

/// Runs a check.
pub(crate) fn during<F: Future>(deadline: Option<Instant>, check: F) -> impl Future<Output = F::Output> {
    DEADLINE.scope(deadline, check)
}

/// When the check ends that is running here; none where none is.
pub(super) fn running() -> Option<Option<Instant>> {
    DEADLINE.try_with(|deadline| *deadline).ok()
}
