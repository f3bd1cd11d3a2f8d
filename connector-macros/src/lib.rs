//! The `#[connector]` macro. Its documentation is on the re-export in `connector-sdk`.
//!
//! Four layers, each of which knows the one before it: [`parse`] turns tokens into syntax, [`model`]
//! into validated types, [`check`] applies the rules that concern several items, and [`expand`] turns
//! the model into tokens, which can't fail.

mod check;
mod expand;
mod keys;
mod kit;
mod model;
mod parse;

use proc_macro::TokenStream;

/// Makes a connector of a struct and its `impl` block; see `connector_sdk::connector`.
#[proc_macro_attribute]
pub fn connector(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::connector(arguments.into(), item.into()).into()
}
