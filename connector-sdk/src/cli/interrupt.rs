//! Ctrl-C and SIGTERM cancel a call.
//!
//! The signals are waited for on a thread of their own, since a method that blocks its thread (a long
//! read of a file) would keep the call's runtime from ever noticing. Such a method can't be cancelled
//! either, so after a while, or at the second signal, the process ends without it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long a cancelled call may take to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long further signals count as the first one: a terminal, a shell and `timeout` may each send one.
const ECHO: Duration = Duration::from_millis(250);

/// Cancels the token at the first signal, and calls `end` when the process is still there after that.
pub(super) fn watch(token: CancellationToken, end: impl FnOnce() + Send + 'static) {
    let wait = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let signalled = runtime.block_on(async {
            if signal().await.is_err() {
                return false;
            }
            token.cancel();
            tokio::time::sleep(ECHO).await;
            let _ = tokio::time::timeout(PATIENCE, signal()).await;
            true
        });
        if signalled {
            end();
        }
    };
    // Without the thread a signal ends the process at once, as it does for most programs.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
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
