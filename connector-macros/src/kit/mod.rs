//! What the layers are built of, and what knows nothing of connectors: an error sink, attribute lists,
//! slots that are filled once, and names.

mod cfgs;
mod docs;
mod entry;
mod errors;
mod inner;
mod literal;
mod names;
mod slot;
mod value;

pub(crate) use cfgs::cfgs;
pub(crate) use docs::{Description, doc};
pub(crate) use entry::{Entries, Entry, EntryValue, entries, entries_of};
pub(crate) use errors::Errors;
pub(crate) use inner::{in_option, inner, inner_type, last_word};
pub(crate) use literal::{Bounds, Number};
pub(crate) use names::{did_you_mean, expected_one_of, humanize, is_kebab, nearest};
pub(crate) use slot::Slot;
pub(crate) use value::{Value, flag};
