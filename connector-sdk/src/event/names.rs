//! The ids and cursors of many events in one piece of memory.

use std::fmt;
use std::sync::Arc;

/// The most bytes of an id or a cursor: a host says both of an event in one line, which has its limit.
pub(super) const MOST: usize = 64 * 1024;

/// A place in the names or the payloads of those that came together, which their limits keep far below 4 GiB.
pub(super) fn place(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The id and the cursor of an event, cheap to clone and to keep.
///
/// Events that come together share the memory of theirs, since a million small pieces that one thread takes
/// and another gives back cost more than everything else that is done with an event.
#[derive(Clone)]
pub(super) struct Names {
    of: Arc<String>,
    from: u32,
    middle: u32,
    to: u32,
}

impl Names {
    pub(super) fn new(id: &str, cursor: &str) -> Self {
        let of = Arc::new([id, cursor].concat());
        Self { from: 0, middle: place(id.len()), to: place(of.len()), of }
    }

    /// Those that lie one after the other in a text, given where each id and each cursor ends.
    pub(super) fn of_all(of: String, ends: impl Iterator<Item = (u32, u32)>) -> impl Iterator<Item = Self> {
        let of = Arc::new(of);
        let mut from = 0;
        ends.map(move |(middle, to)| {
            let names = Self { of: Arc::clone(&of), from, middle, to };
            from = to;
            names
        })
    }

    pub(super) fn id(&self) -> &str {
        self.of.get(self.from as usize..self.middle as usize).unwrap_or_default()
    }

    pub(super) fn cursor(&self) -> &str {
        self.of.get(self.middle as usize..self.to as usize).unwrap_or_default()
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id() && self.cursor() == other.cursor()
    }
}

impl Eq for Names {}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").field("id", &self.id()).field("cursor", &self.cursor()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_share_memory_are_themselves() {
        let all: Vec<Names> =
            Names::of_all("e1äe27".to_owned(), [(2, 4), (6, 7), (7, 7)].into_iter()).collect();
        let parts: Vec<_> = all.iter().map(|names| (names.id(), names.cursor())).collect();
        assert_eq!(parts, [("e1", "ä"), ("e2", "7"), ("", "")]);
        assert_eq!(all[1], Names::new("e2", "7"));
        assert_ne!(all[1], Names::new("e", "27"));
    }
}
