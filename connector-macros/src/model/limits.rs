//! What `#[config]` and `#[arg]` may say about a value: its default, its constraints, its choices.

use syn::{Expr, ExprRange, Ident, LitStr};

use crate::keys;
use crate::kit::{Entry, Errors, Slot};

pub(crate) struct Limits {
    pub(crate) default: Slot<Expr>,
    pub(crate) range: Slot<ExprRange>,
    pub(crate) length: Slot<ExprRange>,
    pub(crate) pattern: Slot<LitStr>,
    pub(crate) options: Slot<Ident>,
}

impl Limits {
    pub(crate) const fn none() -> Self {
        Self {
            default: Slot::empty(),
            range: Slot::empty(),
            length: Slot::empty(),
            pattern: Slot::empty(),
            options: Slot::empty(),
        }
    }

    /// Reads an entry if it is one of these; says whether it was.
    pub(crate) fn read(&mut self, errors: &Errors, entry: &Entry) -> bool {
        match entry.name().as_str() {
            keys::DEFAULT => self.default.read(errors, entry),
            keys::RANGE => self.range.read(errors, entry),
            keys::LENGTH => self.length.read(errors, entry),
            keys::PATTERN => self.pattern.read(errors, entry),
            keys::OPTIONS => self.options.read(errors, entry),
            _ => return false,
        }
        true
    }
}
