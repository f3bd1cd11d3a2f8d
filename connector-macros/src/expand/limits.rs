//! Defaults and constraints: each stands once in the expansion, as a fn that is called both for what is
//! published and for what is done, so that a mistake in one is one error.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Type};

use crate::kit::{Description, inner};
use crate::model::Limits;

/// A value with limits, and what the fns for it are named by.
pub(super) struct Limited<'a> {
    pub(super) ty: &'a Type,
    pub(super) name: String,
    pub(super) limits: &'a Limits,
    /// Tells the value's fns from those of other values.
    pub(super) label: String,
}

impl Limited<'_> {
    /// The fns of the value, with the conditions under which it exists.
    pub(super) fn fns(&self, cfgs: &[&[Attribute]]) -> TokenStream {
        let cfgs: Vec<_> = cfgs.iter().copied().flatten().collect();
        let ty = self.ty;
        let default = self.limits.default.get().map(|default| {
            let (default_fn, default) = (self.default_fn(), self.default_value(default));
            quote!(#(#cfgs)* fn #default_fn() -> #ty { #default })
        });
        let limits = self.is_limited().then(|| {
            let (limits_fn, limits) = (self.limits_fn(), self.limits());
            quote! {
                #(#cfgs)*
                fn #limits_fn<__L: __private::Limiting<#ty>>(__limits: __L) -> __L { __limits #limits }
            }
        });
        quote!(#default #limits)
    }

    /// What describes the value: its type, name and description, with its default, limits and choices.
    pub(super) fn param(&self, description: Option<&Description>) -> TokenStream {
        let Self { ty, name, .. } = self;
        let description = description.map_or_else(|| quote!(""), ToTokens::to_token_stream);
        let new = quote_spanned!(ty.span()=> <#ty as __private::Argument>::PARAM);
        let default = self.limits.default.get().map(|_| {
            let default = self.default_fn();
            let published = quote_spanned!(ty.span()=> __private::default_value::<#ty>);
            quote!(.default(|| #published(#default())))
        });
        let keywords = self.is_limited().then(|| {
            let limits = self.limits_fn();
            quote!(.keywords(#limits))
        });
        let options = self.limits.options.get().map(|source| {
            let source = source.unraw().to_string();
            quote!(.options(#source))
        });
        quote!(#new.named(#name, #description) #default #keywords #options)
    }

    /// The name of the fn that makes the default, where there is one.
    pub(super) fn default(&self) -> Option<Ident> {
        self.limits.default.get().map(|_| self.default_fn())
    }

    /// The check of a reference to the value, a `Result<()>`; none where there is nothing to check.
    pub(super) fn check(&self, value: &TokenStream) -> Option<TokenStream> {
        let (name, limits) = (&self.name, self.limits_fn());
        self.is_limited().then(|| quote!(__private::check(#name, #value, #limits)))
    }

    fn is_limited(&self) -> bool {
        let Limits { range, length, pattern, .. } = self.limits;
        range.get().is_some() || length.get().is_some() || pattern.get().is_some()
    }

    fn default_fn(&self) -> Ident {
        format_ident!("__default_{}", self.label)
    }

    fn limits_fn(&self) -> Ident {
        format_ident!("__limits_{}", self.label)
    }

    fn limits(&self) -> TokenStream {
        let range = self.limits.range.get().map(|range| quote_spanned!(range.span()=> .range(#range)));
        let length = self.limits.length.get().map(|length| quote_spanned!(length.span()=> .length(#length)));
        let pattern = self.limits.pattern.get().map(|pattern| {
            quote_spanned! {pattern.span()=> .pattern({
                static __PATTERN: __private::Pattern = __private::Pattern::new(#pattern);
                &__PATTERN
            })}
        });
        quote!(#range #length #pattern)
    }

    /// A default as its type: a string literal becomes whatever is made of text.
    fn default_value(&self, default: &Expr) -> TokenStream {
        let ty = self.ty;
        match inner(default) {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                quote_spanned!(text.span()=> <#ty as __private::FromText>::from_text(#text))
            }
            _ => quote!(#default),
        }
    }
}
