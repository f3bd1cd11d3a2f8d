//! From the model to tokens. Expansion is data and calls into `connector_sdk::__private`, never logic.

mod connector;
mod events;
mod limits;
mod methods;
mod params;
mod requests;
#[cfg(test)]
mod tests;
mod told_apart;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Generics, Ident, ItemStruct, Path, Type};

use crate::kit::{Entries, Errors, entries_of, inner_type};
use crate::model::{Connector, Methods, refuse, refuse_another};
use crate::parse::{Block, Target, strip_item, strip_member};
use crate::{check, keys};

/// Expands `#[connector(..)]` on a struct or an impl.
///
/// The user's item always comes first, then the errors, then impls that stop follow-up errors: one
/// mistake is one error.
pub(crate) fn connector(list: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2::<Target>(item.clone()) {
        Ok(Target::Struct(item)) => of_struct(list, *item),
        Ok(Target::Block(block)) => of_block(list, *block),
        Ok(Target::Other { keyword, of, item }) => {
            let errors = Errors::new();
            refuse(&errors, &keyword);
            let errors = errors.finish();
            let runtime = renamed(&quiet(list));
            let dummy =
                of.map(|(ident, generics)| connector::dummy(&ident, &generics, &runtime, &mistakes()));
            quote!(#item #errors #dummy)
        }
        Err(_) => unreadable(list, item),
    }
}

/// What is no Rust, of which rustc says so.
fn unreadable(list: TokenStream, item: TokenStream) -> TokenStream {
    let name = struct_name(item.clone());
    let runtime = renamed(&quiet(list));
    let item = strip_item(item);
    // Without a name there is no connector, which is an error wherever one is needed.
    let dummy = name.map(|name| connector::dummy(&name, &Generics::default(), &runtime, &unread()));
    quote!(#item #dummy)
}

/// The name of what begins as a struct that is not generic.
fn struct_name(item: TokenStream) -> Option<Ident> {
    let mut tokens =
        item.into_iter().skip_while(|token| !matches!(token, TokenTree::Ident(word) if word == "struct"));
    tokens.next()?;
    let Some(TokenTree::Ident(name)) = tokens.next() else { return None };
    matches!(tokens.next(), Some(TokenTree::Group(_) | TokenTree::Ident(_))).then_some(name)
}

/// The body of whatever stands in for what has mistakes: it is never called.
fn mistakes() -> TokenStream {
    quote!(::core::panic!("the connector has mistakes"))
}

/// The same where rustc is left to say what the mistake is. An error of ours would be another one of it. Should
/// rustc see no mistake, because its Rust is newer than syn's, whoever starts the connector is told.
fn unread() -> TokenStream {
    quote!(::core::panic!(
        "`#[connector]` can't read a part of this connector; is there a newer connector-sdk?"
    ))
}

/// Expands `#[action]` where no `#[connector]` took it off.
pub(crate) fn outside_connector(name: &str, item: TokenStream) -> TokenStream {
    let message = format!(
        "`#[{name}]` means nothing outside a `#[connector]` impl\n\
         help: put it on a method, and `#[connector]` on the method's `impl` block"
    );
    let error = syn::Error::new(Span::call_site(), message).to_compile_error();
    let item = strip_member(item);
    quote!(#item #error)
}

fn of_struct(list: TokenStream, mut item: ItemStruct) -> TokenStream {
    let errors = Errors::new();
    let list = entries_of(&errors, list);
    let runtime = renamed(&list);
    refuse_another(&errors, &mut item.attrs);
    let model = Connector::read(&errors, &list, &mut item);
    check::connector(&errors, &model);
    let errors = errors.finish();
    if errors.is_some() || !told_apart::fields(&item) {
        let dummy = connector::dummy(&item.ident, &item.generics, &runtime, &mistakes());
        return quote!(#item #errors #dummy);
    }
    let expansion = connector::expand(&model);
    quote!(#item #expansion)
}

fn of_block(list: TokenStream, mut block: Block) -> TokenStream {
    let errors = Errors::new();
    let list = entries_of(&errors, list);
    let runtime = renamed(&list);
    refuse_another(&errors, &mut block.attributes);
    let model = Methods::read(&errors, &list, &mut block);
    check::methods(&errors, &model);
    let errors = errors.finish();
    if block.of_trait.is_none() && !block.is_of_a_named_type() {
        // Only a trait's object can have methods of the author's; of the others rustc would say so too.
        let block = matches!(inner_type(&block.self_type), Type::TraitObject(_)).then_some(block);
        return quote!(#block #errors);
    }
    // What else is wrong is said at the struct, or by rustc.
    let sound = told_apart::methods(&block) && block.is_whole() && block.generics.params.is_empty();
    if errors.is_some() || !sound {
        block.complete();
        let body = if block.is_whole() { mistakes() } else { unread() };
        let dummy = methods::dummy(&block, &runtime, &body);
        return quote!(#block #errors #dummy);
    }
    requests::complete(&mut block, &model);
    let expansion = methods::expand(&model);
    quote!(#block #expansion)
}

/// A list whose mistakes are not what matters.
fn quiet(list: TokenStream) -> Entries {
    let errors = Errors::new();
    let list = entries_of(&errors, list);
    drop(errors.finish());
    list
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
