//! What a running health check says of every request that is made in it, whether that knows the check's context
//! or not: a method may take none, and may call actions of its own.

use std::future::Future;
use std::time::Instant;

/// A check that is running.
#[derive(Clone, Copy)]
pub(super) struct Check {
    pub(super) began: Instant,
    /// When it ends, done or not.
    pub(super) deadline: Option<Instant>,
}

tokio::task_local! {
    static CHECK: Check;
}

/// Runs a check.
pub(crate) fn during<F: Future>(deadline: Option<Instant>, check: F) -> impl Future<Output = F::Output> {
    CHECK.scope(Check { began: Instant::now(), deadline }, check)
}

/// The check that is running here.
pub(super) fn running() -> Option<Check> {
    CHECK.try_with(|check| *check).ok()
}
