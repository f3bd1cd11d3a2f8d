//! An `impl` block whose methods' bodies stay tokens: nothing here looks into them, and rustc reports
//! what is wrong in them as if there were no macro.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _, quote};
use syn::parse::discouraged::Speculative as _;
use syn::parse::{Parse, ParseBuffer, ParseStream};
use syn::{Attribute, Generics, ImplItem, Path, Signature, Token, Type, Visibility, braced, token};

use super::helpers::strip_member;
use crate::kit::inner_type;

/// `impl GitHub { .. }`
pub(crate) struct Block {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) impl_token: Token![impl],
    pub(crate) generics: Generics,
    /// `Trait for`, which a connector's block can't have.
    pub(crate) of_trait: Option<Path>,
    pub(crate) self_type: Type,
    pub(crate) brace: token::Brace,
    pub(crate) items: Vec<BlockItem>,
    /// Whether a method in it is marked as ours.
    pub(crate) is_marked: bool,
}

pub(crate) enum BlockItem {
    Method(Box<Method>),
    /// A constant, a type, a macro call: the user's own affair.
    Other {
        attributes: Vec<Attribute>,
        item: TokenStream,
    },
    /// What can't be read, without our attributes: rustc says why.
    Unread(TokenStream),
}

pub(crate) struct Method {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    Braced(TokenStream),
    Missing(Token![;]),
}

impl Parse for Block {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut block, content) = Self::header(input)?;
        while !content.is_empty() {
            block.items.push(BlockItem::next(&content)?);
        }
        Ok(block)
    }
}

impl Block {
    /// Everything before the items, and the items unread.
    fn header(input: ParseStream<'_>) -> syn::Result<(Self, ParseBuffer<'_>)> {
        let attributes = input.call(Attribute::parse_outer)?;
        let unsafety = input.parse()?;
        let impl_token = input.parse()?;
        let mut generics: Generics = if input.peek(Token![<]) { input.parse()? } else { Generics::default() };
        let mut self_type: Type = input.parse()?;
        let mut of_trait = None;
        if input.parse::<Option<Token![for]>>()?.is_some() {
            if let Type::Path(path) = self_type {
                of_trait = Some(path.path);
            }
            self_type = input.parse()?;
        }
        generics.where_clause = input.parse()?;
        let content;
        let brace = braced!(content in input);
        let items = Vec::new();
        let is_marked = false;
        let block =
            Self { attributes, unsafety, impl_token, generics, of_trait, self_type, brace, items, is_marked };
        Ok((block, content))
    }

    /// Whether everything in it could be read.
    pub(crate) fn is_whole(&self) -> bool {
        !self.items.iter().any(|item| matches!(item, BlockItem::Unread(_)))
    }

    /// Whether its type has a name, as a struct has, or what a macro makes of it may be one.
    pub(crate) fn is_of_a_named_type(&self) -> bool {
        matches!(inner_type(&self.self_type), Type::Path(_) | Type::Macro(_) | Type::Verbatim(_))
    }

    /// Gives methods without a body one, where something was reported already.
    pub(crate) fn complete(&mut self) {
        for item in &mut self.items {
            if let BlockItem::Method(method) = item
                && matches!(method.body, Body::Missing(_))
            {
                method.attributes.push(syn::parse_quote!(#[allow(unused_variables)]));
                method.body = Body::Braced(quote!({ ::core::panic!("the connector has mistakes") }));
            }
        }
    }
}

impl BlockItem {
    /// The next item. One that can't be read doesn't hide those after it.
    fn next(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        if let Ok(item) = ahead.parse() {
            input.advance_to(&ahead);
            return Ok(item);
        }
        let mut tokens = TokenStream::new();
        while !input.is_empty() {
            let token: TokenTree = input.parse()?;
            let last = match &token {
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                TokenTree::Punct(punct) => punct.as_char() == ';',
                _ => false,
            };
            tokens.extend([token]);
            if last {
                break;
            }
        }
        Ok(Self::Unread(strip_member(tokens)))
    }
}

impl Parse for BlockItem {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer)?;
        ahead.parse::<Visibility>()?;
        if is_method(&ahead) {
            return input.parse().map(Box::new).map(Self::Method);
        }
        let attributes = input.call(Attribute::parse_outer)?;
        let item = input.parse::<ImplItem>()?.into_token_stream();
        Ok(Self::Other { attributes, item })
    }
}

fn is_method(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    loop {
        if ahead.peek(Token![fn]) {
            return true;
        }
        let qualifier = ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern])
            || ahead.peek(syn::LitStr);
        if !qualifier || ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
}

impl Parse for Method {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature = input.parse()?;
        let body = if input.peek(Token![;]) {
            Body::Missing(input.parse()?)
        } else {
            Body::Braced(input.parse::<proc_macro2::Group>()?.into_token_stream())
        };
        Ok(Self { attributes, visibility, signature, body })
    }
}

impl ToTokens for Block {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attributes);
        self.unsafety.to_tokens(tokens);
        self.impl_token.to_tokens(tokens);
        self.generics.to_tokens(tokens);
        if let Some(of_trait) = &self.of_trait {
            of_trait.to_tokens(tokens);
            <Token![for]>::default().to_tokens(tokens);
        }
        self.self_type.to_tokens(tokens);
        self.generics.where_clause.to_tokens(tokens);
        self.brace.surround(tokens, |tokens| {
            for item in &self.items {
                match item {
                    BlockItem::Method(method) => method.to_tokens(tokens),
                    BlockItem::Other { attributes, item } => {
                        tokens.append_all(attributes);
                        item.to_tokens(tokens);
                    }
                    BlockItem::Unread(item) => item.to_tokens(tokens),
                }
            }
        });
    }
}

impl ToTokens for Method {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attributes);
        self.visibility.to_tokens(tokens);
        self.signature.to_tokens(tokens);
        match &self.body {
            Body::Braced(body) => body.to_tokens(tokens),
            Body::Missing(semicolon) => semicolon.to_tokens(tokens),
        }
    }
}
