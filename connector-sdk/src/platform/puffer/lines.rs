//! Lines from a host, of which none takes all memory.

use std::io::{self, Read};

/// The longest line that is read. Acknowledgements are a hundredth of it.
const LONGEST: usize = 1024 * 1024;

/// Reads as many whole lines at a time as are there.
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// How much of the buffer was read, and how much of that is whole lines handed out before.
    filled: usize,
    handed: usize,
    /// Inside a line that is too long.
    skipping: bool,
}

/// What came next.
pub(super) enum Piece<'a> {
    /// Whole lines with their newlines.
    Lines(&'a [u8]),
    /// A line has begun that is too long, and is left out.
    TooLong,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self { buffer: vec![0; 64 * 1024], filled: 0, handed: 0, skipping: false }
    }

    /// What comes next; none at the end of the input. A last line without a newline was cut off and is left out.
    pub(super) fn next(&mut self, input: &mut dyn Read) -> io::Result<Option<Piece<'_>>> {
        loop {
            self.buffer.copy_within(self.handed..self.filled, 0);
            self.filled -= self.handed;
            self.handed = 0;
            if self.filled == self.buffer.len() {
                if self.filled >= LONGEST {
                    self.skipping = true;
                    self.filled = 0;
                    // At once: nothing may come after it.
                    return Ok(Some(Piece::TooLong));
                } else {
                    self.buffer.resize((self.buffer.len() * 2).min(LONGEST), 0);
                }
            }
            let read = match input.read(&mut self.buffer[self.filled..]) {
                Ok(0) => return Ok(None),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let new = self.filled..self.filled + read;
            self.filled += read;
            if self.skipping {
                let Some(end) = memchr::memchr(b'\n', &self.buffer[new.clone()]) else {
                    self.filled = 0;
                    continue;
                };
                self.skipping = false;
                self.handed = new.start + end + 1;
                // Only what comes after it.
                if let Some(last) = memchr::memrchr(b'\n', &self.buffer[self.handed..self.filled]) {
                    let from = self.handed;
                    self.handed += last + 1;
                    return Ok(Some(Piece::Lines(&self.buffer[from..self.handed])));
                }
                continue;
            }
            if let Some(last) = memchr::memrchr(b'\n', &self.buffer[new.clone()]) {
                self.handed = new.start + last + 1;
                return Ok(Some(Piece::Lines(&self.buffer[..self.handed])));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out a text in pieces of a size.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let size = self.1.min(into.len()).min(self.0.len());
            let (now, later) = self.0.split_at(size);
            into[..size].copy_from_slice(now);
            self.0 = later;
            Ok(size)
        }
    }

    fn read(text: &[u8], size: usize) -> (Vec<Vec<u8>>, usize) {
        let (mut lines, mut input) = (Lines::new(), Pieces(text, size));
        let (mut all, mut skipped) = (Vec::new(), 0);
        while let Some(piece) = lines.next(&mut input).expect("read") {
            let Piece::Lines(some) = piece else {
                skipped += 1;
                continue;
            };
            all.extend(some.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec));
        }
        (all, skipped)
    }

    #[test]
    fn lines_are_whole_however_they_come() {
        for size in [1, 2, 3, 7, 64 * 1024, 1 << 20] {
            let (lines, too_long) = read(b"one\n\ntwo\r\nthree\ncut", size);
            assert_eq!((lines, too_long), (vec![b"one".to_vec(), b"two\r".to_vec(), b"three".to_vec()], 0));
        }
        assert_eq!(read(b"", 1).0.len(), 0);
    }

    #[test]
    fn a_line_that_is_too_long_is_left_out() {
        let long = vec![b'x'; 10 * LONGEST];
        let text =
            [b"before\n", &long[..], b"\nafter\n", &long[..LONGEST - 1], b"\n", &long[..], b"\nlast\n"]
                .concat();
        for size in [1000, 64 * 1024, 1 << 22] {
            let (lines, too_long) = read(&text, size);
            let lengths: Vec<_> = lines.iter().map(Vec::len).collect();
            assert_eq!((lengths, too_long), (vec![6, 5, LONGEST - 1, 4], 2), "in pieces of {size}");
        }
        let mut lines = Lines::new();
        while lines.next(&mut Pieces(&long, 1 << 20)).expect("read").is_some() {}
        assert!(lines.buffer.len() <= LONGEST);
    }
}
