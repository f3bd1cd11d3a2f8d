//! Where the events of a window are, by their ids.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// Where an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Its number in the order of the present run, or what it had there before it was settled.
    Order(u64),
    /// Its index among those of earlier runs.
    Earlier(usize),
}

/// The places of ids, each under its hash alone. Two ids may have one hash, though nobody can say which: who
/// finds a place looks there for the id.
///
/// To look an id up reads nothing of those that are in here: their texts were written by one thread, are read by
/// others and lie anywhere, which costs more than all else about an event.
#[derive(Default)]
pub(super) struct Places {
    keys: RandomState,
    places: HashMap<u64, Place, BuildHasherDefault<Hashed>>,
}

/// What an id is known by.
#[derive(Clone, Copy)]
pub(super) struct Key(u64);

impl Places {
    pub(super) fn key(&self, id: &str) -> Key {
        Key(self.keys.hash_one(id))
    }

    pub(super) fn get(&self, key: Key) -> Option<Place> {
        self.places.get(&key.0).copied()
    }

    /// Says where an id is now.
    pub(super) fn insert(&mut self, key: Key, place: Place) {
        self.places.insert(key.0, place);
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn retain(&mut self, mut keeps: impl FnMut(Place) -> bool) {
        self.places.retain(|_, place| keeps(*place));
    }
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// What is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
