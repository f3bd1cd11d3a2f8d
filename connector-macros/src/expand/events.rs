//! The expansion of `#[events]` and `#[send]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{located, methods::at};
use crate::model::{Events, EventsInput, Methods, Send, SendInput};

/// The `#[events]` method that is compiled in, where several stand under different `#[cfg]`s.
pub(super) fn events(model: &Methods) -> TokenStream {
    let specs = model.events.iter().map(|events| {
        let (cfgs, spec) = (&events.cfgs, events_spec(events));
        quote!(#(#cfgs)* __private::with_events!(#spec))
    });
    quote!(&[#(#specs,)*])
}

/// The same of `#[send]`.
pub(super) fn send(model: &Methods) -> TokenStream {
    let specs = model.send.iter().map(|send| {
        let (cfgs, spec) = (&send.cfgs, send_spec(send));
        quote!(#(#cfgs)* __private::with_events!(#spec))
    });
    quote!(&[#(#specs,)*])
}

/// Only the runtime knows whether it has the feature: it says so by the one, and leaves the other out.
pub(super) fn checks(model: &Methods) -> TokenStream {
    let events = model.events.iter().map(|events| (&events.attribute, &events.cfgs));
    let checks = events.chain(model.send.iter().map(|send| (&send.attribute, &send.cfgs)));
    let checks = checks.map(|(attribute, cfgs)| {
        let features = quote_spanned!(attribute.span()=> __private::Features);
        quote!(#(#cfgs)* const _: fn() = __private::assert_events::<#features>;)
    });
    quote!(#(#checks)*)
}

fn events_spec(events: &Events) -> TokenStream {
    let Events { ident, description, inputs, every, window, .. } = events;
    let every = every.map(|every| quote!(.every(#every)));
    let window = window.as_ref().map(|window| quote!(.window(#window)));
    let (mut cursor, mut payload, mut context) = (quote!(_), quote!(_), format_ident!("_"));
    let mut arguments = Vec::new();
    for input in inputs {
        arguments.push(match input {
            EventsInput::Since(ty) => {
                cursor = quote!(#ty);
                quote!(__since)
            }
            EventsInput::Out(ty) => {
                payload = quote!(#ty);
                quote!(&mut __out)
            }
            EventsInput::Context => {
                context = format_ident!("__context");
                quote!(__context)
            }
        });
    }
    let new = quote_spanned!(payload.span()=> __private::EventsSpec::<Self>::new::<#payload>);
    let begun = quote_spanned!(cursor.span()=> __private::begun::<#cursor, _>);
    let ended = located(quote!(__private::ended), ident);
    let call = quote_spanned!(at(ident)=> #ended(__this.#ident(#(#arguments),*).await));
    quote! {
        #new(#description, |__this, __since, __out, #context| ::std::boxed::Box::pin(async move {
            let (__since, mut __out) = #begun(__since, __out)?;
            #call
        })) #every #window
    }
}

fn send_spec(send: &Send) -> TokenStream {
    let Send { ident, description, inputs, idempotent, .. } = send;
    let idempotent = idempotent.then(|| quote!(.idempotent()));
    let mut context = format_ident!("_");
    let mut arguments = Vec::new();
    for input in inputs {
        arguments.push(match input {
            SendInput::Message => quote!(::core::clone::Clone::clone(__message)),
            SendInput::BorrowedMessage => quote!(__message),
            SendInput::Context => {
                context = format_ident!("__context");
                quote!(__context)
            }
        });
    }
    let boxed = located(quote!(__private::boxed_send), ident);
    let call = quote_spanned!(at(ident)=> #boxed(__this.#ident(#(#arguments),*)));
    quote! {
        __private::SendSpec::<Self>::new(#description, |__this, __message, #context| #call) #idempotent
    }
}
