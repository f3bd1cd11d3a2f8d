//! A place for a value that may be given once.

use syn::Ident;

use super::{Entry, Errors, Value};

/// What one key of a list says.
pub(crate) struct Slot<T> {
    value: Option<T>,
}

impl<T> Slot<T> {
    pub(crate) const fn empty() -> Self {
        Self { value: None }
    }

    /// Puts a value in; a second one is an error at its key.
    pub(crate) fn set(&mut self, errors: &Errors, key: &Ident, value: T) {
        if self.value.is_some() {
            errors.at(key, format!("duplicate key `{key}`\nhelp: remove one of the two"));
        } else {
            self.value = Some(value);
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    pub(crate) fn take(self) -> Option<T> {
        self.value
    }

    pub(crate) fn is_set(&self) -> bool {
        self.value.is_some()
    }
}

impl<T: Value> Slot<T> {
    /// Reads the entry's value and puts it in.
    pub(crate) fn read(&mut self, errors: &Errors, entry: &Entry) {
        if let Some(value) = T::read(errors, entry) {
            self.set(errors, &entry.key, value);
        }
    }
}
