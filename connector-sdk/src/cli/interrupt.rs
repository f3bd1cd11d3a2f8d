//! Ctrl-C and SIGTERM cancel a call, and its deadline ends it even where it doesn't listen.
//!
//! Both are waited for on a thread of their own, since a method that blocks its thread (a long read of
//! a file) would keep the call's runtime from ever noticing. Such a method can't be cancelled either,
//! so after a while, or at the second signal, the process ends without it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::Error;

/// How long a call that was cancelled, or is past its deadline, may take to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long further signals count as the first one: a terminal, a shell and `timeout` may each send one.
const ECHO: Duration = Duration::from_millis(250);

/// Cancels the token at the first signal, and calls `end` when the process is still there a while after
/// that, or after the deadline.
pub(super) fn watch(
    token: CancellationToken,
    deadline: Option<Instant>,
    end: impl FnOnce(Error) + Send + 'static,
) {
    let wait = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            match signal_before(deadline.and_then(|deadline| deadline.checked_add(PATIENCE))).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                Err(_) => {
                    end(Error::cancelled(
                        "the call ran out of time, and the connector didn't stop by itself",
                    ));
                    return;
                }
            }
            token.cancel();
            tokio::time::sleep(ECHO).await;
            let _ = tokio::time::timeout(PATIENCE, signal()).await;
            end(Error::cancelled("the call was cancelled, and the connector didn't stop in time"));
        });
    };
    // Without the thread a signal ends the process at once, as it does for most programs.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
}

async fn signal_before(end: Option<Instant>) -> Result<std::io::Result<()>, tokio::time::error::Elapsed> {
    match end {
        Some(end) => tokio::time::timeout_at(end.into(), signal()).await,
        None => Ok(signal().await),
    }
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let mut terminate = pin!(terminate.recv());
    let mut interrupt = pin!(tokio::signal::ctrl_c());
    poll_fn(|task| {
        if terminate.as_mut().poll(task).is_ready() {
            return Poll::Ready(Ok(()));
        }
        interrupt.as_mut().poll(task)
    })
    .await
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
