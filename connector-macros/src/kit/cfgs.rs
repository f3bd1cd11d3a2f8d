//! The conditions under which an item is there.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Meta};

/// The `#[cfg]` attributes of an item, which whatever is generated for it must carry too. Of a `#[cfg_attr]`,
/// which rustc resolves only later, the part that may become one.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    let cfgs = attributes.iter().filter_map(|attribute| match &attribute.meta {
        _ if attribute.path().is_ident("cfg") => Some(attribute.clone()),
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            let conditions = conditions(list.tokens.clone())?;
            Some(syn::parse_quote!(#[cfg_attr(#conditions)]))
        }
        _ => None,
    });
    cfgs.collect()
}

/// What is in a `cfg_attr`, with no other attributes than conditions; none if there is no such.
fn conditions(list: TokenStream) -> Option<TokenStream> {
    let mut parts: Vec<Vec<TokenTree>> = vec![Vec::new()];
    for token in list {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(Vec::new()),
            _ => parts.last_mut()?.push(token),
        }
    }
    let (predicate, attributes) = parts.split_first()?;
    let conditions: Vec<TokenStream> = attributes
        .iter()
        .filter_map(|attribute| match attribute.as_slice() {
            [TokenTree::Ident(name), TokenTree::Group(list)] if name == "cfg" => Some(quote!(#name #list)),
            [TokenTree::Ident(name), TokenTree::Group(list)] if name == "cfg_attr" => {
                let conditions = conditions(list.stream())?;
                Some(quote!(#name(#conditions)))
            }
            _ => None,
        })
        .collect();
    (!conditions.is_empty()).then(|| quote!(#(#predicate)*, #(#conditions),*))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_all_that_is_carried() {
        let attributes: [Attribute; 4] = [
            syn::parse_quote!(#[cfg(unix)]),
            syn::parse_quote!(#[doc = "x"]),
            syn::parse_quote!(#[cfg_attr(all(a, b), must_use, cfg(c), cfg_attr(d, cfg(e), inline))]),
            syn::parse_quote!(#[cfg_attr(unix, must_use)]),
        ];
        let carried: Vec<String> = cfgs(&attributes).iter().map(|cfg| quote!(#cfg).to_string()).collect();
        let expected = quote!(#[cfg_attr(all(a, b), cfg(c), cfg_attr(d, cfg(e)))]).to_string();
        assert_eq!(carried, [quote!(#[cfg(unix)]).to_string(), expected]);
    }
}
