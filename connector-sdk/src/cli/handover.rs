//! One value that a thread hands to another.
//!
//! The channels of the standard library are three queues each, of which one value needs none, and are
//! compiled anew for every type.

use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::process::lock;

/// Both ends of a handover.
pub(super) fn handover<T>() -> (Giver<T>, Taker<T>) {
    let place =
        Arc::new(Place { value: Mutex::new(None), is_over: Mutex::new(false), changed: Condvar::new() });
    (Giver(Arc::clone(&place)), Taker(place))
}

struct Place<T> {
    value: Mutex<Option<T>>,
    /// Whether nothing will be given any more, or taken.
    is_over: Mutex<bool>,
    changed: Condvar,
}

impl<T> Place<T> {
    fn end(&self) {
        *lock(&self.is_over) = true;
        self.changed.notify_all();
    }
}

impl<T: Send> Wake for Place<T> {
    fn wake(self: Arc<Self>) {
        self.end();
    }
}

/// Gives the value, or by its end says that there is none.
pub(super) struct Giver<T>(Arc<Place<T>>);

impl<T> Giver<T> {
    pub(super) fn give(self, value: T) {
        *lock(&self.0.value) = Some(value);
    }
}

impl<T> Drop for Giver<T> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Takes the value.
pub(super) struct Taker<T>(Arc<Place<T>>);

impl<T> Taker<T> {
    /// Waits for the value; none where none is given, or where the time is over before.
    pub(super) fn take(self, deadline: Option<Instant>) -> Option<T> {
        wait(&self.0.is_over, &self.0.changed, deadline);
        lock(&self.0.value).take()
    }
}

impl<T: Send + 'static> Taker<T> {
    /// The same, and none where it is cancelled before.
    pub(super) fn take_unless(self, cancelled: &CancellationToken, deadline: Option<Instant>) -> Option<T> {
        let waker = Waker::from(Arc::clone(&self.0));
        let cancelled = pin!(cancelled.cancelled());
        match cancelled.poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(()) => None,
            Poll::Pending => self.take(deadline),
        }
    }
}

fn wait(is_over: &Mutex<bool>, changed: &Condvar, deadline: Option<Instant>) {
    let mut over = lock(is_over);
    while !*over {
        over = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
            None => changed.wait(over).unwrap_or_else(PoisonError::into_inner),
            Some(left) if left.is_zero() => return,
            Some(left) => changed.wait_timeout(over, left).unwrap_or_else(PoisonError::into_inner).0,
        };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_value_goes_from_thread_to_thread() {
        let (giver, taker) = handover();
        std::thread::spawn(move || giver.give(7));
        assert_eq!(taker.take(None), Some(7));
    }

    #[test]
    fn nobody_waits_for_what_will_not_come() {
        let (giver, taker) = handover::<()>();
        drop(giver);
        assert_eq!(taker.take(None), None);
        let (_giver, taker) = handover::<()>();
        let cancelled = CancellationToken::new();
        let canceller = cancelled.clone();
        std::thread::spawn(move || canceller.cancel());
        assert_eq!(taker.take_unless(&cancelled, None), None);
        let (giver, taker) = handover::<()>();
        giver.give(());
        assert_eq!(taker.take_unless(&cancelled, None), None, "it was cancelled before");
        let (_giver, taker) = handover::<()>();
        assert_eq!(taker.take(Instant::now().checked_add(Duration::from_millis(10))), None);
    }
}
