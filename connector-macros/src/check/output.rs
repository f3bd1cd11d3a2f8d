//! Rules of what an action returns.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;

use crate::kit::Errors;
use crate::model::Action;

/// The result's schema is that of one type, which has a name. A result that is nothing but an `impl Trait`
/// or has one in it has none.
pub(super) fn has_a_name(errors: &Errors, action: &Action) {
    if has_impl(action.output.to_token_stream()) {
        errors.at(
            &action.output,
            format!(
                "action `{}` returns an `impl Trait`\n\
                 help: name one type, since the result's schema depends on it",
                action.ident
            ),
        );
    }
}

/// `impl` is a keyword, and stands for nothing else in a type.
fn has_impl(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "impl",
        TokenTree::Group(group) => has_impl(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
