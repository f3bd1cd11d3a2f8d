//! Ctrl-C and SIGTERM cancel a call, and its deadline ends it even where it doesn't listen.
//!
//! Both are waited for on a thread of their own, since a method that blocks its thread (a long read of
//! a file) would keep the call's runtime from ever noticing. Such a method can't be cancelled either,
//! so after a while, or at the second signal, the process ends without it.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
#[cfg(unix)]
use unix::Signals;
#[cfg(windows)]
use windows::Signals;

use super::handover::{Taker, handover};
use crate::Error;

/// How long a call that was cancelled, or is past its deadline, may take to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the process waits for a renewal of tokens that was begun, and that would be lost with it.
pub(super) const RENEWAL: Duration = Duration::from_secs(30);

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
) -> Taker<()> {
    watch_for(PATIENCE, token, deadline, end)
}

/// As [`watch`], for what may take so long to end after the first signal. The second one ends it at once.
pub(super) fn watch_for(
    patience: Duration,
    token: CancellationToken,
    deadline: Option<Instant>,
    end: impl FnOnce(Error) + Send + 'static,
) -> Taker<()> {
    let (giver, watching) = handover();
    let wait = move || {
        let Ok(mut signals) = Signals::new() else { return };
        giver.give(());
        let end_at = deadline.and_then(|deadline| deadline.checked_add(patience));
        let Ok(in_time) = patiently(&mut signals, end_at) else { return };
        if !in_time {
            end(Error::cancelled("the call ran out of time, and the connector didn't stop by itself"));
            return;
        }
        token.cancel();
        std::thread::sleep(ECHO);
        // Whether nothing more came or nothing more can be heard, it took too long.
        let _ = signals.forget().and_then(|()| patiently(&mut signals, Instant::now().checked_add(patience)));
        end(Error::cancelled("the call was cancelled, and the connector didn't stop in time"));
    };
    // Without the thread a signal ends the process at once, as it does for most programs.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
    watching
}

/// Waits for a signal until then, and longer where tokens are being renewed.
fn patiently(signals: &mut Signals, until: Option<Instant>) -> std::io::Result<bool> {
    let last = until.and_then(|until| until.checked_add(RENEWAL));
    let mut until = until;
    loop {
        let heard = signals.wait(until)?;
        let now = Instant::now();
        if heard || !is_renewing() || last.is_none_or(|last| now >= last) {
            return Ok(heard);
        }
        until = now.checked_add(PATIENCE);
    }
}

fn is_renewing() -> bool {
    #[cfg(feature = "oauth")]
    return crate::oauth::is_renewing();
    #[cfg(not(feature = "oauth"))]
    false
}
