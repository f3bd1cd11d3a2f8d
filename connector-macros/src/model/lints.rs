//! The forms that this macro asks for, and that clippy would have otherwise: nobody could please both.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, FnArg, Type};

use super::signature::borrow;
use crate::kit::inner_type;
use crate::parse::{Body, Method};

/// How many parameters clippy takes for too many.
const MANY: usize = 7;

/// Allows what clippy may say of a method, and nothing else: under `#![forbid]` whatever is allowed is an
/// error, so a method that is as clippy would have it carries nothing.
pub(super) fn allow_what_is_asked_for(method: &Method) -> Option<Attribute> {
    let Body::Braced(body) = &method.body else { return None };
    let inputs = &method.signature.inputs;
    let by_value = inputs.iter().any(|input| match input {
        FnArg::Typed(argument) => is_by_value(&argument.ty),
        FnArg::Receiver(_) => false,
    });
    let lints = [
        (by_value, "needless_pass_by_value"),
        (inputs.len() > MANY, "too_many_arguments"),
        (!has_question_mark(body), "unnecessary_wraps"),
        (!has_word(body, "await"), "unused_async"),
        (!has_word(body, "self"), "unused_self"),
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
