//! What all marked methods have in common.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericParam, ReceiverKind, ReturnType, Safety, Type};

use crate::keys;
use crate::kit::Errors;
use crate::parse::{Body, Method};

/// A marked method is `async`, takes `&self`, is not generic but for lifetimes, and has a body unless it is a
/// request.
pub(super) fn check(errors: &Errors, kind: &str, is_request: bool, method: &Method) {
    let signature = &method.signature;
    let ident = &signature.ident;
    if signature.asyncness.is_none() {
        errors.at(
            signature.fn_token,
            format!("{kind} `{ident}` must be async\nhelp: write `async fn {ident}`"),
        );
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        errors.at(
            unsafety,
            format!("{kind} `{ident}` can't be unsafe\nhelp: remove `unsafe`; hosts call it with any input"),
        );
    }
    let lifetime = |generic: &&GenericParam| matches!(generic, GenericParam::Lifetime(_));
    if let Some(generic) = signature.generics.params.iter().find(|generic| !lifetime(generic)) {
        let message = format!(
            "{kind} `{ident}` can't be generic\nhelp: name the types, since its schemas depend on them"
        );
        errors.at(generic, message);
    }
    match signature.inputs.first() {
        Some(FnArg::Receiver(receiver)) if is_shared_reference(receiver) => {}
        Some(FnArg::Receiver(receiver)) => errors.at(
            receiver,
            format!(
                "{kind} `{ident}` must take `&self`\n\
                 help: calls run at the same time; keep what changes in a `#[state]` field behind a lock"
            ),
        ),
        _ => errors.at(
            ident,
            format!("{kind} `{ident}` must take `&self`\nhelp: write `async fn {ident}(&self, ..)`"),
        ),
    }
    if let (Body::Missing(semicolon), false) = (&method.body, is_request) {
        let help = match kind {
            keys::ACTION => "write `{ .. }`, or `#[http(GET, \"/path\")]` if it is one request",
            _ => "write `{ .. }`",
        };
        errors.at(semicolon, format!("{kind} `{ident}` has no body\nhelp: {help}"));
    }
}

fn is_shared_reference(receiver: &syn::Receiver) -> bool {
    receiver.mutability.is_none() && matches!(receiver.kind, ReceiverKind::Reference(_, _, None))
}

/// What a marked method returns.
pub(super) fn output(errors: &Errors, kind: &str, method: &Method) -> Type {
    let ident = &method.signature.ident;
    match &method.signature.output {
        ReturnType::Type(_, ty) => {
            if let Some(borrow) = borrow(ty.to_token_stream()) {
                let message = format!(
                    "the result of {kind} `{ident}` can't be borrowed\nhelp: return an owned type, as `String` for `&str`"
                );
                errors.at(borrow, message);
            }
            (**ty).clone()
        }
        ReturnType::Default => {
            let help = match kind {
                keys::EVENTS | keys::HEALTH => "return `Result<()>`",
                keys::LOGIN => "return `Result<Obtained>`",
                keys::SEND => "return `Result<Receipt>`, or `Result<()>` where the platform tells no id",
                keys::OPTIONS => "return `Result<Vec<Choice>>`",
                _ => "return `Result<..>`, `Result<()>` for no data",
            };
            errors.at(ident, format!("{kind} `{ident}` returns nothing\nhelp: {help}"));
            syn::parse_quote!(())
        }
    }
}

/// The first reference or lifetime in a type that is not for good: whoever calls doesn't keep what a
/// borrowed value borrows from.
pub(super) fn borrow(ty: TokenStream) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = ty.into_iter().collect();
    let is = |place: usize, sign: char| matches!(tokens.get(place), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let named = |place: usize| matches!(tokens.get(place), Some(TokenTree::Ident(name)) if name == "static");
    (0..tokens.len()).find_map(|place| match &tokens[place] {
        TokenTree::Group(group) => borrow(group.stream()),
        _ if is(place, '\'') && !named(place + 1) => {
            Some(tokens[place..=place + 1].iter().cloned().collect())
        }
        token if is(place, '&') && !is(place + 1, '\'') => Some(token.clone().into()),
        _ => None,
    })
}
