//! How often a service may be asked.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::{Duration, Instant};

use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::{Error, Result};

/// So many requests in such a time: `"30/min"`, `"10/s"`, `"5000/h"`, `"1000/day"`.
///
/// It is what is kept to in the long run. Of `30/min`, 30 requests may be sent at once after a pause, and then one every
/// two seconds: so in the minute that begins with them there are up to 59. Where a service counts by the minute and
/// refuses what is beyond, half of what it allows is a rate that it never refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    requests: NonZeroU32,
    per: Duration,
}

impl Rate {
    /// That many requests in that time.
    pub const fn new(requests: NonZeroU32, per: Duration) -> Self {
        Self { requests, per }
    }
}

impl FromStr for Rate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::setup("a rate is a number and a time, such as `30/min`; the times are s, min, h and day")
        };
        let (requests, per) = text.split_once('/').ok_or_else(wrong)?;
        let seconds = match per.trim() {
            "s" | "sec" | "second" => 1,
            "min" | "minute" => 60,
            "h" | "hour" => 60 * 60,
            "d" | "day" => 24 * 60 * 60,
            _ => return Err(wrong()),
        };
        let requests = requests.trim().parse().map_err(|_| wrong())?;
        Ok(Self::new(requests, Duration::from_secs(seconds)))
    }
}

/// Keeps to a rate. What was not used yet may be used at once, up to the whole of it.
pub(crate) struct Limiter {
    limiter: RateLimiter<NotKeyed, InMemoryState, MonotonicClock, NoOpMiddleware<std::time::Instant>>,
    clock: MonotonicClock,
}

impl Limiter {
    pub(crate) fn new(rate: Rate) -> Self {
        let clock = MonotonicClock;
        let between = rate.per / rate.requests.get();
        // A rate beyond one a nanosecond is none.
        let quota = Quota::with_period(between.max(Duration::from_nanos(1)))
            .unwrap_or_else(|| Quota::per_second(rate.requests))
            .allow_burst(rate.requests);
        Self { limiter: RateLimiter::direct_with_clock(quota, clock.clone()), clock }
    }

    /// Waits for its turn.
    ///
    /// # Errors
    ///
    /// `rate_limited` where the turn comes after the deadline; nothing is waited for then.
    pub(super) async fn turn(&self, deadline: Option<Instant>) -> Result<()> {
        while let Err(not_yet) = self.limiter.check() {
            let wait = not_yet.wait_time_from(self.clock.now());
            if deadline.is_some_and(|deadline| Instant::now() + wait >= deadline) {
                return Err(Error::rate_limited("the rate that this connector keeps to is used up")
                    .with_retry_after(wait));
            }
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn a_rate_is_read() {
        let rate = |text: &str| text.parse::<Rate>();
        assert_eq!(
            rate("30/min").expect("a rate"),
            Rate::new(NonZeroU32::new(30).expect("30"), Duration::from_secs(60))
        );
        assert_eq!(rate(" 5 / h ").expect("a rate").per, Duration::from_secs(3600));
        for wrong in ["", "30", "30/fortnight", "0/min", "-1/s", "x/s", "30/min/2"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn what_is_beyond_the_rate_waits_or_is_refused() {
        let limiter = Limiter::new("2/h".parse().expect("a rate"));
        let soon = Some(Instant::now() + Duration::from_millis(50));
        for _ in 0..2 {
            limiter.turn(soon).await.expect("within the rate");
        }
        let error = limiter.turn(soon).await.expect_err("used up");
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(error.retry_after().is_some_and(|wait| wait > Duration::from_secs(1000)));
        let quick = Limiter::new("100/s".parse().expect("a rate"));
        for _ in 0..105 {
            quick.turn(None).await.expect("its turn comes");
        }
    }
}
