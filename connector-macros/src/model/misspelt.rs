//! Attributes that were meant to be ours.

use syn::{Attribute, Ident, Meta};

use crate::kit::{Errors, nearest};

/// Takes an attribute off that nobody knows and that is a slip away from one of ours, and returns it as
/// the one that was meant. Rustc would say only that it can't find it, and the rest would follow.
pub(super) fn take(
    errors: &Errors,
    attributes: &mut Vec<Attribute>,
    ours: &[&'static str],
) -> Option<Attribute> {
    let (place, meant) = attributes.iter().enumerate().find_map(|(place, attribute)| {
        let name = attribute.path().get_ident()?.to_string();
        nearest(&name, ours.iter().copied()).map(|meant| (place, meant))
    })?;
    let mut attribute = attributes.remove(place);
    let written = attribute.path().clone();
    if let Some(name) = written.get_ident() {
        errors.at(name, format!("unknown attribute `#[{name}]`\nhelp: did you mean `#[{meant}]`?"));
        let path = Ident::new(meant, name.span()).into();
        match &mut attribute.meta {
            Meta::Path(written) => *written = path,
            Meta::List(list) => list.path = path,
            Meta::NameValue(pair) => pair.path = path,
        }
    }
    Some(attribute)
}
