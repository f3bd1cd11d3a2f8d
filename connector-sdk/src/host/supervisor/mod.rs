//! `run`: keeps subscriptions for as long as it is let, each on its own, and says how they fare.

mod plan;
mod state;
mod status;
mod worker;

use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub(crate) use plan::{Plan, Planned, Source};
pub(crate) use state::{State, Whose, read_status};
pub(crate) use status::{Board, Change, Condition};
pub(crate) use worker::{Job, Opener, Shared};

use crate::{Error, Result};

/// The status is written so often at most.
const PAUSE: Duration = Duration::from_millis(250);

/// How long a thread waits for a renewal of tokens that was begun.
#[cfg(feature = "oauth")]
const RENEWAL: Duration = Duration::from_secs(30);

/// How long all of it may take to stop: programs have 10 s of it.
pub(crate) const PARTING: Duration = Duration::from_secs(13);

/// Runs all subscriptions until they are to stop, and each of them has, or had its time.
///
/// # Errors
///
/// `unavailable` when the output can't be written, `cancelled` when not all of it stopped in time.
pub(crate) async fn supervise(jobs: Vec<Job>, shared: &Shared) -> Result<()> {
    let done = CancellationToken::new();
    let telling = tokio::spawn(tell(shared.clone(), done.clone()));
    let mut tasks = JoinSet::new();
    for job in jobs {
        tasks.spawn(apart(job, shared.clone()));
    }
    let mut result = Ok(());
    let mut late = pin!(async {
        shared.stop.cancelled().await;
        sleep(PARTING).await;
    });
    loop {
        let ended = tokio::select! {
            ended = tasks.join_next() => ended,
            () = &mut late => {
                // Threads can't be ended. What they do is as safe as from any crash.
                result = result.and(Err(Error::cancelled("not all of it stopped in time")));
                break;
            }
        };
        let Some(ended) = ended else { break };
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

/// Runs one on a thread of its own, with a runtime: a connector that keeps its thread keeps nobody else's. Workers of
/// one runtime share its timers, for which all may wait while the one that looks after them is kept.
async fn apart(job: Job, shared: Shared) -> Result<()> {
    let (board, place, name) = (Arc::clone(&shared.board), job.place, job.name.to_string());
    let (say, ended) = oneshot::channel();
    let refuse = move |error: std::io::Error| {
        board.refuse(place, &Error::unavailable(format!("it can't be given a thread: {error}")));
        Ok(())
    };
    let refused = refuse.clone();
    let run = move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                let _ = say.send(refused(error));
                return;
            }
        };
        let _ = say.send(runtime.block_on(worker::work(job, shared)));
        // What it renews would be lost with its runtime.
        #[cfg(feature = "oauth")]
        runtime.block_on(crate::oauth::renewed(RENEWAL));
        runtime.shutdown_background();
    };
    match thread::Builder::new().name(name).spawn(run) {
        Ok(_) => ended.await.unwrap_or_else(|_| Err(Error::internal("the thread of a subscription is gone"))),
        Err(error) => refuse(error),
    }
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
