//! Ctrl-C and SIGTERM cancel a call, and its deadline ends it even where it doesn't listen.
//!
//! Both are waited for on a thread of their own, since a method that blocks its thread (a long read of
//! a file) would keep the call's runtime from ever noticing. Such a method can't be cancelled either,
//! so after a while, or at the second signal, the process ends without it.

use std::future::poll_fn;
use std::io;
use std::sync::mpsc::{Receiver, channel};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::Error;

/// How long a call that was cancelled, or is past its deadline, may take to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long further signals count as the first one: a terminal, a shell and `timeout` may each send one.
const ECHO: Duration = Duration::from_millis(250);

/// Cancels the token at the first signal, and calls `end` when the process is still there a while after
/// that, or after the deadline.
///
/// What is returned hears of the moment from which a signal doesn't end the process at once.
pub(super) fn watch(
    token: CancellationToken,
    deadline: Option<Instant>,
    end: impl FnOnce(Error) + Send + 'static,
) -> Receiver<()> {
    let (sender, watching) = channel();
    let wait = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            let Ok(signals) = Signals::new() else { return };
            let _ = sender.send(());
            let end_at = deadline.and_then(|deadline| deadline.checked_add(PATIENCE));
            let in_time = match end_at {
                Some(end_at) => timeout_at(end_at.into(), signals.next()).await.is_ok(),
                None => {
                    signals.next().await;
                    true
                }
            };
            if !in_time {
                end(Error::cancelled("the call ran out of time, and the connector didn't stop by itself"));
                return;
            }
            token.cancel();
            sleep(ECHO).await;
            // Anew: those that came meanwhile don't count.
            if let Ok(signals) = Signals::new() {
                let _ = timeout(PATIENCE, signals.next()).await;
            }
            end(Error::cancelled("the call was cancelled, and the connector didn't stop in time"));
        });
    };
    // Without the thread a signal ends the process at once, as it does for most programs.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
    watching
}

/// The signals that ask a process to end, from the moment that this is made.
#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 2]);

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self([signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?]))
    }

    async fn next(mut self) {
        poll_fn(|task| match self.0.iter_mut().any(|signal| signal.poll_recv(task).is_ready()) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(mut self) {
        poll_fn(|task| self.0.poll_recv(task).map(drop)).await;
    }
}
