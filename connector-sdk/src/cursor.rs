//! A place in a JSON text, for the two that walk one themselves: over the members of an input
//! (`private/arguments.rs`), and to its one form (`call/digest.rs`).

/// A place in a text. Between tokens it may stand before white space.
pub(crate) struct Cursor<'a> {
    json: &'a [u8],
    at: usize,
}

// All of it is on the path of a call.
impl<'a> Cursor<'a> {
    #[inline]
    pub(crate) fn new(json: &'a [u8]) -> Self {
        Self { json, at: 0 }
    }

    /// How much was read.
    #[inline]
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// What was read since the place `begin`.
    #[inline]
    pub(crate) fn since(&self, begin: usize) -> &'a [u8] {
        &self.json[begin..self.at]
    }

    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.json[self.at..]
    }

    #[inline]
    pub(crate) fn next(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    #[inline]
    pub(crate) fn advance(&mut self, length: usize) {
        self.at += length;
    }

    /// Goes over white space.
    #[inline]
    pub(crate) fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.next() {
            self.at += 1;
        }
    }

    /// Goes over white space and a byte, where that is what follows.
    #[inline]
    pub(crate) fn skip(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.next() == Some(byte);
        self.at += usize::from(found);
        found
    }
}
