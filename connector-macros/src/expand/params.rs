//! The arguments of an action: the slots that the input is parsed into, and the values that the method
//! gets.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::limits::Limited;
use crate::model::{Action, Parameter, ParameterKind, Plain};

/// The names of the two structs of an action, by its place: two methods' names may differ in nothing but
/// what a type's name can't keep.
pub(super) fn names(index: usize) -> (Ident, Ident) {
    (format_ident!("__Slots{index}"), format_ident!("__Values{index}"))
}

/// An argument's default and limits.
fn limited<'a>(index: usize, parameter: &'a Parameter, plain: &'a Plain) -> Limited<'a> {
    let name = plain.name();
    Limited { ty: &parameter.ty, label: format!("{index}_{name}"), name, limits: &plain.limits }
}

/// The two structs of an action with plain arguments.
pub(super) fn structs(index: usize, action: &Action) -> TokenStream {
    let (slots, values) = names(index);
    let cfgs = &action.cfgs;
    let plain: Vec<(&Parameter, &Plain)> = plain(action);
    let slot_fields = plain.iter().map(|(Parameter { ty, cfgs, .. }, plain)| {
        let ident = &plain.ident;
        quote!(#(#cfgs)* #ident: ::core::option::Option<#ty>)
    });
    let value_fields = plain.iter().map(|(Parameter { ty, cfgs, .. }, plain)| {
        let ident = &plain.ident;
        quote!(#(#cfgs)* #ident: #ty)
    });
    let names = plain.iter().map(|(Parameter { cfgs, .. }, plain)| {
        let name = plain.name();
        quote!(#(#cfgs)* #name)
    });
    let arms = plain.iter().map(|(Parameter { ty, cfgs, .. }, plain)| {
        let (ident, name) = (&plain.ident, plain.name());
        let fill = quote_spanned!(ty.span()=> <#ty as __private::Argument>::fill);
        quote!(#(#cfgs)* #name => #fill(&mut __slots.#ident, __map))
    });
    let finished = plain.iter().map(|(parameter, plain)| {
        let Parameter { ty, cfgs, .. } = parameter;
        let (ident, name) = (&plain.ident, plain.name());
        match limited(index, parameter, plain).default() {
            Some(default) => quote!(#(#cfgs)* #ident: __private::or_default(__slots.#ident, #default)),
            None => {
                let required = quote_spanned!(ty.span()=> <#ty as __private::Argument>::required);
                quote!(#(#cfgs)* #ident: #required(#name, __slots.#ident)?)
            }
        }
    });
    let checks = plain.iter().filter_map(|(parameter, plain)| {
        let (ident, cfgs) = (&plain.ident, &parameter.cfgs);
        let check = limited(index, parameter, plain).check(&quote!(&__values.#ident))?;
        Some(quote!(#(#cfgs)* #check?;))
    });
    let fns = plain
        .iter()
        .map(|(parameter, plain)| limited(index, parameter, plain).fns(&[&action.cfgs, &parameter.cfgs]));
    quote! {
        #(#fns)*
        #(#cfgs)*
        #[derive(::core::default::Default)]
        struct #slots { #(#slot_fields,)* }
        #(#cfgs)*
        struct #values { #(#value_fields,)* }
        #(#cfgs)*
        impl __private::Arguments for #values {
            type Slots = #slots;
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names,)*];

            fn set<'de, __A: __private::MapAccess<'de>>(
                __slots: &mut #slots,
                __name: &'static ::core::primitive::str,
                __map: &mut __A,
            ) -> ::core::result::Result<(), __A::Error> {
                match __name {
                    #(#arms,)*
                    _ => __private::skip(__map),
                }
            }

            fn finish(__slots: #slots) -> __private::Result<#values> {
                let __values = #values { #(#finished,)* };
                #(#checks)*
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
