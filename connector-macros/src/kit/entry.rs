//! Attribute lists: `read, resource = "issues", scopes = ["repo"]`.

use std::ops::Deref;

use proc_macro2::{Delimiter, Group, Punct, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Expr, Ident, LitStr, Meta, Token};

use super::Errors;
use super::names::nearest;

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
    List(Group),
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
            EntryValue::List(list) => quote!(#key #list),
        });
    }
}

/// The elements of a list.
pub(crate) struct Entries {
    list: Vec<Entry>,
    /// Whether there was nothing that is no element.
    whole: bool,
}

impl Entries {
    pub(crate) const fn none() -> Self {
        Self { list: Vec::new(), whole: true }
    }

    /// Whether none of some keys is there, nor anything that may have been meant to be one of them: that
    /// was reported as what it is.
    pub(crate) fn lack(&self, keys: &[&str]) -> bool {
        self.whole
            && !self.list.iter().any(|entry| {
                let name = entry.name();
                keys.contains(&name.as_str()) || nearest(&name, keys.iter().copied()).is_some()
            })
    }
}

impl Deref for Entries {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        &self.list
    }
}

impl IntoIterator for Entries {
    type Item = Entry;
    type IntoIter = std::vec::IntoIter<Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

/// The list of an attribute; empty where it has none.
pub(crate) fn entries(errors: &Errors, attribute: &Attribute) -> Entries {
    match &attribute.meta {
        Meta::Path(_) => Entries::none(),
        Meta::List(list) => entries_of(errors, list.tokens.clone()),
        Meta::NameValue(pair) => {
            let name = attribute.path().to_token_stream().to_string();
            errors.at(pair, format!("expected a list\nhelp: write `#[{name}(..)]`"));
            Entries { list: Vec::new(), whole: false }
        }
    }
}

/// The elements of a list. A mistake in one of them doesn't hide the others: reading goes on after
/// the next comma.
pub(crate) fn entries_of(errors: &Errors, list: TokenStream) -> Entries {
    let mut entries = Entries::none();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            match entry(input) {
                Ok(entry) => entries.list.push(entry),
                Err(error) => {
                    entries.whole = false;
                    errors.push(error);
                    up_to_comma(input)?;
                }
            }
            if input.is_empty() {
                break;
            }
            if !input.peek(Token![,]) {
                entries.whole = false;
                errors.push(input.error("expected a comma\nhelp: write one between two keys"));
                up_to_comma(input)?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(list) {
        entries.whole = false;
        errors.push(error);
    }
    entries
}

fn entry(input: ParseStream<'_>) -> syn::Result<Entry> {
    if !input.peek(Ident::peek_any) {
        let help = match input.peek(LitStr) {
            true => "write `key` or `key = value`; a key has no quotes",
            false => "write `key` or `key = value`",
        };
        return Err(input.error(format!("expected a key\nhelp: {help}")));
    }
    let key = input.call(Ident::parse_any)?;
    if input.peek(syn::token::Paren) {
        return Ok(Entry { key, value: EntryValue::List(input.parse()?) });
    }
    if input.peek(Token![==]) || input.peek(Token![=>]) || input.peek(Token![:]) {
        let message = format!("expected `=` after `{key}`\nhelp: write `{key} = ..`");
        let sign = input.parse::<Punct>()?;
        return Err(syn::Error::new_spanned(sign, message));
    }
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Ok(Entry { key, value: EntryValue::Flag });
    }
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("expected a value after `{key} =`\nhelp: write one, or leave `{key}` out");
        return Err(syn::Error::new_spanned(&key, message));
    }
    let ahead = input.fork();
    if let Ok(value) = ahead.parse() {
        input.advance_to(&ahead);
        return Ok(Entry { key, value: EntryValue::Assign(value) });
    }
    let value = up_to_comma(input)?;
    if let Some(second) = without_comma(&value) {
        let message = format!("expected a comma in the list of `{key}`\nhelp: write one before this value");
        return Err(syn::Error::new_spanned(second, message));
    }
    let message =
        format!("the value of `{key}` can't be read\nhelp: write a whole expression after `{key} =`");
    Err(syn::Error::new_spanned(value, message))
}

/// The first literal in a list that another one stands before, with no comma between them.
fn without_comma(value: &TokenStream) -> Option<TokenTree> {
    let mut tokens = value.clone().into_iter();
    let (Some(TokenTree::Group(list)), None) = (tokens.next(), tokens.next()) else { return None };
    if list.delimiter() != Delimiter::Bracket {
        return None;
    }
    let tokens: Vec<TokenTree> = list.stream().into_iter().collect();
    let pair =
        tokens.windows(2).find(|pair| matches!(pair, [TokenTree::Literal(_), TokenTree::Literal(_)]))?;
    pair.last().cloned()
}

/// What stands before the next comma, or the end.
fn up_to_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut passed = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        passed.extend([input.parse::<TokenTree>()?]);
    }
    Ok(passed)
}
