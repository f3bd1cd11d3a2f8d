//! Attributes of ours that stand where they mean nothing.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Meta};

use crate::keys::{ACTION, ARG, CONFIG, EVENTS, HEALTH, INPUT, LOGIN, OPTIONS, SECRET, SEND, STATE};
use crate::kit::Errors;

/// A kind of place for attributes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Field,
    Method,
    Parameter,
}

const PLACES: [(&str, Place); 11] = [
    (CONFIG, Place::Field),
    (SECRET, Place::Field),
    (STATE, Place::Field),
    (ACTION, Place::Method),
    (HEALTH, Place::Method),
    (OPTIONS, Place::Method),
    (LOGIN, Place::Method),
    (EVENTS, Place::Method),
    (SEND, Place::Method),
    (ARG, Place::Parameter),
    (INPUT, Place::Parameter),
];

/// Reports attributes that belong elsewhere than `here`, and takes them off, so that rustc doesn't
/// report them again.
pub(super) fn refuse(errors: &Errors, attributes: &mut Vec<Attribute>, here: Option<Place>) {
    attributes.retain(|attribute| {
        let misplaced =
            PLACES.iter().find(|(name, place)| Some(*place) != here && attribute.path().is_ident(name));
        if let Some((name, place)) = misplaced {
            let belongs = match place {
                Place::Field => "a field of the struct",
                Place::Method => "a method of the `#[connector]` impl",
                Place::Parameter => "a parameter of an action",
            };
            errors.at(attribute, format!("`#[{name}]` doesn't belong here\nhelp: put it on {belongs}"));
        }
        let hidden = conditional(attribute);
        if let Some(name) = hidden {
            errors.at(
                attribute,
                format!(
                    "`#[{name}]` can't be conditional\n\
                     help: write it without `cfg_attr`, and put `#[cfg(..)]` on the whole item"
                ),
            );
        }
        misplaced.is_none() && hidden.is_none()
    });
}

/// The attribute of ours inside a `#[cfg_attr(..)]`, which rustc resolves only after this macro ran.
fn conditional(attribute: &Attribute) -> Option<&'static str> {
    let Meta::List(list) = &attribute.meta else { return None };
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let after_predicate = after_comma(list.tokens.clone());
    after_predicate.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => PLACES.iter().map(|(name, _)| *name).find(|name| ident == name),
        _ => None,
    })
}

fn after_comma(tokens: TokenStream) -> TokenStream {
    let mut passed = false;
    tokens
        .into_iter()
        .filter(|token| {
            let comma = matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
            passed |= comma;
            passed && !comma
        })
        .collect()
}
