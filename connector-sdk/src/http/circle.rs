//! Notices that a list of pages leads in a circle, in as much memory for a million pages as for a thousand.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

/// How many of the latest places are remembered: a circle that is shorter is noticed as soon as it is closed, or once
/// more round it.
const LATEST: usize = 1024;

/// The places that a list led to.
#[derive(Default)]
pub(super) struct Trail {
    hasher: RandomState,
    /// Hashes of the latest of them; forgotten when they are too many.
    latest: HashSet<u64>,
    /// The hash of one further back. It is another one after 1, 2, 4 and so on places, so that there is always enough
    /// time for any circle to come back to it (R. P. Brent, "An improved Monte Carlo factorization algorithm", 1980).
    anchor: u64,
    passed: u64,
}

impl Trail {
    /// Goes on to a place, and says whether it is one that was passed before.
    pub(super) fn returns_to(&mut self, place: &str) -> bool {
        let hash = self.hasher.hash_one(place);
        if self.passed > 0 && hash == self.anchor {
            return true;
        }
        self.passed += 1;
        if self.passed.is_power_of_two() {
            self.anchor = hash;
        }
        if self.latest.len() == LATEST {
            self.latest.clear();
        }
        !self.latest.insert(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many places it is noticed that they come again in a circle, which begins after some.
    fn noticed_after(before: usize, circle: usize) -> usize {
        let mut trail = Trail::default();
        let place = |at: usize| if at < before { at } else { before + (at - before) % circle };
        (0..).find(|at| trail.returns_to(&place(*at).to_string())).expect("a circle")
    }

    #[test]
    fn circles_are_noticed_and_nothing_else() {
        for (before, circle) in [(0, 1), (0, 2), (5, 3), (100, 900)] {
            assert_eq!(noticed_after(before, circle), before + circle, "{before} {circle}");
        }
        for (before, circle) in [(2000, 1000), (0, 5000), (5000, 1), (3000, 3000)] {
            let noticed = noticed_after(before, circle);
            assert!(
                noticed >= before + circle && noticed <= 4 * (before + circle),
                "{before} {circle}: {noticed}"
            );
        }
        let mut trail = Trail::default();
        assert!(!(0..100_000).any(|place| trail.returns_to(&place.to_string())));
        assert!(trail.latest.len() <= LATEST);
    }
}
