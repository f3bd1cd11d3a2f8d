//! Our attributes in tokens that can't be read, or that aren't what they should be: rustc would report each
//! of them once more.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::keys::{FIELD_ATTRIBUTES, METHOD_ATTRIBUTES, PARAMETER_ATTRIBUTES};

/// Takes the attributes off an item and what is in its braces, and the parameters' doc comments with them.
/// Blocks in those braces are the author's own.
pub(crate) fn strip_item(item: TokenStream) -> TokenStream {
    strip(item, 1, false)
}

/// The same for an enum, whose variants have braces in its own.
pub(crate) fn strip_enum(item: TokenStream) -> TokenStream {
    strip(item, 2, false)
}

/// The same for what stands in braces, a method or a field.
pub(crate) fn strip_member(member: TokenStream) -> TokenStream {
    strip(member, 0, false)
}

fn strip(tokens: TokenStream, braces: u8, parameters: bool) -> TokenStream {
    let mut left = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
        if hash
            && let Some(TokenTree::Group(group)) = tokens.peek()
            && is_ours(group, parameters)
        {
            tokens.next();
            continue;
        }
        left.extend([match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                regroup(&group, strip(group.stream(), 0, true))
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && braces > 0 => {
                regroup(&group, strip(group.stream(), braces - 1, false))
            }
            token => token,
        }]);
    }
    left
}

fn regroup(group: &Group, tokens: TokenStream) -> TokenTree {
    let mut regrouped = Group::new(group.delimiter(), tokens);
    regrouped.set_span(group.span());
    regrouped.into()
}

/// Whether what follows a `#` is an attribute of ours, or the doc comment of a parameter.
fn is_ours(group: &Group, parameter: bool) -> bool {
    let Some(TokenTree::Ident(name)) = group.stream().into_iter().next() else { return false };
    let ours = [&FIELD_ATTRIBUTES[..], &METHOD_ATTRIBUTES[..], &PARAMETER_ATTRIBUTES[..]].concat();
    group.delimiter() == Delimiter::Bracket
        && (ours.iter().any(|known| name == known) || (parameter && name == "doc"))
}
