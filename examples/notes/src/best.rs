//! The first few of many, in bounded memory.

use std::collections::BTreeMap;

/// Keeps the values of the smallest keys, however many are offered. Keys are unique.
pub(crate) struct Best<K, V> {
    limit: usize,
    kept: BTreeMap<K, V>,
}

impl<K: Ord, V> Best<K, V> {
    pub(crate) fn new(limit: u32) -> Self {
        Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), kept: BTreeMap::new() }
    }

    pub(crate) fn offer(&mut self, key: K, value: V) {
        self.kept.insert(key, value);
        if self.kept.len() > self.limit {
            self.kept.pop_last();
        }
    }

    /// The values, in the order of their keys.
    pub(crate) fn into_values(self) -> impl Iterator<Item = V> {
        self.kept.into_values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_the_smallest_and_no_more() {
        let mut best = Best::new(3);
        for key in [5, 1, 9, 3, 7, 2] {
            best.offer(key, key * 10);
            assert!(best.kept.len() <= 3);
        }
        assert_eq!(best.into_values().collect::<Vec<_>>(), [10, 20, 30]);
    }
}
