//! Actions that are one request: the body that their methods get, and what they say of the request.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{FnArg, Ident, Pat, Path};

use crate::model::{Action, Methods, Most, Pages, Parameter, ParameterKind, Plain, Request, SentTo};
use crate::parse::{Block, BlockItem, Body, Method};

/// Gives methods without a body the call of the runtime that stands for it.
pub(super) fn complete(block: &mut Block, model: &Methods) {
    let mut actions = model.actions.iter().filter(|action| action.request.is_some());
    for item in &mut block.items {
        if let BlockItem::Method(method) = item
            && matches!(method.body, Body::Missing(_))
            && let Some(action) = actions.next()
        {
            method.body = Body::Braced(body(action, method, &model.runtime));
        }
    }
}

fn body(action: &Action, method: &mut Method, runtime: &Path) -> TokenStream {
    let mut inputs = method.signature.inputs.iter_mut();
    // The method's own, which is the only one that a `macro_rules!` lets its body have.
    let this = match inputs.next() {
        Some(FnArg::Receiver(receiver)) => receiver.self_token.to_token_stream(),
        _ => quote!(self),
    };
    let names: Vec<Ident> = inputs.enumerate().map(|(place, input)| named(place, input)).collect();
    let context = action.parameters.iter().zip(&names).find_map(|(parameter, name)| {
        matches!(parameter.kind, ParameterKind::Context).then(|| quote!(::core::option::Option::Some(#name)))
    });
    let context = context.unwrap_or_else(|| quote!(::core::option::Option::None));
    let values =
        values(action, &quote!(#runtime::__private), |place| names.get(place).map(ToTokens::to_token_stream));
    let request = call(action, &quote!(#runtime::__private), &this, &values, &context);
    // In two steps, so that nothing borrowed is kept while the service is waited for.
    quote!({
        let __request = #request;
        __request.await
    })
}

/// The name of a parameter, which gets one where it is a pattern.
fn named(place: usize, input: &mut FnArg) -> Ident {
    let other = format_ident!("__argument{place}");
    let FnArg::Typed(argument) = input else { return other };
    let name = match &*argument.pat {
        Pat::Ident(pattern) if pattern.subpat.is_none() && pattern.by_ref.is_none() => pattern.ident.clone(),
        _ => other,
    };
    *argument.pat = syn::parse_quote!(#name);
    name
}

/// The call of the runtime, with the values that were read from an input.
pub(super) fn run(action: &Action) -> TokenStream {
    let private = quote!(__private);
    let values = values(action, &private, |place| match &action.parameters.get(place)?.kind {
        ParameterKind::Plain(plain) => {
            let ident = &plain.ident;
            Some(quote!(__values.#ident))
        }
        ParameterKind::Input => Some(quote!(__values)),
        ParameterKind::Context => None,
    });
    let context = quote!(::core::option::Option::Some(__context));
    call(action, &private, &quote!(__this), &values, &context)
}

fn call(
    action: &Action,
    private: &TokenStream,
    this: &TokenStream,
    values: &[TokenStream],
    context: &TokenStream,
) -> TokenStream {
    let (name, output) = (action.name(), &action.output);
    let request = quote_spanned!(output.span()=> <#output as #private::Answered>::request);
    quote!(#request(#this, #name, &[#(#values),*], #context))
}

/// The arguments without their types. Where one can't be sent, both calls say so in the same words at the same
/// place, which rustc shows once.
fn values(
    action: &Action,
    private: &TokenStream,
    value: impl Fn(usize) -> Option<TokenStream>,
) -> Vec<TokenStream> {
    let parameters = action.parameters.iter().enumerate();
    let values = parameters.filter_map(|(place, Parameter { ty, cfgs, kind })| {
        let value = match kind {
            ParameterKind::Context => return None,
            ParameterKind::Plain(plain) if plain.by_reference => {
                let value = value(place)?;
                return Some(quote!(#(#cfgs)* #private::sent::<&::core::primitive::str>(&&*#value)));
            }
            ParameterKind::Plain(_) | ParameterKind::Input => value(place)?,
        };
        let sent = quote_spanned!(ty.span()=> #private::sent::<#ty>);
        Some(quote!(#(#cfgs)* #sent(&#value)))
    });
    values.collect()
}

/// What the author says of the request.
pub(super) fn spec(action: &Action) -> Option<TokenStream> {
    let request = action.request.as_ref()?;
    let (method, path) = (request.method.to_string(), &request.path);
    let arguments = action.parameters.iter().filter_map(|parameter| {
        let cfgs = &parameter.cfgs;
        let (name, at) = match &parameter.kind {
            ParameterKind::Context => return None,
            ParameterKind::Input => (String::new(), quote!(Fields)),
            ParameterKind::Plain(plain) => (plain.name(), at(request, plain)),
        };
        Some(quote!(#(#cfgs)* (#name, __private::At::#at)))
    });
    let form = request.content.as_ref().filter(|content| *content == "form").map(|_| quote!(.form()));
    let select = request.select.as_ref().map(|select| quote!(.select(#select)));
    let client = request.client.as_ref().map(|client| {
        let client = client.unraw().to_string();
        quote!(.client(#client))
    });
    let page = request.page.as_ref().map(|page| {
        let page = match page {
            Pages::Link => quote!(Link),
            Pages::Cursor { at, parameter } => quote!(Cursor { at: #at, parameter: #parameter }),
            Pages::Number { parameter, first } => {
                let first = first.unwrap_or(1);
                quote!(Number { parameter: #parameter, first: #first })
            }
            Pages::Offset { parameter } => quote!(Offset { parameter: #parameter }),
        };
        quote!(.page(__private::PageSpec::#page))
    });
    let most = request.most.as_ref().map(|most| match most {
        Most::Items(_, items) => quote!(.most(__private::MostSpec::Items(#items))),
        Most::Argument(name) => {
            let name = name.unraw().to_string();
            quote!(.most(__private::MostSpec::Argument(#name)))
        }
    });
    Some(quote! {
        .request(&__private::RequestSpec::new(#method, #path, &[#(#arguments),*]) #form #select #client #page #most)
    })
}

/// Where an argument goes.
fn at(request: &Request, plain: &Plain) -> TokenStream {
    let name = plain.name();
    let counts = matches!(&request.most, Some(Most::Argument(most)) if most.unraw() == plain.ident.unraw());
    match plain.places.first().map(|(_, place)| place) {
        _ if request.has_placeholder(&name) => quote!(Path),
        Some(SentTo::Query(Some(parameter))) => quote!(Query(#parameter)),
        Some(SentTo::Query(None)) => quote!(Query(#name)),
        Some(SentTo::Header(header)) => quote!(Header(#header)),
        Some(SentTo::Member(member)) => quote!(Member(#member)),
        Some(SentTo::Body) => quote!(Body),
        None if counts => quote!(Unsent),
        None if request.fills_body() => quote!(Member(#name)),
        None => quote!(Query(#name)),
    }
}

/// What a request takes from the struct and of its types, checked where it says so.
pub(super) fn checks(model: &Methods) -> TokenStream {
    let self_type = &model.self_type;
    let mut checks = TokenStream::new();
    let mut is_first = true;
    for action in &model.actions {
        let (Some(request), ident, cfgs) = (&action.request, &action.ident, &action.cfgs) else { continue };
        let path = &request.path;
        let arguments: Vec<String> = action.plain().map(Plain::name).collect();
        let mut names = request.placeholders().unwrap_or_default();
        names.sort();
        names.dedup();
        for name in names.iter().filter(|name| !arguments.contains(name)) {
            let unknown = format!(
                "`{name}` in the path of action `{ident}` is neither an argument nor a setting; \
                 write a parameter of that name, or name a setting of the struct"
            );
            let secret = format!(
                "`{name}` in the path of action `{ident}` is a credential, which paths would show; \
                 send it by `auth`"
            );
            checks.extend(quote_spanned! {path.span()=>
                #(#cfgs)*
                const _: () = ::core::assert!(!__private::has_credential::<#self_type>(#name), #secret);
                #(#cfgs)*
                const _: () = ::core::assert!(
                    __private::has_credential::<#self_type>(#name) || __private::has_setting::<#self_type>(#name),
                    #unknown
                );
            });
        }
        checks.extend(headers(model, action));
        match &request.client {
            Some(client) => checks.extend(client_exists(model, action, client)),
            None if is_first => {
                // Said once: one client is missed, however many actions need it.
                is_first = false;
                let message = format!(
                    "action `{ident}` needs one HTTP client: add a field `#[http(base = \"..\")] http: Http`, \
                     or name one of several: `client = ..`"
                );
                checks.extend(quote_spanned! {request.method.span()=>
                    #(#cfgs)*
                    const _: () = ::core::assert!(__private::has_one_client::<#self_type>(), #message);
                });
            }
            None => {}
        }
        let output = &action.output;
        if request.page.is_some() {
            let list = quote_spanned!(output.span()=> __private::assert_list::<#output>);
            checks.extend(quote!(#(#cfgs)* const _: fn() = #list;));
        }
        checks.extend(counts(action, request));
    }
    checks
}

/// What `auth` puts into a header would take the place of an argument there.
fn headers(model: &Methods, action: &Action) -> TokenStream {
    let (self_type, mut checks) = (&model.self_type, TokenStream::new());
    for parameter in &action.parameters {
        let ParameterKind::Plain(plain) = &parameter.kind else { continue };
        let Some((_, SentTo::Header(header))) = plain.places.first() else { continue };
        let cfgs = [action.cfgs.as_slice(), &parameter.cfgs].concat();
        let message = format!(
            "header `{}` is sent by `auth` and by argument `{}` of action `{}`; keep one of the two",
            header.value(),
            plain.name(),
            action.ident
        );
        checks.extend(quote_spanned! {header.span()=>
            #(#cfgs)*
            const _: () = ::core::assert!(!__private::authenticates_by::<#self_type>(#header), #message);
        });
    }
    checks
}

fn client_exists(model: &Methods, action: &Action, client: &Ident) -> TokenStream {
    let (self_type, cfgs, name) = (&model.self_type, &action.cfgs, client.unraw().to_string());
    let message = format!("there is no HTTP client `{name}`; name a field that has `#[http(base = \"..\")]`");
    quote_spanned! {client.span()=>
        #(#cfgs)*
        const _: () = ::core::assert!(__private::has_client::<#self_type>(#name), #message);
    }
}

/// How many items are collected is said by a whole number.
fn counts(action: &Action, request: &Request) -> Option<TokenStream> {
    let Some(Most::Argument(name)) = &request.most else { return None };
    let counted = action.parameters.iter().find(
        |parameter| matches!(&parameter.kind, ParameterKind::Plain(plain) if plain.ident.unraw() == name.unraw()),
    )?;
    let (ty, cfgs) = (&counted.ty, [action.cfgs.as_slice(), &counted.cfgs].concat());
    let count = quote_spanned!(ty.span()=> __private::assert_count::<#ty>);
    Some(quote!(#(#cfgs)* const _: fn() = #count;))
}
