//! From the model to tokens. Expansion is data and calls into `connector_sdk::__private`, never logic.

mod connector;
mod limits;
mod methods;
mod params;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemStruct, Path};

use crate::kit::{Errors, entries_of};
use crate::model::{Connector, Methods, refuse};
use crate::parse::{Block, Target};
use crate::{check, keys};

/// Expands `#[connector(..)]` on a struct or an impl.
///
/// The user's item always comes first, then the errors, then impls that stop follow-up errors: one
/// mistake is one error.
pub(crate) fn connector(list: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2::<Target>(item.clone()) {
        Ok(Target::Struct(item)) => of_struct(list, item),
        Ok(Target::Block(block)) => of_block(list, block),
        Ok(Target::Other { keyword, item }) => {
            let errors = Errors::new();
            refuse(&errors, &keyword);
            let errors = errors.finish();
            quote!(#item #errors)
        }
        Err(error) => {
            let error = error.to_compile_error();
            quote!(#item #error)
        }
    }
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
    let model = Connector::read(&errors, list, &mut item);
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
    let model = Methods::read(&errors, list, &mut block);
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
