//! How long to wait before the method is started again.

use std::time::Duration;

/// Waits that double with each failure, and of which a random part is waited: hosts that lost a service
/// at the same moment don't come back at the same moment.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    pub(super) fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, next: first }
    }

    /// It went well for a while.
    pub(super) fn reset(&mut self) {
        self.next = self.first;
    }

    /// The next wait. What a service asks for is waited at least, and not much longer.
    pub(super) fn wait(&mut self, asked: Option<Duration>) -> Duration {
        let most = self.next.min(self.longest);
        self.next = most.saturating_mul(2);
        let random = most.mul_f64(fastrand::f64());
        match asked {
            Some(asked) => asked.saturating_add(random.min(self.first)),
            None => random,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_begin_anew() {
        let seconds = Duration::from_secs;
        let most = |backoff: &Backoff| (0..500).map(|_| backoff.clone().wait(None)).max().expect("many");
        let mut backoff = Backoff::new(seconds(1), seconds(60));
        for expected in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            let most = most(&backoff);
            assert!(
                most <= seconds(expected) && most > seconds(expected).mul_f64(0.9),
                "{most:?} of {expected}"
            );
            backoff.wait(None);
        }
        backoff.reset();
        assert!(most(&backoff) <= seconds(1));
    }

    #[test]
    fn what_a_service_asks_for_is_waited() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
        for _ in 0..100 {
            let wait = backoff.wait(Some(Duration::from_secs(7)));
            assert!((7.0..=8.0).contains(&wait.as_secs_f64()), "{wait:?}");
        }
        assert_eq!(backoff.wait(Some(Duration::MAX)), Duration::MAX);
    }
}
