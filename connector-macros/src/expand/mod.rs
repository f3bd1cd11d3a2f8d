//! From the model to tokens. Expansion is data and calls into `connector_sdk::__private`, never logic.

mod connector;
mod limits;
mod methods;
mod params;
#[cfg(test)]
mod tests;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;
use syn::{Ident, ItemStruct, Path};

use crate::kit::{Errors, entries_of};
use crate::model::{Connector, Methods, refuse};
use crate::parse::{Block, Header, Target};
use crate::{check, keys};

/// Expands `#[connector(..)]` on a struct or an impl.
///
/// The user's item always comes first, then the errors, then impls that stop follow-up errors: one
/// mistake is one error.
pub(crate) fn connector(list: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2::<Target>(item.clone()) {
        Ok(Target::Struct(item)) => of_struct(list, *item),
        Ok(Target::Block(block)) => of_block(list, *block),
        Ok(Target::Other { keyword, item }) => {
            let errors = Errors::new();
            refuse(&errors, &keyword);
            let errors = errors.finish();
            quote!(#item #errors)
        }
        Err(error) => unreadable(list, item, &error),
    }
}

/// What is no Rust. Rustc says so as well, but syn may lag behind it, so it is said here too.
fn unreadable(list: TokenStream, item: TokenStream, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    let Ok(Header(block)) = syn::parse2(item.clone()) else { return quote!(#item #error) };
    // The block would come with our attributes on it, each another error.
    let errors = Errors::new();
    let dummy = methods::dummy(&block, &renamed(&entries_of(&errors, list)));
    let errors = errors.finish();
    quote!(#error #errors #dummy)
}

/// Expands `#[action]` where no `#[connector]` took it off.
pub(crate) fn outside_connector(name: &str, item: TokenStream) -> TokenStream {
    let message = format!(
        "`#[{name}]` means nothing outside a `#[connector]` impl\n\
         help: put it on a method, and `#[connector]` on the method's `impl` block"
    );
    let error = syn::Error::new(proc_macro2::Span::call_site(), message).to_compile_error();
    quote!(#item #error)
}

fn of_struct(list: TokenStream, mut item: ItemStruct) -> TokenStream {
    let errors = Errors::new();
    let list = entries_of(&errors, list);
    let runtime = renamed(&list);
    let model = Connector::read(&errors, &list, &mut item);
    if let Some(model) = &model {
        check::connector(&errors, model);
    }
    match (errors.finish(), model) {
        (None, Some(model)) => {
            let expansion = connector::expand(&model);
            quote!(#item #expansion)
        }
        (errors, _) => {
            let dummy = connector::dummy(&item, &runtime);
            quote!(#item #errors #dummy)
        }
    }
}

fn of_block(list: TokenStream, mut block: Block) -> TokenStream {
    let errors = Errors::new();
    let list = entries_of(&errors, list);
    let runtime = renamed(&list);
    let model = Methods::read(&errors, &list, &mut block);
    if let Some(model) = &model {
        check::methods(&errors, model);
    }
    match (errors.finish(), model) {
        (None, Some(model)) => {
            let expansion = methods::expand(&model);
            quote!(#block #expansion)
        }
        (errors, _) => {
            block.complete();
            let dummy = methods::dummy(&block, &runtime);
            quote!(#block #errors #dummy)
        }
    }
}

/// The runtime's path for the dummy impls, which must be right even when the list isn't.
fn renamed(list: &[crate::kit::Entry]) -> Path {
    use crate::kit::Value as _;
    let errors = Errors::new();
    let path =
        list.iter().find(|entry| entry.name() == keys::CRATE).and_then(|entry| Path::read(&errors, entry));
    // What is wrong with it is reported by the model.
    drop(errors.finish());
    path.unwrap_or_else(|| syn::parse_quote!(::connector_sdk))
}

/// `Some(value)` or `None`, by absolute paths.
fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// Puts the connector's type in place of `Self`, for what stands outside its `impl`.
fn with_self(tokens: TokenStream, self_type: &TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) if ident == "Self" => self_type
                .clone()
                .into_iter()
                .map(|mut token| {
                    token.set_span(ident.span());
                    token
                })
                .collect(),
            TokenTree::Group(group) => {
                let mut replaced = Group::new(group.delimiter(), with_self(group.stream(), self_type));
                replaced.set_span(group.span());
                TokenTree::Group(replaced).into()
            }
            other => TokenStream::from(other),
        })
        .collect()
}

/// Tokens as if they stood where `place` stands, which is where rustc then points when they are at fault.
fn located(tokens: TokenStream, place: &Ident) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(place.span()));
            token
        })
        .collect()
}
