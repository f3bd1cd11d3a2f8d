//! When a request is sent once more.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// What a service may ask for is waited by a call without a deadline up to this, lest it wait for hours.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// How a request is sent again after a failure that may pass: 429, 502, 503, 504, 529, a 403 that says
/// that a rate is used up, and connections that broke before the head of an answer came. Of actions that are one
/// request and have a result, and of [`Pages`](super::Pages), the body is a part of the attempt; a method that reads an
/// answer itself learns by an `unavailable` error that its body broke off.
///
/// A request that changes something is only sent again where that can do no harm: its method is
/// idempotent (RFC 9110, section 9.2.2) or it has an idempotency key. One whose connection was never made
/// always is.
///
/// All attempts end with the deadline of their call. The wait is what the service asked for (`Retry-After`,
/// `x-ratelimit-reset`), else, or where it asked for next to nothing, a random part of a time that doubles from half a
/// second to a minute. A wait that is longer than the call may last is not begun, nor one of more than a minute where
/// the call may last for ever: the error then says how long it would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    within: Option<Duration>,
    first: Duration,
    longest: Duration,
}

impl Retry {
    /// Six attempts, for work that nobody waits for.
    pub const fn background() -> Self {
        Self {
            attempts: 6,
            within: None,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(60),
        }
    }

    /// Four attempts in at most seven seconds, for checks that somebody waits for.
    pub const fn check() -> Self {
        Self { attempts: 4, within: Some(Duration::from_secs(7)), ..Self::background() }
    }

    /// One attempt.
    pub const fn never() -> Self {
        Self { attempts: 1, ..Self::background() }
    }

    /// At most that many attempts, the first included.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// All attempts together, waits included, take no longer than that.
    #[must_use]
    pub const fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// The first wait, which doubles with each attempt up to `longest`.
    #[must_use]
    pub const fn waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest;
        self
    }

    /// How long all attempts together may take, where that is said.
    pub(super) const fn whole(&self) -> Option<Duration> {
        self.within
    }

    /// How long to wait before the next attempt; none: there is none.
    ///
    /// `made` attempts have failed since the request began `elapsed` ago, `asked` is what the service
    /// asks for, and `left` what is left until the deadline.
    pub(super) fn wait(
        &self,
        made: u32,
        elapsed: Duration,
        asked: Option<Duration>,
        left: Option<Duration>,
    ) -> Option<Duration> {
        if made >= self.attempts {
            return None;
        }
        let most = self.first.saturating_mul(1 << (made - 1).min(20)).min(self.longest);
        let usual = most.mul_f64(fastrand::f64());
        let wait = match asked {
            Some(asked) if asked >= self.first => asked,
            // A service that asks for no time, or for one that is over by a clock that is fast, gets some still.
            Some(asked) => usual.max(asked),
            None => usual,
        };
        if left.is_none() && self.within.is_none() && wait > LONGEST_ASKED.max(self.longest) {
            return None;
        }
        let fits = |limit: Option<Duration>| limit.is_none_or(|limit| wait < limit);
        let within = self.within.map(|within| within.saturating_sub(elapsed));
        (fits(left) && fits(within)).then_some(wait)
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self::background()
    }
}

/// How much of a rate is left, and when it begins anew: as most write it, and as an IETF draft does
/// (draft-ietf-httpapi-ratelimit-headers).
const LIMITS: [(&str, &str); 2] =
    [("x-ratelimit-remaining", "x-ratelimit-reset"), ("ratelimit-remaining", "ratelimit-reset")];

/// Whether an answer says that the same request may do better later.
pub(super) fn may_pass(status: StatusCode, headers: &HeaderMap) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504 | 529) || is_rate_limit(status, headers)
}

/// Whether a refusal is one of a rate limit (GitHub answers 403 for its own).
pub(super) fn is_rate_limit(status: StatusCode, headers: &HeaderMap) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
        || (status == StatusCode::FORBIDDEN
            && (headers.contains_key(RETRY_AFTER)
                || LIMITS.iter().any(|(remaining, _)| text(headers, remaining) == Some("0"))))
}

/// How long a service asks to be left alone.
pub(super) fn asked(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let after = text(headers, RETRY_AFTER.as_str());
    if let Some(wait) = after.and_then(seconds) {
        return Some(wait);
    }
    if let Some(date) = after.and_then(|text| httpdate::parse_http_date(text).ok()) {
        return Some(date.duration_since(now).unwrap_or_default());
    }
    // A reset says nothing of when to come back while there is some of the rate left.
    let used_up =
        LIMITS.iter().filter(|(remaining, _)| text(headers, remaining).is_none_or(|left| left == "0"));
    let mut reset = used_up.filter_map(|(_, reset)| text(headers, reset)).find_map(seconds)?;
    // No time in seconds is that late, nor in milliseconds that early.
    const IN_MILLISECONDS: Duration = Duration::from_secs(100_000_000_000);
    if reset >= IN_MILLISECONDS {
        reset /= 1000;
    }
    // Some say in how many seconds, others when (in Unix time).
    const AN_AGE: Duration = Duration::from_secs(1_000_000_000);
    if reset < AN_AGE {
        return Some(reset);
    }
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    Some(reset.saturating_sub(now))
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn a_service_asks_in_several_ways() {
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let wait = |pairs: &[(&'static str, &str)]| asked(&headers(pairs), now).map(|wait| wait.as_millis());
        assert_eq!(wait(&[("retry-after", "3")]), Some(3000));
        assert_eq!(wait(&[("retry-after", "0.25")]), Some(250));
        assert_eq!(wait(&[("retry-after", "Tue, 14 Nov 2023 22:13:30 GMT")]), Some(10_000));
        assert_eq!(wait(&[("retry-after", "Tue, 14 Nov 2000 22:13:30 GMT")]), Some(0));
        assert_eq!(wait(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1700000007")]), Some(7000));
        assert_eq!(wait(&[("x-ratelimit-reset", "1700000007500")]), Some(7500), "in milliseconds");
        assert_eq!(wait(&[("x-ratelimit-reset", "12")]), Some(12_000));
        assert_eq!(wait(&[("x-ratelimit-remaining", "5"), ("x-ratelimit-reset", "12")]), None);
        assert_eq!(wait(&[("ratelimit-remaining", "0"), ("ratelimit-reset", "55")]), Some(55_000));
        assert_eq!(wait(&[("ratelimit-remaining", "99"), ("ratelimit-reset", "55")]), None);
        let both =
            [("x-ratelimit-remaining", "5"), ("x-ratelimit-reset", "12"), ("ratelimit-remaining", "0")];
        assert_eq!(wait(&[&both[..], &[("ratelimit-reset", "55")]].concat()), Some(55_000));
        for nothing in
            [&[("retry-after", "soon")][..], &[("retry-after", "-1")], &[("retry-after", "NaN")], &[]]
        {
            assert_eq!(wait(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn waits_grow_and_fit() {
        let retry = Retry::background();
        // Any part of twice the time: one of 200 is surely in either half of it.
        for (made, most) in [(1, 500), (2, 1000), (3, 2000), (4, 4000), (5, 8000)] {
            let most = Duration::from_millis(most);
            let waits = (0..200).filter_map(|_| retry.wait(made, Duration::ZERO, None, None));
            let (shortest, longest) = (waits.clone().min(), waits.max());
            assert!(longest > Some(most / 2) && longest <= Some(most), "{made}: {longest:?}");
            assert!(shortest.is_some_and(|shortest| shortest < most / 2), "{made}: {shortest:?}");
        }
        assert_eq!(retry.wait(6, Duration::ZERO, None, None), None, "six attempts were made");
        let asked = Some(Duration::from_secs(5));
        assert_eq!(retry.wait(1, Duration::ZERO, asked, None), asked);
        assert_eq!(retry.wait(1, Duration::ZERO, asked, Some(Duration::from_secs(4))), None, "too long");
        let second = Some(Duration::from_secs(1));
        assert_eq!(retry.wait(5, Duration::ZERO, second, Some(Duration::from_secs(3))), second, "it fits");
        assert_eq!(
            Retry::check().wait(1, Duration::from_secs(3), asked, None),
            None,
            "over its seven seconds"
        );
        let hour = Duration::from_secs(3600);
        assert_eq!(retry.wait(1, Duration::ZERO, Some(hour), None), None, "nobody waits that long");
        assert_eq!(retry.wait(1, Duration::ZERO, Some(hour), Some(hour * 2)), Some(hour), "but who says so");
        let minute = Some(Duration::from_secs(60));
        assert_eq!(retry.wait(1, Duration::ZERO, minute, None), minute);
        assert_eq!(Retry::never().wait(1, Duration::ZERO, None, None), None);
        let now = Some(Duration::ZERO);
        let most = (0..200).filter_map(|_| retry.wait(1, Duration::ZERO, now, None)).max();
        assert!(most > Some(Duration::from_millis(250)), "attempts go back to back");
        assert!(
            Retry::background().attempts(100).wait(99, Duration::ZERO, None, None)
                <= Some(Duration::from_secs(60))
        );
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let none = HeaderMap::new();
        for status in [429, 502, 503, 504, 529] {
            assert!(may_pass(StatusCode::from_u16(status).expect("a status"), &none), "{status}");
        }
        for status in [400, 401, 403, 404, 409, 422, 500, 501] {
            assert!(!may_pass(StatusCode::from_u16(status).expect("a status"), &none), "{status}");
        }
        for remaining in ["x-ratelimit-remaining", "ratelimit-remaining"] {
            assert!(may_pass(StatusCode::FORBIDDEN, &headers(&[(remaining, "0")])), "{remaining}");
            assert!(!may_pass(StatusCode::FORBIDDEN, &headers(&[(remaining, "1")])), "{remaining}");
        }
    }
}
