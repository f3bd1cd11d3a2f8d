//! The expansion of the struct: `Described`.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Generics, Ident, LitStr, Path};

use super::limits::Limited;
use super::{option, with_self};
use crate::kit::Slot;
use crate::model::{Auth, Client, Connector, Field, FieldKind, OAuth2, Source};

pub(super) fn expand(model: &Connector) -> TokenStream {
    let Connector { ident, id, title, description, category, runtime, fields, .. } = model;
    let icon = option(model.icon.as_ref().map(|icon| quote!(#icon)));
    let docs = option(model.docs.as_ref().map(|docs| quote!(#docs)));
    let auth = auth(&model.auth);
    let settings = fields.iter().filter_map(setting);
    let secrets = fields.iter().filter_map(secret);
    let reads = fields.iter().filter_map(read);
    let takes = fields.iter().filter_map(take);
    let used = used_by_clients(model);
    let described = fields.iter().filter_map(described);
    let lent = lent(fields);
    let possible = auth_is_possible(model);
    let clients = fields.iter().filter_map(|field| client(field, model.rate.as_ref()));
    let values = fields.iter().map(value);
    let options = fields.iter().filter_map(|field| options_exist(ident, field));
    let fns = fields.iter().filter_map(|field| Some(limited(field)?.fns(&[&field.cfgs])));
    let fns = with_self(quote!(#(#fns)*), &quote!(#ident));
    let allowed = &model.allowed;
    let has_state = fields.iter().any(|field| matches!(field.kind, FieldKind::State));
    let state = has_state.then(|| {
        quote! {
            #[allow(unused_imports)]
            use __private::AnyBeginning as _;
        }
    });
    quote! {
        #(#allowed)*
        const _: () = {
            use #runtime::__private;
            #fns
            #[automatically_derived]
            impl __private::Described for #ident {
                const SPEC: __private::StructSpec = __private::StructSpec {
                    id: #id,
                    title: #title,
                    description: #description,
                    version: ::core::env!("CARGO_PKG_VERSION"),
                    category: #category,
                    icon: #icon,
                    docs: #docs,
                    auth: #auth,
                    settings: &[#(#settings,)*],
                    secrets: &[#(#secrets,)*],
                    clients: &[#(#described,)*],
                };

                fn open(mut __opening: __private::Opening<'_>) -> __private::Result<Self> {
                    #state
                    #(#reads)*
                    __opening.finish()?;
                    #(#clients)*
                    #(#takes)*
                    ::core::result::Result::Ok(Self { #(#values,)* })
                }

                #lent
            }
            #(#options)*
            #possible
            #used
            const _: fn() = __private::assert_connector::<#ident>;
        };
    }
}

/// Stands in for a connector that has mistakes, so that only the mistakes are reported.
pub(super) fn dummy(ident: &Ident, generics: &Generics, runtime: &Path, body: &TokenStream) -> TokenStream {
    let (of, names, bounds) = generics.split_for_impl();
    let bounds = bounds.map(|bounds| &bounds.predicates);
    // What a connector has to be, a generic one isn't for every type.
    let bounds = (!generics.params.is_empty())
        .then(|| quote!(where Self: ::core::marker::Send + ::core::marker::Sync + 'static, #bounds));
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #of #runtime::__private::Described for #ident #names #bounds {
                const SPEC: #runtime::__private::StructSpec = #runtime::__private::StructSpec::BROKEN;

                fn open(_: #runtime::__private::Opening<'_>) -> #runtime::Result<Self> {
                    #body
                }
            }
        };
    }
}

fn auth(auth: &Auth) -> TokenStream {
    let spec = quote!(__private::AuthSpec);
    let text = |ident: &Ident| ident.unraw().to_string();
    match auth {
        Auth::None | Auth::Unread => quote!(#spec::None),
        Auth::Bearer { token, renew } => {
            let token = text(token);
            let renew = match renew {
                Some(renew) => quote_spanned!(renew.span()=> __private::renewal!(#renew)),
                None => quote!(::core::option::Option::None),
            };
            quote!(#spec::Bearer { token: #token, renew: #renew })
        }
        Auth::ApiKeyHeader { key, header } => {
            let key = text(key);
            quote!(#spec::ApiKeyHeader { key: #key, header: #header })
        }
        Auth::ApiKeyQuery { key, query } => {
            let key = text(key);
            quote!(#spec::ApiKeyQuery { key: #key, query: #query })
        }
        Auth::ApiKeyCookie { key, cookie } => {
            let key = text(key);
            quote!(#spec::ApiKeyCookie { key: #key, cookie: #cookie })
        }
        Auth::Basic { user, password } => {
            let (user, password) = (text(user), text(password));
            quote!(#spec::Basic { user: #user, password: #password })
        }
        Auth::OAuth2(oauth2) => {
            let oauth2 = self::oauth2(oauth2);
            quote!(#spec::OAuth2(#oauth2))
        }
        Auth::Any { of, .. } => {
            let ways = of.iter().map(self::auth);
            quote!(#spec::Any(&[#(#ways,)*]))
        }
    }
}

/// A client, as the manifest wants it.
fn described(field: &Field) -> Option<TokenStream> {
    let FieldKind::Client(client) = &field.kind else { return None };
    let (cfgs, name, base) = (&field.cfgs, field.ident.unraw().to_string(), &client.base);
    let headers = headers(client);
    Some(quote!(#(#cfgs)* __private::ClientSpec { name: #name, base: #base, headers: #headers }))
}

fn headers(client: &Client) -> TokenStream {
    let headers = client.headers.iter().map(|(name, value)| quote!((#name, #value)));
    quote!(&[#(#headers),*])
}

/// Lends the clients to actions that are one request.
fn lent(fields: &[Field]) -> Option<TokenStream> {
    let is_client = |field: &&Field| matches!(field.kind, FieldKind::Client(_));
    let clients = fields.iter().filter(is_client).map(|Field { ident, ty, cfgs, .. }| {
        let name = ident.unraw().to_string();
        let client = quote_spanned!(ty.span()=> <#ty as __private::HttpField>::client);
        quote!(#(#cfgs)* #name => ::core::option::Option::Some(#client(&self.#ident)),)
    });
    let clients: TokenStream = clients.collect();
    (!clients.is_empty()).then(|| {
        quote! {
            fn client(
                &self,
                __field: &::core::primitive::str,
            ) -> ::core::option::Option<&dyn __private::HttpField> {
                match __field {
                    #clients
                    _ => ::core::option::Option::None,
                }
            }
        }
    })
}

fn oauth2(oauth2: &OAuth2) -> TokenStream {
    let [authorize, device, revoke] = [&oauth2.authorize, &oauth2.device, &oauth2.revoke].map(self::text);
    let token = oauth2.token.get();
    let scopes = oauth2.scopes.get().into_iter().flatten();
    let client_id = source(&oauth2.client_id);
    let client_secret = source(&oauth2.client_secret);
    let for_itself = oauth2.is_for_itself();
    let in_body = oauth2.client_auth.is_given();
    quote! {
        __private::OAuth2Spec {
            authorize: #authorize,
            device: #device,
            token: #token,
            revoke: #revoke,
            scopes: &[#(#scopes,)*],
            client_id: #client_id,
            client_secret: #client_secret,
            for_itself: #for_itself,
            in_body: #in_body,
        }
    }
}

fn source(source: &Slot<Source>) -> TokenStream {
    option(source.get().map(|source| match source {
        Source::Text(text) => quote!(__private::Given::Text(#text)),
        Source::Env(env) => quote!(__private::Given::Env(#env)),
        Source::Field(field) => {
            let field = field.unraw().to_string();
            quote!(__private::Given::Field(#field))
        }
    }))
}

/// What only types tell of `auth`: that the runtime knows OAuth, and that a credential which is one of several
/// ways can be left out.
fn auth_is_possible(model: &Connector) -> TokenStream {
    let words = model.auth.ways().iter().filter_map(Auth::oauth2).map(|oauth2| {
        let word = &oauth2.word;
        quote_spanned!(word.span()=> const _: fn() = __private::assert_oauth::<__private::Features>;)
    });
    let renewals = model.auth.ways().iter().filter_map(Auth::renew).map(|renew| {
        quote_spanned!(renew.span()=> const _: fn() = __private::assert_renewal::<__private::Features>;)
    });
    let several = matches!(model.auth, Auth::Any { .. }).then(|| model.auth.fields()).unwrap_or_default();
    let optional = model.fields.iter().filter_map(|field| {
        let is_named = several.iter().any(|(name, _)| **name == field.ident);
        let FieldKind::Credential(_) = &field.kind else { return None };
        let (cfgs, ty, name) = (&field.cfgs, &field.ty, field.ident.unraw().to_string());
        let message = format!(
            "credential `{name}` is required, so no other way of `any` is ever gone; make it an `Option<Secret>`"
        );
        is_named.then(|| {
            quote_spanned! {ty.span()=>
                #(#cfgs)*
                const _: () = ::core::assert!(!<#ty as __private::SecretField>::REQUIRED, #message);
            }
        })
    });
    quote!(#(#words)* #(#renewals)* #(#optional)*)
}

/// Reads the fields that only the clients use, which rustc would take for unused. A setting may stand in the
/// path of an action, which is said on the impl.
fn used_by_clients(model: &Connector) -> Option<TokenStream> {
    let mut fields = model.fields.iter();
    if !fields.any(|field| matches!(field.kind, FieldKind::Client(_))) {
        return None;
    }
    let auth = model.auth.fields();
    let is_used = |field: &&Field| {
        matches!(field.kind, FieldKind::Setting(_)) || auth.iter().any(|(name, _)| **name == field.ident)
    };
    let connector = &model.ident;
    let reads = model.fields.iter().filter(is_used).map(|field| {
        let (cfgs, ident) = (&field.cfgs, &field.ident);
        quote!(#(#cfgs)* let _ = &__connector.#ident;)
    });
    Some(quote!(const _: fn(&#connector) = |__connector| { #(#reads)* };))
}

/// A setting's default and limits.
fn limited(field: &Field) -> Option<Limited<'_>> {
    let FieldKind::Setting(setting) = &field.kind else { return None };
    let name = field.ident.unraw().to_string();
    Some(Limited { ty: &field.ty, label: name.clone(), name, limits: &setting.limits })
}

fn setting(field: &Field) -> Option<TokenStream> {
    let FieldKind::Setting(setting) = &field.kind else { return None };
    let cfgs = &field.cfgs;
    let value = limited(field)?.param(Some(&setting.description));
    let (env, placeholder, help) = (text(&setting.env), text(&setting.placeholder), text(&setting.help));
    let depends_on = option(setting.depends_on.get().map(|target| {
        let target = target.unraw().to_string();
        quote!(#target)
    }));
    let advanced = setting.advanced;
    Some(quote! {
        #(#cfgs)*
        __private::SettingSpec {
            value: #value,
            env: #env,
            placeholder: #placeholder,
            help: #help,
            depends_on: #depends_on,
            advanced: #advanced,
        }
    })
}

fn secret(field: &Field) -> Option<TokenStream> {
    let FieldKind::Credential(credential) = &field.kind else { return None };
    let (cfgs, ty) = (&field.cfgs, &field.ty);
    let name = field.ident.unraw().to_string();
    let description = &credential.description;
    let (env, help) = (text(&credential.env), text(&credential.help));
    let required = quote_spanned!(ty.span()=> <#ty as __private::SecretField>::REQUIRED);
    Some(quote! {
        #(#cfgs)*
        __private::SecretSpec {
            name: #name,
            description: #description,
            required: #required,
            env: #env,
            help: #help,
        }
    })
}

/// The variable that a field's value is in until all are there.
fn local(field: &Field) -> Ident {
    // At the call, so that no lint takes it for the author's.
    format_ident!("__field_{}", field.ident.unraw(), span = Span::call_site())
}

/// Reads a field from the settings. All are read before any is missed.
fn read(field: &Field) -> Option<TokenStream> {
    let (cfgs, ty) = (&field.cfgs, &field.ty);
    let name = field.ident.unraw().to_string();
    let local = local(field);
    match &field.kind {
        FieldKind::Setting(_) => {
            let limited = limited(field)?;
            let default = option(limited.default().map(|default| quote!(#default)));
            let check = match limited.check(&quote!(__value)) {
                Some(check) => quote!(|__value| #check),
                None => quote!(|_| ::core::result::Result::Ok(())),
            };
            let read = quote_spanned!(ty.span()=> <#ty as __private::Argument>::setting);
            Some(quote! {
                #(#cfgs)*
                let #local = #read(&mut __opening, #name, #default, #check);
            })
        }
        FieldKind::Credential(_) => {
            let read = quote_spanned!(ty.span()=> <#ty as __private::SecretField>::read);
            Some(quote! {
                #(#cfgs)*
                let #local = #read(&mut __opening, #name);
            })
        }
        FieldKind::Client(_) | FieldKind::State | FieldKind::Unread => None,
    }
}

/// Makes a client, once all that it needs is there.
fn client(field: &Field, rate: Option<&LitStr>) -> Option<TokenStream> {
    let FieldKind::Client(client) = &field.kind else { return None };
    let (cfgs, ty, local) = (&field.cfgs, &field.ty, local(field));
    let (base, headers) = (&client.base, headers(client));
    let rate = option(rate.map(|rate| quote!(#rate)));
    let [concurrency, most_bytes] = [client.concurrency.map(u64::from), client.most_bytes]
        .map(|number| option(number.map(|number| Literal::u64_unsuffixed(number).into_token_stream())));
    let made = quote_spanned!(ty.span()=> <#ty as __private::HttpField>::make);
    Some(quote! {
        #(#cfgs)*
        let #local = #made(&__opening, #base, &__private::ClientOptions {
            headers: #headers,
            rate: #rate,
            concurrency: #concurrency,
            most_bytes: #most_bytes,
        })?;
    })
}

/// `finish` returned, so what is missing here is a bug of ours; it is an error all the same.
fn take(field: &Field) -> Option<TokenStream> {
    if matches!(field.kind, FieldKind::Client(_) | FieldKind::State | FieldKind::Unread) {
        return None;
    }
    let (cfgs, local) = (&field.cfgs, local(field));
    Some(quote! {
        #(#cfgs)*
        let ::core::option::Option::Some(#local) = #local else {
            return ::core::result::Result::Err(__opening.unread());
        };
    })
}

fn value(field: &Field) -> TokenStream {
    let Field { ident, cfgs, kind, ty } = field;
    let local = local(field);
    match kind {
        FieldKind::State | FieldKind::Unread => {
            let state = quote_spanned!(ty.span()=> <__private::Beginning<#ty>>::state());
            quote!(#(#cfgs)* #ident: #state)
        }
        FieldKind::Setting(_) | FieldKind::Credential(_) | FieldKind::Client(_) => {
            quote!(#(#cfgs)* #ident: #local)
        }
    }
}

/// What the struct says of the impl, checked where the struct says it.
fn options_exist(connector: &Ident, field: &Field) -> Option<TokenStream> {
    let FieldKind::Setting(setting) = &field.kind else { return None };
    let source = setting.limits.options.get()?;
    let name = source.unraw().to_string();
    let message = format!(
        "there is no `#[options]` method `{name}` in the `#[connector]` impl of `{connector}`; write it, or remove `options = {name}`"
    );
    let cfgs = &field.cfgs;
    Some(quote_spanned! {source.span()=>
        #(#cfgs)*
        const _: () = ::core::assert!(
            __private::has_options::<#connector>(#name),
            #message
        );
    })
}

fn text(slot: &Slot<LitStr>) -> TokenStream {
    option(slot.get().map(|text| quote!(#text)))
}
