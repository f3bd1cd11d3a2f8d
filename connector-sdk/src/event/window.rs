//! Which events were sent and which of them are acknowledged; from that, the cursor that is safe to store.
//!
//! Plain data without a clock or a task, so that every order of acknowledgements can be tried in a test.

use std::collections::VecDeque;
use std::sync::Arc;

use super::names::Names;
use super::places::{Key, Place, Places};

/// How many times the window's size may lie between the oldest unacknowledged event and the newest. A
/// host that never acknowledges one event stops the stream there and not before.
const SPAN: usize = 16;

/// How many events may lie there whatever the window's size is, unless that alone is more: each is kept in memory.
const MOST_SPAN: usize = 100_000;

/// How many events may lie between the oldest unacknowledged one and the newest with a window of that size.
pub(super) fn span(window: usize) -> usize {
    window.saturating_mul(SPAN).min(window.max(MOST_SPAN))
}

/// The events of a subscription that may still be acknowledged or come again.
#[derive(Debug)]
pub(super) struct Window {
    limit: usize,
    places: Places,
    /// What the present run of the method brought, in its order, from the first that isn't settled.
    order: VecDeque<Brought>,
    /// How many were settled so far, which is the number of the first in `order`. A restart gives out the numbers from
    /// here on anew, so it leaves no place with one of them.
    first: u64,
    /// What earlier runs brought and this one hasn't yet.
    earlier: Vec<Brought>,
    /// The latest that are acknowledged and before the safe cursor, the last of them just before `first`: a run that
    /// begins a little before it brings them again.
    settled: VecDeque<Names>,
    /// A checkpoint before the first in `order`, where `earlier` holds it up.
    held: Option<Arc<str>>,
    /// How many were sent and are not acknowledged.
    outstanding: usize,
    /// Those of them that are in `earlier`.
    stranded: usize,
    /// How many were sent so far, whichever run brought them.
    sent: u64,
    /// The safe cursor where it isn't that of the last in `settled`: where it all began, or a checkpoint after that.
    reached: Option<Arc<str>>,
    checkpoint: Option<Arc<str>>,
}

#[derive(Debug)]
struct Brought {
    names: Names,
    /// The checkpoint between it and the next.
    checkpoint: Option<Arc<str>>,
    /// How many were sent before it. It keeps that where a later run brings it again: in this order the host got them.
    sent: u64,
    acknowledged: bool,
}

/// What becomes of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// It is to be sent.
    Send,
    /// It was sent already.
    Duplicate,
    /// Too many are unacknowledged.
    Full,
}

impl Window {
    /// A window of `limit` events that begins after a cursor.
    pub(super) fn new(limit: usize, since: Option<&str>) -> Self {
        Self {
            limit: limit.max(1),
            places: Places::default(),
            order: VecDeque::new(),
            first: 0,
            earlier: Vec::new(),
            settled: VecDeque::new(),
            held: None,
            outstanding: 0,
            stranded: 0,
            sent: 0,
            reached: since.map(Arc::from),
            checkpoint: None,
        }
    }

    /// The cursor before the oldest event that isn't acknowledged.
    pub(super) fn safe(&self) -> Option<&str> {
        self.reached.as_deref().or_else(|| self.settled.back().map(Names::cursor))
    }

    /// How many events were sent and are not acknowledged.
    pub(super) fn outstanding(&self) -> usize {
        self.outstanding
    }

    /// Whether an event was never brought, or long ago.
    pub(super) fn is_new(&self, id: &str) -> bool {
        self.find(id).is_none()
    }

    /// Whether an event was brought and nobody has acknowledged it.
    pub(super) fn is_outstanding(&self, id: &str) -> bool {
        let brought = self.find(id).and_then(|place| self.brought(place));
        brought.is_some_and(|brought| !brought.acknowledged)
    }

    /// How many events there is room for.
    pub(super) fn room(&self) -> usize {
        self.limit.saturating_sub(self.outstanding).min(self.span().saturating_sub(self.order.len()))
    }

    /// How many events may lie from the oldest unacknowledged one to the newest.
    fn span(&self) -> usize {
        span(self.limit)
    }

    /// A new run of the method begins at the safe cursor. What it brings is in its own order.
    pub(super) fn restart(&mut self) {
        self.earlier.retain(|brought| !brought.acknowledged);
        self.earlier.extend(self.order.drain(..));
        self.held = None;
        // Acknowledged ones that no run brought again are forgotten with their places.
        // None of the run that is over stays: its numbers are given out again.
        let first = self.first;
        self.places.retain(|place| matches!(place, Place::Order(number) if number < first));
        self.stranded = 0;
        for (at, brought) in self.earlier.iter().enumerate() {
            self.places.insert(self.places.key(brought.names.id()), Place::Earlier(at));
            self.stranded += usize::from(!brought.acknowledged);
        }
    }

    /// Takes an event that the method brings.
    pub(super) fn offer(&mut self, names: &Names) -> Offer {
        let key = self.places.key(names.id());
        match self.look_up(key, names.id()) {
            Some(Place::Order(_)) => Offer::Duplicate,
            Some(Place::Earlier(at)) => {
                // Its place is where this run brings it: the cursors between are this run's.
                let earlier = &mut self.earlier[at];
                let (acknowledged, sent) = (std::mem::replace(&mut earlier.acknowledged, true), earlier.sent);
                self.stranded -= usize::from(!acknowledged);
                self.bring(key, names, sent, acknowledged);
                self.advance();
                Offer::Duplicate
            }
            None if self.room() == 0 => Offer::Full,
            None => {
                self.bring(key, names, self.sent, false);
                self.sent += 1;
                self.outstanding += 1;
                Offer::Send
            }
        }
    }

    fn bring(&mut self, key: Key, names: &Names, sent: u64, acknowledged: bool) {
        let number = self.first + self.order.len() as u64;
        self.order.push_back(Brought { names: names.clone(), checkpoint: None, sent, acknowledged });
        self.places.insert(key, Place::Order(number));
        // What is settled for long is forgotten here, all at once: whoever acknowledges has other things in its
        // processor's cache than these.
        if self.places.len() > 2 * (self.order.len() + self.settled.len() + self.earlier.len()) + 64 {
            let oldest = self.first - self.settled.len() as u64;
            self.places.retain(|place| !matches!(place, Place::Order(number) if number < oldest));
        }
    }

    /// The method has brought everything up to that cursor.
    pub(super) fn mark(&mut self, cursor: &str) {
        let place = self.order.back_mut().map_or(&mut self.held, |last| &mut last.checkpoint);
        *place = Some(cursor.into());
        self.advance();
    }

    /// An event is done with. Says whether it was outstanding.
    pub(super) fn acknowledge(&mut self, id: &str) -> bool {
        // Most hosts deal with one after the other.
        let place = match self.order.front() {
            Some(first) if !first.acknowledged && first.names.id() == id => Some(Place::Order(self.first)),
            _ => self.find(id),
        };
        let (brought, is_earlier) = match place {
            Some(Place::Order(number)) => (self.index(number).and_then(|at| self.order.get_mut(at)), false),
            Some(Place::Earlier(at)) => (self.earlier.get_mut(at), true),
            None => (None, false),
        };
        let Some(brought) = brought.filter(|brought| !brought.acknowledged) else { return false };
        brought.acknowledged = true;
        self.outstanding -= 1;
        self.stranded -= usize::from(is_earlier);
        self.advance();
        true
    }

    /// Everything up to the last event with that cursor is done with, in the order in which they were sent. Says whether
    /// anything was outstanding.
    pub(super) fn acknowledge_cursor(&mut self, cursor: &str) -> bool {
        let all = self.earlier.iter().chain(&self.order);
        // A run may have brought only some of what was sent before, so its own order says nothing of that.
        let named = all.filter(|brought| brought.names.cursor() == cursor);
        let Some(last) = named.map(|brought| brought.sent).max() else { return false };
        let upto = |brought: &&mut Brought| !brought.acknowledged && brought.sent <= last;
        let mut done = 0;
        for brought in self.order.iter_mut().filter(upto) {
            brought.acknowledged = true;
            done += 1;
        }
        for brought in self.earlier.iter_mut().filter(upto) {
            brought.acknowledged = true;
            self.stranded -= 1;
            done += 1;
        }
        self.outstanding -= done;
        self.advance();
        done > 0
    }

    /// A cursor that may be stored although no event has it, once: everything before it is done with.
    pub(super) fn take_checkpoint(&mut self) -> Option<Arc<str>> {
        self.checkpoint.take().filter(|_| self.outstanding == 0)
    }

    /// Where an event is that was brought and not forgotten.
    fn find(&self, id: &str) -> Option<Place> {
        self.look_up(self.places.key(id), id)
    }

    fn look_up(&self, key: Key, id: &str) -> Option<Place> {
        let place = self.places.get(key)?;
        match self.id_at(place) {
            Some(known) if known == id => Some(place),
            // Another one has its hash, which happens once in 10^15 events or more.
            Some(_) => self.search(id),
            None => None,
        }
    }

    fn id_at(&self, place: Place) -> Option<&str> {
        if let Some(brought) = self.brought(place) {
            return Some(brought.names.id());
        }
        let Place::Order(number) = place else { return None };
        let back = usize::try_from(self.first.checked_sub(number)?).ok()?;
        self.settled.get(self.settled.len().checked_sub(back)?).map(Names::id)
    }

    /// What lies at a place, unless it is settled.
    fn brought(&self, place: Place) -> Option<&Brought> {
        match place {
            Place::Order(number) => self.order.get(self.index(number)?),
            Place::Earlier(at) => self.earlier.get(at),
        }
    }

    #[cold]
    fn search(&self, id: &str) -> Option<Place> {
        let is_it = |brought: &Brought| brought.names.id() == id;
        match self.order.iter().position(is_it) {
            Some(at) => Some(Place::Order(self.first + at as u64)),
            None => self.earlier.iter().position(is_it).map(Place::Earlier),
        }
    }

    /// The place in `order` of one that isn't settled.
    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }

    /// Moves the safe cursor over all that is done with.
    fn advance(&mut self) {
        // Who got those and hasn't said so must get them again, and only an earlier cursor leads there.
        if self.stranded > 0 {
            return;
        }
        if let Some(cursor) = self.held.take() {
            self.reach(cursor);
        }
        while self.order.front().is_some_and(|first| first.acknowledged) {
            let Some(first) = self.order.pop_front() else { break };
            self.first += 1;
            self.settled.push_back(first.names);
            if self.settled.len() > self.limit {
                self.settled.pop_front();
            }
            self.reached = None;
            self.checkpoint = None;
            if let Some(cursor) = first.checkpoint {
                self.reach(cursor);
            }
        }
    }

    /// Everything up to a checkpoint is done with.
    fn reach(&mut self, cursor: Arc<str>) {
        self.checkpoint = Some(Arc::clone(&cursor));
        self.reached = Some(cursor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offers the event `n` with the cursor `n`.
    fn offer(window: &mut Window, n: usize) -> Offer {
        window.offer(&Names::new(&format!("e{n}"), &n.to_string()))
    }

    fn safe(window: &Window) -> Option<usize> {
        window.safe().map(|cursor| cursor.parse().expect("a number"))
    }

    fn acknowledge(window: &mut Window, n: usize) -> bool {
        window.acknowledge(&format!("e{n}"))
    }

    #[test]
    fn the_safe_cursor_is_before_the_oldest_unacknowledged_event_in_every_order() {
        // All 720 orders in which six events can be acknowledged.
        for mut order in 0..720 {
            let mut window = Window::new(10, Some("0"));
            (1..=6).for_each(|n| assert_eq!(offer(&mut window, n), Offer::Send));
            let mut left: Vec<usize> = (1..=6).collect();
            for choices in (1..=6).rev() {
                let n = left.remove(order % choices);
                order /= choices;
                assert!(acknowledge(&mut window, n));
                assert!(!acknowledge(&mut window, n), "twice");
                let oldest = left.iter().min().copied().unwrap_or(7);
                assert_eq!(safe(&window), Some(oldest - 1), "{n} acknowledged, {left:?} left");
                assert_eq!(window.outstanding(), left.len());
            }
        }
    }

    #[test]
    fn a_full_window_waits_for_acknowledgements() {
        let mut window = Window::new(2, None);
        assert_eq!([1, 2, 3].map(|n| offer(&mut window, n)), [Offer::Send, Offer::Send, Offer::Full]);
        assert_eq!(offer(&mut window, 1), Offer::Duplicate, "which takes no room");
        assert!(acknowledge(&mut window, 2));
        assert_eq!((offer(&mut window, 3), safe(&window)), (Offer::Send, None));
        assert!(acknowledge(&mut window, 1));
        assert_eq!(safe(&window), Some(2));
    }

    #[test]
    fn one_event_that_is_never_acknowledged_does_not_take_all_memory() {
        let mut window = Window::new(4, None);
        offer(&mut window, 0);
        let sent =
            (1..1000).take_while(|n| offer(&mut window, *n) == Offer::Send && acknowledge(&mut window, *n));
        assert_eq!(sent.count(), 4 * SPAN - 1);
        assert!(window.places.len() <= 4 * SPAN);
        assert!(acknowledge(&mut window, 0));
        assert_eq!((safe(&window), window.outstanding()), (Some(4 * SPAN - 1), 0));
        assert!(window.settled.len() <= 4, "only the latest are remembered");
    }

    #[test]
    fn a_large_window_is_not_kept_many_times() {
        for (limit, span) in [(50_000, MOST_SPAN), (150_000, 150_000), (usize::MAX, usize::MAX)] {
            let window = Window::new(limit, None);
            assert_eq!((window.span(), window.room()), (span, limit));
        }
        let mut window = Window::new(50_000, None);
        offer(&mut window, 0);
        let sent =
            (1..).take_while(|n| offer(&mut window, *n) == Offer::Send && acknowledge(&mut window, *n));
        assert_eq!(sent.count(), MOST_SPAN - 1);
    }

    #[test]
    fn what_was_settled_long_ago_is_forgotten() {
        let mut window = Window::new(4, None);
        for n in 0..10_000 {
            assert_eq!(offer(&mut window, n), Offer::Send);
            assert!(acknowledge(&mut window, n));
        }
        assert!(window.places.len() < 100, "{}", window.places.len());
        let again = [9_999, 9_996, 9_995].map(|n| offer(&mut window, n));
        assert_eq!(again, [Offer::Duplicate, Offer::Duplicate, Offer::Send]);
        assert!(acknowledge(&mut window, 9_995));
    }

    #[test]
    fn ids_with_one_hash_are_told_apart() {
        let mut window = Window::new(10, Some("0"));
        (1..=3).for_each(|n| assert_eq!(offer(&mut window, n), Offer::Send));
        // As if the third had the hash of the second.
        window.places.insert(window.places.key("e2"), Place::Order(2));
        assert_eq!(offer(&mut window, 2), Offer::Duplicate);
        assert!(acknowledge(&mut window, 2));
        assert!(!acknowledge(&mut window, 2));
        assert_eq!(window.outstanding(), 2);
        window.restart();
        window.places.insert(window.places.key("e1"), Place::Earlier(2));
        assert!(window.is_outstanding("e1"));
        assert!(acknowledge(&mut window, 1));
        assert_eq!(offer(&mut window, 1), Offer::Duplicate);
    }

    #[test]
    fn what_a_restart_brings_again_is_not_sent_again() {
        let mut window = Window::new(10, Some("0"));
        (1..=4).for_each(|n| assert_eq!(offer(&mut window, n), Offer::Send));
        acknowledge(&mut window, 1);
        acknowledge(&mut window, 3);
        window.restart();
        assert_eq!((safe(&window), window.outstanding()), (Some(1), 2));
        let again = [1, 2, 3, 4, 5].map(|n| offer(&mut window, n));
        assert_eq!(again[..4], [const { Offer::Duplicate }; 4]);
        assert_eq!(again[4], Offer::Send);
        assert_eq!(safe(&window), Some(1), "2 is not acknowledged");
        acknowledge(&mut window, 2);
        assert_eq!(safe(&window), Some(3));
        acknowledge(&mut window, 5);
        acknowledge(&mut window, 4);
        assert_eq!((safe(&window), window.outstanding()), (Some(5), 0));
    }

    #[test]
    fn a_restart_in_another_order_loses_nothing() {
        let mut window = Window::new(10, Some("0"));
        offer(&mut window, 1);
        offer(&mut window, 3);
        window.restart();
        // The second run finds one that the first missed, before one that the first had brought.
        assert_eq!(
            [1, 2, 3].map(|n| offer(&mut window, n)),
            [Offer::Duplicate, Offer::Send, Offer::Duplicate]
        );
        acknowledge(&mut window, 1);
        acknowledge(&mut window, 3);
        assert_eq!(safe(&window), Some(1), "2 comes after it");
        acknowledge(&mut window, 2);
        assert_eq!(safe(&window), Some(3));
    }

    #[test]
    fn what_only_an_earlier_run_brought_holds_the_cursor_until_it_is_acknowledged() {
        let mut window = Window::new(10, Some("0"));
        offer(&mut window, 1);
        for _ in 0..3 {
            window.restart();
            assert_eq!(window.outstanding(), 1);
        }
        assert_eq!(offer(&mut window, 2), Offer::Send);
        acknowledge(&mut window, 2);
        window.mark("5");
        assert_eq!((safe(&window), window.take_checkpoint()), (Some(0), None));
        acknowledge(&mut window, 1);
        assert_eq!(safe(&window), Some(5));
        assert_eq!(window.take_checkpoint().as_deref(), Some("5"));
    }

    #[test]
    fn a_checkpoint_waits_until_nothing_is_outstanding() {
        let mut window = Window::new(10, None);
        window.mark("1");
        assert_eq!(window.take_checkpoint().as_deref(), Some("1"));
        assert_eq!(window.take_checkpoint(), None, "once");
        offer(&mut window, 2);
        (3..1000).for_each(|n| window.mark(&n.to_string()));
        assert_eq!((window.take_checkpoint(), safe(&window)), (None, Some(1)));
        assert_eq!(window.order.len(), 1, "the latest of them is enough");
        acknowledge(&mut window, 2);
        assert_eq!(window.take_checkpoint().as_deref(), Some("999"));
        window.mark("1000");
        offer(&mut window, 1001);
        assert_eq!(window.take_checkpoint(), None, "an event came before anybody heard of it");
    }

    #[test]
    fn a_cursor_alone_acknowledges_all_before_it() {
        let mut window = Window::new(10, Some("0"));
        (1..=4).for_each(|n| assert_eq!(offer(&mut window, n), Offer::Send));
        assert!(!window.acknowledge_cursor("9"), "nobody knows it");
        assert!(window.acknowledge_cursor("2"));
        assert_eq!((safe(&window), window.outstanding()), (Some(2), 2));
        window.restart();
        offer(&mut window, 5);
        assert!(window.acknowledge_cursor("5"));
        assert!(!window.acknowledge_cursor("5"));
        assert_eq!((safe(&window), window.outstanding()), (Some(5), 0));
    }

    #[test]
    fn a_cursor_alone_acknowledges_nothing_that_was_sent_later() {
        let mut window = Window::new(10, Some("0"));
        (1..=4).for_each(|n| assert_eq!(offer(&mut window, n), Offer::Send));
        window.restart();
        // The host says so before this run has come to the others.
        (1..=2).for_each(|n| assert_eq!(offer(&mut window, n), Offer::Duplicate));
        assert!(window.acknowledge_cursor("2"));
        assert_eq!((safe(&window), window.outstanding()), (Some(0), 2), "3 and 4 are stranded");
        (3..=4).for_each(|n| assert_eq!(offer(&mut window, n), Offer::Duplicate));
        assert_eq!(safe(&window), Some(2));
        // One that the first run missed was sent after those that it brought.
        window.restart();
        for (n, offered) in [(35, Offer::Send), (3, Offer::Duplicate), (4, Offer::Duplicate)] {
            assert_eq!(offer(&mut window, n), offered);
        }
        assert!(window.acknowledge_cursor("4"));
        assert_eq!((safe(&window), window.outstanding()), (Some(2), 1));
        assert!(window.acknowledge_cursor("35"));
        assert_eq!((safe(&window), window.outstanding()), (Some(4), 0));
    }

    #[test]
    fn unknown_events_are_nobodys() {
        let mut window = Window::new(10, Some("0"));
        assert!(!window.acknowledge("who"));
        offer(&mut window, 1);
        assert!(!window.acknowledge(""));
        assert_eq!((safe(&window), window.outstanding()), (Some(0), 1));
    }

    /// Whatever happens in whatever order: no event that isn't acknowledged is before the safe cursor.
    #[test]
    fn nothing_is_lost_at_random() {
        for seed in 0..300 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut window = Window::new(random.usize(1..20), Some("0"));
            // Those that wait are in the order in which they were sent.
            let (mut next, mut waiting): (usize, Vec<usize>) = (1, Vec::new());
            for _ in 0..400 {
                match random.u8(0..11) {
                    0 => {
                        window.restart();
                        next = safe(&window).expect("a cursor") + 1;
                    }
                    1..=5 => match offer(&mut window, next) {
                        Offer::Send => {
                            assert!(!waiting.contains(&next), "sent twice");
                            waiting.push(next);
                            next += 1;
                        }
                        Offer::Duplicate => next += 1,
                        Offer::Full => {}
                    },
                    _ if waiting.is_empty() => {}
                    6 => {
                        let last = random.usize(..waiting.len());
                        let cursor = waiting[last].to_string();
                        waiting.drain(..=last);
                        assert!(window.acknowledge_cursor(&cursor), "seed {seed}: {cursor}");
                    }
                    _ => {
                        let n = waiting.remove(random.usize(..waiting.len()));
                        assert!(acknowledge(&mut window, n), "seed {seed}: {n}");
                    }
                }
                assert_eq!(window.outstanding(), waiting.len(), "seed {seed}");
                let oldest = waiting.iter().min().copied().unwrap_or(usize::MAX);
                assert!(safe(&window).expect("a cursor") < oldest, "seed {seed}");
            }
        }
    }
}
