//! `run`: keeps subscriptions for as long as it is let, each on its own, and says how they fare.

mod plan;
mod state;
mod status;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub(crate) use plan::{Plan, Planned, Source};
pub(crate) use state::{State, Whose, told};
pub(crate) use status::{Board, Change, Condition};
pub(crate) use worker::{Job, Shared};

use crate::{Error, Result};

/// The status is written so often at most.
const PAUSE: Duration = Duration::from_millis(250);

/// Runs all subscriptions until they are to stop, and each of them has.
///
/// # Errors
///
/// `unavailable` when the output can't be written.
pub(crate) async fn supervise(jobs: Vec<Job>, shared: &Shared) -> Result<()> {
    let done = CancellationToken::new();
    let telling = tokio::spawn(tell(shared.clone(), done.clone()));
    let mut tasks = JoinSet::new();
    for job in jobs {
        tasks.spawn(worker::work(job, shared.clone()));
    }
    let mut result = Ok(());
    while let Some(ended) = tasks.join_next().await {
        let ended =
            ended.unwrap_or_else(|error| Err(Error::internal(format!("a subscription ended: {error}"))));
        if let Err(error) = ended {
            // Without an output nothing of the others can be acknowledged.
            shared.stop.cancel();
            result = Err(error);
        }
    }
    // One writes at a time.
    done.cancel();
    let _ = telling.await;
    // The others did all that they should.
    let _ = shared.state.tell(&shared.board.report());
    result
}

/// Writes the status whenever it has changed, and now and then at most.
async fn tell(shared: Shared, done: CancellationToken) {
    while done.run_until_cancelled(shared.board.changed.notified()).await.is_some() {
        let (state, report) = (Arc::clone(&shared.state), shared.board.report());
        // Who reads it sees by its time that it is an old one.
        let _ = spawn_blocking(move || state.tell(&report)).await;
        done.run_until_cancelled(sleep(PAUSE)).await;
    }
}
