//! x
use proc_macro::TokenStream;
/// x
#[proc_macro_attribute]
pub fn connector(_attributes: TokenStream, item: TokenStream) -> TokenStream {
    item
}
