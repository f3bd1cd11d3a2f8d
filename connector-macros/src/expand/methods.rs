//! The expansion of the impl: `Actions`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Ident, Path};

use super::{events, located, params, requests, with_self};
use crate::model::{Action, Effect, Health, Login, Methods, Options, Parameter, ParameterKind, Passed};
use crate::parse::Block;

pub(super) fn expand(model: &Methods) -> TokenStream {
    let Methods { self_type, runtime, .. } = model;
    let plain = |(_, action): &(usize, &Action)| input(action).is_none();
    let structs = model.actions.iter().enumerate().filter(plain).map(|(index, action)| {
        let structs = params::structs(index, action);
        with_self(structs, &self_type.to_token_stream())
    });
    let actions = model.actions.iter().enumerate().map(|(index, action)| spec(index, action));
    let options = model.options.iter().map(options_spec);
    let names = model.options.iter().map(|Options { ident, cfgs, .. }| {
        let name = ident.unraw().to_string();
        quote!(#(#cfgs)* #name)
    });
    let shapes = model.actions.iter().filter_map(input_is_an_object);
    let requests = requests::checks(model);
    let health = health(&model.health);
    let login = login(&model.login);
    let needed = events::checks(model);
    let (events, send) = (events::events(model), events::send(model));
    let allowed = &model.allowed;
    quote! {
        #(#allowed)*
        const _: () = {
            use #runtime::__private;
            #(#structs)*
            #(#shapes)*
            #requests
            #needed
            #[automatically_derived]
            impl __private::Actions for #self_type {
                const SPEC: __private::ImplSpec<Self> = __private::ImplSpec {
                    actions: &[#(#actions,)*],
                    options: &[#(#options,)*],
                    health: #health,
                    login: #login,
                    events: #events,
                    send: #send,
                };
                const OPTIONS: &'static [&'static ::core::primitive::str] = &[#(#names,)*];

                fn table() -> &'static __private::Table {
                    static __TABLE: __private::LazyLock<__private::Table> =
                        __private::LazyLock::new(__private::Table::new::<#self_type>);
                    &__TABLE
                }
            }
        };
    }
}

/// Stands in for an impl that has mistakes, so that only the mistakes are reported.
pub(super) fn dummy(block: &Block, runtime: &Path, body: &TokenStream) -> TokenStream {
    if block.of_trait.is_some() && !block.is_marked {
        // Another block is the connector's.
        return TokenStream::new();
    }
    let (of, _, bounds) = block.generics.split_for_impl();
    let bounds = bounds.map(|bounds| &bounds.predicates);
    // As of the struct's own stand-in; without one it is no connector, which is said.
    let bounds = (!block.generics.params.is_empty())
        .then(|| quote!(where Self: ::core::marker::Send + ::core::marker::Sync + 'static, #bounds));
    let self_type = &block.self_type;
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #of #runtime::__private::Actions for #self_type #bounds {
                const SPEC: #runtime::__private::ImplSpec<Self> = #runtime::__private::ImplSpec::BROKEN;
                const OPTIONS: &'static [&'static ::core::primitive::str] = &[];
                const BROKEN: ::core::primitive::bool = true;

                fn table() -> &'static #runtime::__private::Table {
                    #body
                }
            }
        };
    }
}

fn spec(index: usize, action: &Action) -> TokenStream {
    let Action { description, scopes, output, cfgs, .. } = action;
    let (name, command) = (action.name(), action.command_id());
    let resource = action.resource.as_ref().map(|resource| quote!(.resource(#resource)));
    let scopes = (!scopes.is_empty()).then(|| quote!(.scopes(&[#(#scopes),*])));
    let timeout = action.timeout.map(|timeout| quote!(.timeout(#timeout)));
    let new = Ident::new(constructor(action.effect), Span::call_site());
    let permission = permission(action);
    let input = match input(action) {
        Some(parameter) => {
            let ty = &parameter.ty;
            quote_spanned!(ty.span()=> <#ty as __private::Argument>::INPUT)
        }
        None => {
            let specs = params::specs(index, action);
            quote!(__private::Input::Params(&[#(#specs,)*]))
        }
    };
    let result = result(action);
    let schema = quote_spanned!(output.span()=> <#output as __private::#result>::schema);
    let run = run(index, action);
    let request = requests::spec(action);
    quote! {
        #(#cfgs)*
        __private::ActionSpec::#new(#name, #command, #description, #input, #schema, #run)
            #permission #resource #scopes #timeout #request
    }
}

/// The fn pointer: a call of the runtime's adaptor with a call of the method.
fn run(index: usize, action: &Action) -> TokenStream {
    let method = &action.ident;
    let (call, context) = match &action.request {
        Some(_) => (requests::run(action), true),
        None => (call(action), takes_context(action)),
    };
    let context = if context { format_ident!("__context") } else { format_ident!("_") };
    let (output, result) = (&action.output, result(action));
    let (prepare, parse, values) = match input(action) {
        Some(parameter) => {
            let ty = &parameter.ty;
            let parse = quote_spanned!(ty.span()=> <#ty as __private::Argument>::parse);
            ("prepare_input", quote!(#parse,), quote!(__values: #ty))
        }
        None => {
            let values = params::name(index);
            let name = if action.plain().next().is_some() { quote!(__values) } else { quote!(_) };
            ("prepare", TokenStream::new(), quote!(#name: #values))
        }
    };
    let prepare = Ident::new(prepare, at(method));
    quote_spanned! {at(method)=>
        |__call: __private::Ready<'_, Self>| <#output as __private::#result>::#prepare(__call, #parse |__this, #values, #context| #call)
    }
}

/// The trait of the runtime that the action's result has.
fn result(action: &Action) -> Ident {
    let name = if action.request.is_some() { "Answered" } else { "ActionResult" };
    Ident::new(name, Span::call_site())
}

/// The call of the method.
fn call(action: &Action) -> TokenStream {
    let method = &action.ident;
    let passed = params::passed(action);
    let call = quote_spanned!(at(method)=> __this.#method(#(#passed),*));
    let borrows = action.plain().any(|plain| plain.by_reference);
    // A borrowed argument has to live as long as the method runs, so it moves into the future.
    if borrows { quote!(async move { #call.await }) } else { call }
}

/// The fn of the runtime that makes an action with this effect.
const fn constructor(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Write => "write",
        Effect::Destructive => "destructive",
    }
}

/// What the author says of the permission besides the effect.
fn permission(action: &Action) -> TokenStream {
    let business = action.risk.as_ref().map(|_| quote!(.business()));
    let local = action.local.then(|| quote!(.local()));
    let idempotent = action.idempotent.then(|| quote!(.idempotent()));
    let trust = action.trust.as_ref().map(|trust| {
        let trust = capitalized(trust);
        quote!(.trusted(__private::Trust::#trust))
    });
    let mode = action.mode.as_ref().map(|mode| {
        let mode = capitalized(mode);
        quote!(.at_least(__private::Mode::#mode))
    });
    quote!(#business #local #idempotent #trust #mode)
}

/// `restricted` as the runtime's `Restricted`.
fn capitalized(word: &Ident) -> Ident {
    let word = word.to_string();
    let (first, rest) = word.split_at(1);
    format_ident!("{}{}", first.to_ascii_uppercase(), rest)
}

fn options_spec(options: &Options) -> TokenStream {
    let Options { ident, description, cfgs, takes_context, context_first } = options;
    let name = ident.unraw().to_string();
    let (arguments, context) = match (takes_context, context_first) {
        (false, _) => (quote!(__query), format_ident!("_")),
        (true, false) => (quote!(__query, __context), format_ident!("__context")),
        (true, true) => (quote!(__context, __query), format_ident!("__context")),
    };
    let boxed = located(quote!(__private::boxed_choices), ident);
    let call = quote_spanned!(at(ident)=> #boxed(__this.#ident(#arguments)));
    quote! {
        #(#cfgs)*
        __private::OptionsSpec {
            name: #name,
            description: #description,
            run: |__this, __query, #context| #call,
        }
    }
}

/// The health check that is compiled in, where several stand under different `#[cfg]`s.
fn health(methods: &[Health]) -> TokenStream {
    let checks = methods.iter().map(|Health { ident, takes_context, cfgs }| {
        let (argument, context) = if *takes_context {
            (quote!(__context), format_ident!("__context"))
        } else {
            (TokenStream::new(), format_ident!("_"))
        };
        let boxed = located(quote!(__private::boxed_health), ident);
        let call = quote_spanned!(at(ident)=> #boxed(__this.#ident(#argument)));
        quote!(#(#cfgs)* |__this, #context| #call)
    });
    if methods.is_empty() { quote!(&[]) } else { quote!(&[#(#checks,)*]) }
}

/// The login that is compiled in, where several stand under different `#[cfg]`s.
fn login(methods: &[Login]) -> TokenStream {
    let logins = methods.iter().map(|Login { ident, passed, cfgs }| {
        let arguments = passed.iter().map(|passed| match passed {
            Passed::Ask => quote!(__ask),
            Passed::Context => quote!(__context),
        });
        let context = match passed.contains(&Passed::Context) {
            true => format_ident!("__context"),
            false => format_ident!("_"),
        };
        let boxed = located(quote!(__private::boxed_login), ident);
        let call = quote_spanned!(at(ident)=> #boxed(__this.#ident(#(#arguments),*)));
        quote!(#(#cfgs)* |__this, __ask, #context| #call)
    });
    if methods.is_empty() { quote!(&[]) } else { quote!(&[#(#logins,)*]) }
}

/// Where a method's name stands, with names resolved as in the rest of the expansion: the method may come
/// from a `macro_rules!`, which doesn't see our locals.
pub(super) fn at(method: &Ident) -> Span {
    method.span().resolved_at(Span::call_site())
}

fn input(action: &Action) -> Option<&Parameter> {
    action.parameters.iter().find(|parameter| matches!(parameter.kind, ParameterKind::Input))
}

/// An input is an object, since arguments have names.
fn input_is_an_object(action: &Action) -> Option<TokenStream> {
    let (ty, cfgs) = (&input(action)?.ty, &action.cfgs);
    let message = format!(
        "the input of action `{}` must be a struct, whose fields are its arguments; \
             make it one with named fields, or write the arguments one by one",
        action.ident
    );
    Some(quote_spanned! {ty.span()=>
        #(#cfgs)*
        const _: () = {
            #[allow(unused_imports)]
            use __private::AnyShape as _;
            ::core::assert!(<__private::Shape<#ty>>::OBJECT, #message);
        };
    })
}

fn takes_context(action: &Action) -> bool {
    action.parameters.iter().any(|parameter| matches!(parameter.kind, ParameterKind::Context))
}
