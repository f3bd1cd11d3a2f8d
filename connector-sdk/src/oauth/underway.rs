//! Renewals that were asked for and not kept yet: whoever ends the process would lose what the service rotates.

use std::sync::atomic::{AtomicUsize, Ordering};

#[cfg(feature = "cli")]
pub(crate) use end::{is_renewing, renewed};

/// Of the whole process, as it is the process that ends.
static RENEWALS: AtomicUsize = AtomicUsize::new(0);

/// A renewal whose request goes out. It is over when this is dropped.
pub(super) struct Underway(());

impl Underway {
    pub(super) fn begin() -> Self {
        RENEWALS.fetch_add(1, Ordering::AcqRel);
        Self(())
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        RENEWALS.fetch_sub(1, Ordering::AcqRel);
    }
}

/// What whoever ends the process asks.
#[cfg(feature = "cli")]
mod end {
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::RENEWALS;

    /// How often it is asked whether there is one left.
    const PAUSE: Duration = Duration::from_millis(10);

    /// Whether a renewal is on its way. One that waits for its turn is not: it has sent nothing.
    pub(crate) fn is_renewing() -> bool {
        RENEWALS.load(Ordering::Acquire) > 0
    }

    /// Waits for the renewals that are on their way, but no longer than that.
    pub(crate) async fn renewed(limit: Duration) {
        let begun = Instant::now();
        while is_renewing() && begun.elapsed() < limit {
            sleep(PAUSE).await;
        }
    }
}

/// A renewal that hangs while the sender is there, but is over before those who wait for one give it up.
#[cfg(all(test, feature = "cli"))]
pub(crate) fn hanging() -> std::sync::mpsc::Sender<()> {
    let renewal = Underway::begin();
    let (sender, over) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let _ = over.recv_timeout(std::time::Duration::from_secs(20));
        drop(renewal);
    });
    sender
}
