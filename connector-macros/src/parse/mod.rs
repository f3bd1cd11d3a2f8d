//! From tokens to syntax: what the author wrote, with nothing understood yet.

mod block;
mod helpers;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Generics, Ident, Item, ItemStruct, Token};

pub(crate) use block::{Block, BlockItem, Body, Method};
pub(crate) use helpers::{strip_enum, strip_item, strip_member};

/// What `#[connector]` stands on.
pub(crate) enum Target {
    Struct(Box<ItemStruct>),
    Block(Box<Block>),
    /// Something that can't be a connector, with its name where it has one.
    Other {
        keyword: TokenStream,
        /// What an `impl` block may be of, an enum or a union.
        of: Option<(Ident, Generics)>,
        item: TokenStream,
    },
}

impl Parse for Target {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer)?;
        if ahead.peek(Token![impl]) || (ahead.peek(Token![unsafe]) && ahead.peek2(Token![impl])) {
            return input.parse().map(Box::new).map(Self::Block);
        }
        Ok(match input.parse::<Item>()? {
            Item::Struct(item) => Self::Struct(Box::new(item)),
            Item::Enum(item) => Self::Other {
                keyword: named(item.enum_token, &item.ident),
                of: Some((item.ident.clone(), item.generics.clone())),
                item: strip_enum(item.into_token_stream()),
            },
            Item::Union(item) => Self::Other {
                keyword: named(item.union_token, &item.ident),
                of: Some((item.ident.clone(), item.generics.clone())),
                item: strip_item(item.into_token_stream()),
            },
            item => Self::Other {
                keyword: keyword_of(&item),
                of: None,
                item: strip_item(item.into_token_stream()),
            },
        })
    }
}

/// The tokens that name an item, for an error to point at.
fn keyword_of(item: &Item) -> TokenStream {
    match item {
        Item::Trait(item) => named(item.trait_token, &item.ident),
        Item::Fn(item) => named(item.sig.fn_token, &item.sig.ident),
        Item::Mod(item) => named(item.mod_token, &item.ident),
        other => other.to_token_stream(),
    }
}

fn named(keyword: impl ToTokens, name: &Ident) -> TokenStream {
    let mut tokens = keyword.into_token_stream();
    name.to_tokens(&mut tokens);
    tokens
}
