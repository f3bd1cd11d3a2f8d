//! From an action's names to its place in the manifest.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::manifest::Action;

/// Both names of each action, so that a call costs the same with 1 or 1,000 of them.
pub(super) struct Names(HashMap<Box<str>, usize, BuildHasherDefault<Fnv>>);

impl Names {
    pub(super) fn of(actions: &[Action]) -> Self {
        let mut places = HashMap::with_capacity_and_hasher(actions.len() * 2, BuildHasherDefault::default());
        // Names go in last: where one action's command is another's name, the name is meant.
        for (place, action) in actions.iter().enumerate() {
            places.insert(action.command.as_str().into(), place);
        }
        for (place, action) in actions.iter().enumerate() {
            places.insert(action.name.as_str().into(), place);
        }
        Self(places)
    }

    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.0.get(name).copied()
    }
}

/// FNV-1a, 64 bits. Names are short, and those in the table are the connector's own: nobody who calls can make
/// them collide.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.0 =
            bytes.iter().fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
