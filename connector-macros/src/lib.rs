//! The `#[connector]` macro. Its documentation is on the re-export in `connector-sdk`.
//!
//! Four layers, each of which knows the one before it: `parse` turns tokens into syntax, `model`
//! into validated types, `check` applies the rules that concern several items, and `expand` turns
//! the model into tokens, which can't fail.

mod check;
mod expand;
mod keys;
mod kit;
mod model;
mod parse;

use proc_macro::TokenStream;

macro_rules! inside_connector_only {
    ($($name:ident)*) => {$(
        #[doc = concat!("Marks a method of an `impl` block that has `#[connector]`; alone, `#[", stringify!($name), "]` is an error.")]
        #[proc_macro_attribute]
        pub fn $name(_: TokenStream, item: TokenStream) -> TokenStream {
            expand::outside_connector(stringify!($name), item.into()).into()
        }
    )*};
}

// `#[connector]` takes these off before they are resolved, so whoever expands them stands elsewhere.
inside_connector_only!(action events health login options send);

/// Makes a connector of a struct and its `impl` block; see `connector_sdk::connector`.
#[proc_macro_attribute]
pub fn connector(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::connector(arguments.into(), item.into()).into()
}
