//! Descriptions, which are doc comments.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

use super::inner;

/// What a doc comment says: a constant text.
#[derive(Clone)]
pub(crate) struct Description(TokenStream);

impl Description {
    /// Stands for one that is missing, which was reported.
    pub(crate) fn missing() -> Self {
        Self(quote!(""))
    }
}

impl ToTokens for Description {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// The doc comment of `whose`: its lines without the one space that people write first. A part that a
/// macro makes, as in `#[doc = include_str!("..")]`, is put together with the others by the compiler, which
/// then also sees whether it says something.
pub(crate) fn doc(attributes: &[Attribute], whose: &str) -> Option<Description> {
    let (mut span, mut made_at) = (None, None);
    let mut lines: Vec<String> = Vec::new();
    let mut parts = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let Meta::NameValue(pair) = &attribute.meta else { continue };
        match inner(&pair.value) {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                span.get_or_insert_with(|| text.span());
                let text = text.value();
                // Not `lines`, which sees none in an empty doc line, and so would join two paragraphs.
                let text = text.split('\n').map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
                lines.extend(text.map(str::to_owned));
            }
            made => {
                made_at.get_or_insert_with(|| made.span());
                let before = std::mem::take(&mut lines).join("\n");
                parts.push(quote!(#before, "\n", #made, "\n"));
            }
        }
    }
    let text = lines.join("\n");
    if let Some(made_at) = made_at {
        let message = format!("{whose} has no description; what its `#[doc = ..]` makes is empty");
        // A constant of its own is looked at even if nothing uses it.
        return Some(Description(quote_spanned! {made_at=> {
            const __DESCRIPTION: &::core::primitive::str =
                ::core::primitive::str::trim_ascii(::core::concat!(#(#parts,)* #text));
            const _: () = ::core::assert!(!__DESCRIPTION.is_empty(), #message);
            __DESCRIPTION
        }}));
    }
    let text = text.trim();
    let text = LitStr::new(text, span.unwrap_or_else(Span::call_site));
    (!text.value().is_empty()).then(|| Description(text.into_token_stream()))
}
