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

/// How much longer the process is let be than a renewal is waited for: the call has an answer of its own by then.
const SPARE: Duration = Duration::from_secs(1);

/// How long a process is let be.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    /// When it should have ended by itself.
    pub(super) deadline: Option<Instant>,
    /// How much longer it may take than that, or than the first signal. The second one ends it at once.
    pub(super) patience: Duration,
    /// When a renewal of tokens is waited for no longer, see [`renewal`].
    pub(super) last: Option<Instant>,
}

impl Default for Limit {
    fn default() -> Self {
        Self { deadline: None, patience: PATIENCE, last: None }
    }
}

/// How long a renewal of tokens is waited for from now on, where nothing is waited for after `last`.
#[cfg(feature = "oauth")]
pub(super) fn renewal(last: Option<Instant>) -> Duration {
    last.map_or(RENEWAL, |last| last.saturating_duration_since(Instant::now()).min(RENEWAL))
}

/// Cancels the token at the first signal, and calls `end` when the process is still there a while after
/// that, or after the deadline.
///
/// What is returned hears of the moment from which a signal doesn't end the process at once.
pub(super) fn watch(
    token: CancellationToken,
    limit: Limit,
    end: impl FnOnce(Error) + Send + 'static,
) -> Taker<()> {
    let Limit { deadline, patience, last } = limit;
    let last = last.and_then(|last| last.checked_add(SPARE));
    let (giver, watching) = handover();
    let wait = move || {
        let Ok(mut signals) = Signals::new() else { return };
        giver.give(());
        let end_at = deadline.and_then(|deadline| deadline.checked_add(patience));
        let Ok(in_time) = patiently(&mut signals, end_at, last) else { return };
        if !in_time {
            end(Error::cancelled("the call ran out of time, and the connector didn't stop by itself"));
            return;
        }
        token.cancel();
        std::thread::sleep(ECHO);
        // Whether nothing more came or nothing more can be heard, it took too long.
        let until = Instant::now().checked_add(patience);
        let _ = signals.forget().and_then(|()| patiently(&mut signals, until, last));
        end(Error::cancelled("the call was cancelled, and the connector didn't stop in time"));
    };
    // Without the thread a signal ends the process at once, as it does for most programs.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
    watching
}

/// Waits for a signal until then, and longer where tokens are being renewed, but not beyond the last moment.
fn patiently(
    signals: &mut Signals,
    mut until: Option<Instant>,
    last: Option<Instant>,
) -> std::io::Result<bool> {
    let renewed = until.and_then(|until| until.checked_add(RENEWAL));
    let last = renewed.into_iter().chain(last).min();
    loop {
        let heard = signals.wait(until)?;
        let now = Instant::now();
        if heard || !is_renewing() || last.is_none_or(|last| now >= last) {
            return Ok(heard);
        }
        until = now.checked_add(PATIENCE).into_iter().chain(last).min();
    }
}

fn is_renewing() -> bool {
    #[cfg(feature = "oauth")]
    return crate::oauth::is_renewing();
    #[cfg(not(feature = "oauth"))]
    false
}

#[cfg(all(test, unix, feature = "oauth"))]
mod tests {
    use super::*;

    #[test]
    fn a_renewal_is_waited_for_and_not_beyond_the_last_moment() {
        let _hanging = crate::oauth::hanging();
        let now = Instant::now();
        let mut signals = Signals::new().expect("a pipe");
        // What another test sends is heard here as well.
        while patiently(&mut signals, Some(now), Some(now)).expect("waited") {}
        assert!(crate::oauth::is_renewing(), "it was waited for");
        assert_eq!((renewal(None), renewal(Some(now))), (RENEWAL, Duration::ZERO));
        assert_eq!(renewal(now.checked_add(2 * RENEWAL)), RENEWAL);
    }
}
