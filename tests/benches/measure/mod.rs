//! Measures things against each other in one run.
//!
//! What is compared takes turns in short slices, so that whatever else the machine does falls on all
//! alike, and of many slices the least counts: noise only ever adds. That needs no clock but the wall's.

use std::time::{Duration, Instant};

/// One of the things that are compared.
pub(crate) struct Contender<'a> {
    name: &'a str,
    /// How many it does in a slice.
    each: u32,
    run: Box<dyn FnMut(u32) + 'a>,
    slices: Vec<Duration>,
}

impl<'a> Contender<'a> {
    /// `run` does something as many times as it is told.
    pub(crate) fn new(name: &'a str, run: impl FnMut(u32) + 'a) -> Self {
        Self { name, each: 1, run: Box::new(run), slices: Vec::new() }
    }

    fn slice(&mut self) -> Duration {
        let start = Instant::now();
        (self.run)(self.each);
        start.elapsed()
    }

    /// Finds how many fill a slice, which warms it up too.
    fn fit(&mut self, slice: Duration) {
        // One of three is enough: the others may have been interrupted.
        while (0..3).any(|_| self.slice() < slice) && self.each < u32::MAX / 2 {
            self.each *= 2;
        }
    }

    fn at(&self, place: usize) -> f64 {
        self.slices[place].as_nanos() as f64 / f64::from(self.each)
    }
}

/// Lets all take turns, and prints nanoseconds for one, the least and the median, with the ratio of
/// the least to the first contender's.
pub(crate) fn compare(contenders: &mut [Contender<'_>], slice: Duration, rounds: usize) {
    for contender in contenders.iter_mut() {
        contender.fit(slice);
    }
    for _ in 0..rounds {
        for contender in contenders.iter_mut() {
            let time = contender.slice();
            contender.slices.push(time);
        }
    }
    let mut floor = None;
    println!("{:<44} {:>12} {:>12} {:>8}", "", "ns (least)", "(median)", "ratio");
    for contender in contenders {
        contender.slices.sort_unstable();
        let least = contender.at(0);
        let ratio = least / *floor.get_or_insert(least);
        let median = contender.at(contender.slices.len() / 2);
        println!("{:<44} {least:>12.0} {median:>12.0} {ratio:>7.2}x", contender.name);
    }
}
