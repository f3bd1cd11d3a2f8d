//! Moments that nobody chose, for whatever is to be killed at any of them.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Numbers that are others in each run. What they come from is printed.
pub(crate) struct Chance(u64);

impl Chance {
    /// Several in one test have each a salt of its own.
    pub(crate) fn new(salt: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let seed = u64::try_from(now.as_nanos() & u128::from(u64::MAX)).expect("64 bits") ^ salt;
        eprintln!("the seed is {seed}");
        Self(seed | 1)
    }

    /// Marsaglia's xorshift.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// One of the next so many milliseconds.
    pub(crate) fn moment(&mut self, milliseconds: u64) -> Instant {
        Instant::now() + Duration::from_millis(self.below(milliseconds))
    }
}
