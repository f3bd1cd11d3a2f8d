//! What was taken out of the outbox: whose turn it is.
//!
//! A conversation's messages keep their order, so a message that has to be tried again holds up those after it, and
//! nobody else: while it waits it takes no place among those that are on their way.

use std::collections::{HashSet, VecDeque};

use tokio::time::Instant;

use super::outbox::Claimed;

/// A message that was taken, and what came of it up to now.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) claimed: Claimed,
    /// How often its delivery was begun.
    pub(super) times: u32,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Claimed>,
    /// Those that are tried again at that time.
    resting: Vec<(Instant, Tried)>,
    /// Of which a message is on its way or rests.
    busy: HashSet<String>,
}

impl Queue {
    /// Adds what was taken after all that is there.
    pub(super) fn extend(&mut self, taken: impl IntoIterator<Item = Claimed>) {
        self.waiting.extend(taken);
    }

    /// How many wait, be it for their turn or for another time.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.resting.len()
    }

    /// Takes the next whose turn it is. Its conversation is busy until it is [`done`](Self::done).
    pub(super) fn next(&mut self) -> Option<Tried> {
        let now = Instant::now();
        if let Some(due) = self.resting.iter().position(|(at, _)| *at <= now) {
            return Some(self.resting.swap_remove(due).1);
        }
        let claimed = self.waiting.remove(self.place()?)?;
        self.busy.insert(claimed.conversation.clone());
        Some(Tried { claimed, times: 0 })
    }

    /// Whether something waits whose conversation nothing else of is on its way.
    pub(super) fn has_next(&self) -> bool {
        self.place().is_some()
    }

    fn place(&self) -> Option<usize> {
        self.waiting.iter().position(|claimed| !self.busy.contains(&claimed.conversation))
    }

    /// When the first that rests is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.resting.iter().map(|(at, _)| *at).min()
    }

    /// A message is tried again at that time.
    pub(super) fn rest(&mut self, tried: Tried, until: Instant) {
        self.resting.push((until, tried));
    }

    /// Nothing more is to be done about a message of that conversation.
    pub(super) fn done(&mut self, conversation: &str) {
        self.busy.remove(conversation);
    }
}
