//! A place for a value that may be given once.

use syn::Ident;

use super::{Entry, Errors, Value};

/// What one key of a list says.
pub(crate) struct Slot<T> {
    value: Option<T>,
    /// Whether the key was there, or was meant to be, even if its value couldn't be read: then nothing is
    /// missing.
    given: bool,
}

impl<T> Slot<T> {
    pub(crate) const fn empty() -> Self {
        Self { value: None, given: false }
    }

    /// Puts in what could be read of a value; a second one is an error at its key.
    pub(crate) fn set(&mut self, errors: &Errors, key: &Ident, value: Option<T>) {
        if self.given {
            errors.at(key, format!("duplicate key `{key}`\nhelp: remove one of the two"));
        } else {
            self.value = value;
        }
        self.given = true;
    }

    /// Takes the key for given, since something was reported that may have been meant to be it.
    pub(crate) fn excuse(&mut self, whether: bool) {
        self.given |= whether;
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    pub(crate) fn take(self) -> Option<T> {
        self.value
    }

    pub(crate) fn is_given(&self) -> bool {
        self.given
    }
}

impl<T: Value> Slot<T> {
    /// Reads the entry's value and puts it in.
    pub(crate) fn read(&mut self, errors: &Errors, entry: &Entry) {
        self.set(errors, &entry.key, T::read(errors, entry));
    }
}
