//! The arguments of an action: what is read from the input, and what the method gets.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::limits::Limited;
use crate::model::{Action, Parameter, ParameterKind, Plain};

/// The name of an action's struct, by its place: two methods' names may differ in nothing but what a
/// type's name can't keep.
pub(super) fn name(index: usize) -> Ident {
    format_ident!("__Values{index}")
}

/// An argument's default and limits.
fn limited<'a>(index: usize, parameter: &'a Parameter, plain: &'a Plain) -> Limited<'a> {
    let name = plain.name();
    Limited { ty: &parameter.ty, label: format!("{index}_{name}"), name, limits: &plain.limits }
}

/// The struct of an action with plain arguments: how it is read from the input, each argument or its
/// default, and what may be wrong with them.
pub(super) fn structs(index: usize, action: &Action) -> TokenStream {
    let values = name(index);
    let cfgs = &action.cfgs;
    let (mut fns, mut fields, mut empty) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    let (mut slots, mut full, mut checks) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for (place, (parameter, plain)) in plain(action).into_iter().enumerate() {
        let Parameter { ty, cfgs, .. } = parameter;
        let (ident, name, slot) = (&plain.ident, plain.name(), format_ident!("__slot{place}"));
        let limited = limited(index, parameter, plain);
        let argument = quote_spanned!(ty.span()=> <#ty as __private::Argument>);
        fns.extend(limited.fns(&[&action.cfgs, cfgs]));
        fields.extend(quote!(#(#cfgs)* #ident: #ty,));
        empty.extend(quote!(#(#cfgs)* let mut #slot = ::core::option::Option::None;));
        slots.extend(quote!(#(#cfgs)* #argument::slot(#name, &mut #slot),));
        full.extend(match limited.default() {
            Some(default) => quote!(#(#cfgs)* #ident: __private::or_default(#slot, #default),),
            None => quote!(#(#cfgs)* #ident: #argument::required(#name, #slot)?,),
        });
        let check = limited.check(&quote!(&__values.#ident));
        checks.extend(check.map(|check| quote!(#(#cfgs)* #check?;)));
    }
    quote! {
        #fns
        #(#cfgs)*
        struct #values { #fields }
        #(#cfgs)*
        impl __private::Arguments for #values {
            fn read(__input: &[::core::primitive::u8]) -> __private::Result<#values> {
                #empty
                __private::read(__input, &mut [#slots])?;
                let __values = #values { #full };
                #checks
                ::core::result::Result::Ok(__values)
            }
        }
    }
}

/// The `Param`s of an action, for its schema.
pub(super) fn specs(index: usize, action: &Action) -> Vec<TokenStream> {
    plain(action)
        .into_iter()
        .map(|(parameter, plain)| {
            let param = limited(index, parameter, plain).param(plain.description.as_ref());
            let cfgs = &parameter.cfgs;
            quote!(#(#cfgs)* #param)
        })
        .collect()
}

/// The arguments as the method takes them, in its order.
pub(super) fn passed(action: &Action) -> Vec<TokenStream> {
    action
        .parameters
        .iter()
        .map(|Parameter { kind, cfgs, .. }| match kind {
            ParameterKind::Context => quote!(#(#cfgs)* __context),
            ParameterKind::Input => quote!(#(#cfgs)* __values),
            ParameterKind::Plain(plain) => {
                let ident = &plain.ident;
                if plain.by_reference {
                    quote!(#(#cfgs)* &__values.#ident)
                } else {
                    quote!(#(#cfgs)* __values.#ident)
                }
            }
        })
        .collect()
}

fn plain(action: &Action) -> Vec<(&Parameter, &Plain)> {
    action
        .parameters
        .iter()
        .filter_map(|parameter| match &parameter.kind {
            ParameterKind::Plain(plain) => Some((parameter, &**plain)),
            ParameterKind::Context | ParameterKind::Input => None,
        })
        .collect()
}
