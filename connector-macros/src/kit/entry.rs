//! Attribute lists: `read, resource = "issues", scopes = ["repo"]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Expr, Ident, Meta, Token};

use super::Errors;

/// One element of an attribute list.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: EntryValue,
}

pub(crate) enum EntryValue {
    /// `read`
    Flag,
    /// `resource = "issues"`
    Assign(Expr),
    /// `bearer(token)`
    List(TokenStream),
}

impl Entry {
    /// The key as text, without the `r#` of a raw identifier.
    pub(crate) fn name(&self) -> String {
        self.key.unraw().to_string()
    }
}

impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let key = &self.key;
        tokens.extend(match &self.value {
            EntryValue::Flag => quote!(#key),
            EntryValue::Assign(value) => quote!(#key = #value),
            EntryValue::List(list) => quote!(#key (#list)),
        });
    }
}

/// The list of an attribute; empty where it has none.
pub(crate) fn entries(errors: &Errors, attribute: &Attribute) -> Vec<Entry> {
    match &attribute.meta {
        Meta::Path(_) => Vec::new(),
        Meta::List(list) => entries_of(errors, list.tokens.clone()),
        Meta::NameValue(pair) => {
            let name = attribute.path().to_token_stream().to_string();
            errors.at(pair, format!("expected a list\nhelp: write `#[{name}(..)]`"));
            Vec::new()
        }
    }
}

/// The elements of a list. A mistake in one of them doesn't hide the others: reading goes on after
/// the next comma.
pub(crate) fn entries_of(errors: &Errors, list: TokenStream) -> Vec<Entry> {
    let mut entries = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            match entry(input) {
                Ok(entry) => entries.push(entry),
                Err(error) => {
                    errors.push(error);
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<proc_macro2::TokenTree>()?;
                    }
                }
            }
            if input.is_empty() {
                break;
            }
            if !input.peek(Token![,]) {
                errors.push(input.error("expected a comma"));
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<proc_macro2::TokenTree>()?;
                }
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(list) {
        errors.push(error);
    }
    entries
}

fn entry(input: ParseStream<'_>) -> syn::Result<Entry> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected a key"));
    }
    let key = input.call(Ident::parse_any)?;
    if input.peek(syn::token::Paren) {
        let list;
        syn::parenthesized!(list in input);
        return Ok(Entry { key, value: EntryValue::List(list.parse()?) });
    }
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Ok(Entry { key, value: EntryValue::Flag });
    }
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("expected a value after `{key} =`");
        return Err(syn::Error::new_spanned(&key, message));
    }
    Ok(Entry { key, value: EntryValue::Assign(input.parse()?) })
}
