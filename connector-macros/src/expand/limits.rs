//! Constraints: once as keywords to publish, once as checks to do, from the same tokens.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Lit, LitStr, Path, Type};

use super::option;
use crate::model::Limits;

/// `Param::new::<T>(name, description)` with what limits it.
pub(super) fn param(
    runtime: &Path,
    ty: &Type,
    name: &str,
    description: Option<&LitStr>,
    limits: &Limits,
) -> TokenStream {
    let description = description.map_or_else(String::new, LitStr::value);
    let new = quote_spanned!(ty.span()=> #runtime::__private::Param::new::<#ty>);
    let default = limits.default.get().map(|default| {
        let default = default_value(runtime, default, ty);
        quote!(.default(|| #runtime::__private::default_value::<#ty>(#default)))
    });
    let keywords = keywords(runtime, ty, limits);
    let keywords = (!keywords.is_empty()).then(|| quote!(.keywords(&[#(#keywords),*])));
    let options = limits.options.get().map(|source| {
        let source = source.to_string();
        quote!(.options(#source))
    });
    quote!(#new(#name, #description) #default #keywords #options)
}

fn keywords(runtime: &Path, ty: &Type, limits: &Limits) -> Vec<TokenStream> {
    let range = limits.range.get().map(|range| {
        let f = quote_spanned!(range.span()=> #runtime::__private::range_keywords::<#ty>);
        quote!(|| #f(#range))
    });
    let length = limits.length.get().map(|length| {
        let f = quote_spanned!(length.span()=> #runtime::__private::length_keywords::<#ty>);
        quote!(|| #f(#length))
    });
    let pattern = limits.pattern.get().map(|pattern| {
        let f = quote_spanned!(pattern.span()=> #runtime::__private::pattern_keywords::<#ty>);
        quote!(|| #f(#pattern))
    });
    [range, length, pattern].into_iter().flatten().collect()
}

/// The checks of a value that is in scope as `value`, each a statement with `?`.
pub(super) fn checks(
    runtime: &Path,
    ty: &Type,
    name: &str,
    value: &TokenStream,
    limits: &Limits,
) -> TokenStream {
    let mut checks = TokenStream::new();
    if let Some(range) = limits.range.get() {
        checks.extend(quote!(#runtime::__private::check_range::<#ty>(#name, #value, #range)?;));
    }
    if let Some(length) = limits.length.get() {
        checks.extend(quote!(#runtime::__private::check_length::<#ty>(#name, #value, #length)?;));
    }
    if let Some(pattern) = limits.pattern.get() {
        checks.extend(quote! {
            {
                static __PATTERN: #runtime::__private::Pattern = #runtime::__private::Pattern::new(#pattern);
                #runtime::__private::check_pattern::<#ty>(#name, #value, &__PATTERN)?;
            }
        });
    }
    checks
}

/// `Some(|| default)` or `None`, for a setting.
pub(super) fn default_fn(runtime: &Path, ty: &Type, limits: &Limits) -> TokenStream {
    option(limits.default.get().map(|default| {
        let default = default_value(runtime, default, ty);
        quote!(|| -> #ty { #default })
    }))
}

/// A default as its type: a string literal becomes whatever is made of text.
pub(super) fn default_value(runtime: &Path, default: &Expr, ty: &Type) -> TokenStream {
    match default {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            quote_spanned!(text.span()=> <#ty as #runtime::__private::FromText>::from_text(#text))
        }
        other => quote!(#other),
    }
}
