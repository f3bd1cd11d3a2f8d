//! The arguments of an action: the slots that the input is parsed into, and the values that the method
//! gets.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Path;
use syn::ext::IdentExt as _;

use super::limits;
use crate::model::{Action, Parameter, ParameterKind, Plain};

/// The names of the two structs of an action.
pub(super) fn names(action: &Action) -> (Ident, Ident) {
    let name: String = action
        .ident
        .unraw()
        .to_string()
        .split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
        })
        .collect();
    (format_ident!("__{name}Slots"), format_ident!("__{name}"))
}

/// The two structs of an action with plain arguments.
pub(super) fn structs(runtime: &Path, action: &Action) -> TokenStream {
    let private = quote!(#runtime::__private);
    let (slots, values) = names(action);
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
    let arms = plain.iter().map(|(Parameter { cfgs, .. }, plain)| {
        let (ident, name) = (&plain.ident, plain.name());
        quote!(#(#cfgs)* #name => #private::fill(&mut self.#ident, __map))
    });
    let finished = plain.iter().map(|(Parameter { ty, cfgs, .. }, plain)| {
        let (ident, name) = (&plain.ident, plain.name());
        let slot = quote!(self.#ident);
        match plain.limits.default.get() {
            Some(default) => {
                let default = limits::default_value(runtime, default, ty);
                quote!(#(#cfgs)* #ident: #private::or_default::<#ty>(#slot, || #default))
            }
            None => quote!(#(#cfgs)* #ident: #private::required::<#ty>(#name, #slot)?),
        }
    });
    let checks = plain.iter().map(|(Parameter { ty, cfgs, .. }, plain)| {
        let ident = &plain.ident;
        let checks = limits::checks(runtime, ty, &plain.name(), &quote!(&__values.#ident), &plain.limits);
        if checks.is_empty() { checks } else { quote!(#(#cfgs)* { #checks }) }
    });
    quote! {
        #(#cfgs)*
        #[derive(::core::default::Default)]
        struct #slots { #(#slot_fields,)* }
        #(#cfgs)*
        struct #values { #(#value_fields,)* }
        #(#cfgs)*
        impl #private::Arguments for #slots {
            type Values = #values;
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names,)*];

            fn set<'de, __A: #private::MapAccess<'de>>(
                &mut self,
                __name: &'static ::core::primitive::str,
                __map: &mut __A,
            ) -> ::core::result::Result<(), __A::Error> {
                match __name {
                    #(#arms,)*
                    _ => #private::skip(__map),
                }
            }

            fn finish(self) -> #runtime::Result<#values> {
                let __values = #values { #(#finished,)* };
                #(#checks)*
                ::core::result::Result::Ok(__values)
            }
        }
    }
}

/// The `Param`s of an action, for its schema.
pub(super) fn specs(runtime: &Path, action: &Action) -> Vec<TokenStream> {
    plain(action)
        .into_iter()
        .map(|(Parameter { ty, cfgs, .. }, plain)| {
            let param = limits::param(runtime, ty, &plain.name(), plain.description.as_ref(), &plain.limits);
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
