//! Lints that must not fire: on the forms that this macro asks for, and that clippy would have otherwise, so
//! that nobody could please both; and on the code that is made of what was linted already.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, FnArg, Ident, Type};

use super::signature::borrow;
use crate::kit::inner_type;
use crate::parse::{Body, Method};

/// What the code that is made of an item must not be warned of, since its author was, or said not to be:
/// what the item allows, the use of what is deprecated, and names that are not as rustc would have them.
pub(super) fn carried<'a>(
    item: &[Attribute],
    members: impl IntoIterator<Item = (&'a Ident, &'a [Attribute])>,
) -> Vec<Attribute> {
    let is_deprecated = |attribute: &Attribute| attribute.path().is_ident("deprecated");
    let mut carried: Vec<Attribute> =
        item.iter().filter(|attribute| attribute.path().is_ident("allow")).cloned().collect();
    let (mut deprecated, mut unusual) = (item.iter().any(is_deprecated), false);
    for (name, attributes) in members {
        deprecated |= attributes.iter().any(is_deprecated);
        unusual |= name.to_string().chars().any(char::is_uppercase);
    }
    if deprecated {
        carried.push(syn::parse_quote!(#[allow(deprecated)]));
    }
    if unusual {
        carried.push(syn::parse_quote!(#[allow(non_snake_case)]));
    }
    carried
}

/// How many parameters clippy takes for too many.
const MANY: usize = 7;

/// Allows what clippy may say of a method, and nothing else: under `#![forbid]` whatever is allowed is an
/// error, so a method that is as clippy would have it carries nothing.
pub(super) fn allow_what_is_asked_for(method: &Method) -> Option<Attribute> {
    // A body that is made is as clippy would have it, but for what is passed to it.
    let body = match &method.body {
        Body::Braced(body) => Some(body),
        Body::Missing(_) => None,
    };
    let inputs = &method.signature.inputs;
    let by_value = inputs.iter().any(|input| match input {
        FnArg::Typed(argument) => is_by_value(&argument.ty),
        FnArg::Receiver(_) => false,
    });
    let lints = [
        (by_value, "needless_pass_by_value"),
        (inputs.len() > MANY, "too_many_arguments"),
        (body.is_some_and(|body| !has_question_mark(body)), "unnecessary_wraps"),
        (body.is_some_and(|body| !has_word(body, "await")), "unused_async"),
        (body.is_some_and(|body| !has_word(body, "self")), "unused_self"),
    ];
    let lints: Vec<TokenStream> = lints
        .into_iter()
        .filter(|(allowed, _)| *allowed)
        .map(|(_, lint)| {
            let lint = quote::format_ident!("{lint}");
            quote::quote!(clippy::#lint)
        })
        .collect();
    (!lints.is_empty()).then(|| syn::parse_quote!(#[allow(#(#lints),*)]))
}

/// Whether a type is one whose values are more than a few bytes.
fn is_by_value(ty: &Type) -> bool {
    const SMALL: [&str; 14] =
        ["bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "f32", "f64"];
    match inner_type(ty) {
        Type::Reference(_) => false,
        Type::Path(path) => !SMALL.iter().any(|name| path.path.is_ident(name)),
        _ => borrow(ty.to_token_stream()).is_none(),
    }
}

fn has_word(tokens: &TokenStream, word: &str) -> bool {
    any(tokens, &|token| matches!(token, TokenTree::Ident(ident) if ident == word))
}

fn has_question_mark(tokens: &TokenStream) -> bool {
    any(tokens, &|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '?'))
}

fn any(tokens: &TokenStream, is: &dyn Fn(&TokenTree) -> bool) -> bool {
    tokens.clone().into_iter().any(|token| match &token {
        TokenTree::Group(group) => any(&group.stream(), is),
        token => is(token),
    })
}
