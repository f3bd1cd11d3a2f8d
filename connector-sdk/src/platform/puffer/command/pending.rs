//! Events of a program that has heard nothing of them, as lines of acknowledgements in the end.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use super::super::frames::string;

/// How many bytes of ids and cursors may wait here, for a host that acknowledges and a program that reads that.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// What an event takes besides its texts.
const EACH: usize = 64;

/// So many bytes of lines are made at a time, and the line that goes beyond.
const MOST_AT_ONCE: usize = 256 * 1024;

/// Events in the order in which the program wrote them, each of them once.
#[derive(Default)]
pub(super) struct Pending {
    /// Ids and cursors.
    events: VecDeque<(Arc<str>, String)>,
    known: HashSet<Arc<str>>,
    bytes: usize,
}

impl Pending {
    /// One more event. One that the program has told before, and heard nothing of, is acknowledged once for both.
    pub(super) fn push(&mut self, id: &str, cursor: String) {
        let id: Arc<str> = id.into();
        if self.known.insert(Arc::clone(&id)) {
            self.bytes += size(&id, &cursor);
            self.events.push_back((id, cursor));
        }
    }

    /// Their ids, the oldest first.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.events.iter().map(|(id, _)| &**id)
    }

    /// Takes some of the oldest `count`, and says how many, with the lines that acknowledge them.
    pub(super) fn take(&mut self, count: usize) -> (usize, Vec<u8>) {
        let (mut taken, mut lines) = (0, Vec::with_capacity(count.min(1024) * 64));
        while taken < count && lines.len() < MOST_AT_ONCE {
            let Some((id, cursor)) = self.events.pop_front() else { break };
            self.known.remove(&id);
            self.bytes -= size(&id, &cursor);
            lines.extend_from_slice(br#"{"op":"ack","cursor":"#);
            string(&cursor, &mut lines);
            lines.extend_from_slice(br#","event_id":"#);
            string(&id, &mut lines);
            lines.extend_from_slice(b"}\n");
            taken += 1;
        }
        (taken, lines)
    }

    /// Whether there is more than may wait for a program that doesn't read.
    pub(super) fn is_too_much(&self) -> bool {
        self.bytes > MOST_BYTES
    }
}

fn size(id: &str, cursor: &str) -> usize {
    id.len() + cursor.len() + EACH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_is_told_twice_waits_once() {
        let mut pending = Pending::default();
        for id in ["a", "b", "a", "b"] {
            pending.push(id, format!("after {id}"));
        }
        assert_eq!(pending.ids().collect::<Vec<_>>(), ["a", "b"]);
        let (taken, lines) = pending.take(1);
        assert_eq!(
            (taken, &*lines),
            (1, &b"{\"op\":\"ack\",\"cursor\":\"after a\",\"event_id\":\"a\"}\n"[..])
        );
        // It has heard of that one, and tells it again.
        pending.push("a", "later".to_owned());
        assert_eq!(pending.ids().collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(pending.take(7).0, 2);
        assert_eq!((pending.take(1).0, pending.bytes, pending.known.len()), (0, 0, 0));
    }

    #[test]
    fn much_is_taken_in_parts() {
        let mut pending = Pending::default();
        let cursor = "x".repeat(64 * 1024);
        for n in 0..MOST_BYTES / (cursor.len() + 2 * EACH) {
            assert!(!pending.is_too_much(), "{n}");
            pending.push(&n.to_string(), cursor.clone());
        }
        for n in ["one", "more", "and another"] {
            pending.push(n, cursor.clone());
        }
        assert!(pending.is_too_much());
        let (taken, lines) = pending.take(usize::MAX);
        assert!(taken < 5 && lines.len() < MOST_AT_ONCE + 2 * cursor.len(), "{taken}");
        assert!(!pending.is_too_much());
    }
}
