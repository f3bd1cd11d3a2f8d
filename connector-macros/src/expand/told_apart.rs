//! Whether what has a name has it alone. Rustc reports what hasn't; here it's only that nothing can be made
//! of it, since the expansion would be at fault as well.

use std::collections::HashSet;

use syn::{Attribute, FnArg, Ident, ItemStruct, Pat};

use crate::kit::cfgs;
use crate::parse::{Block, BlockItem};

/// The fields of a struct.
pub(super) fn fields(item: &ItemStruct) -> bool {
    alone(item.fields.iter().filter_map(|field| Some((field.attrs.as_slice(), field.ident.as_ref()?))))
}

/// The methods of a block, and the parameters of each.
pub(super) fn methods(block: &Block) -> bool {
    let methods = || {
        block.items.iter().filter_map(|item| match item {
            BlockItem::Method(method) => Some(method),
            BlockItem::Other { .. } | BlockItem::Unread(_) => None,
        })
    };
    alone(methods().map(|method| (method.attributes.as_slice(), &method.signature.ident)))
        && methods().all(|method| {
            alone(method.signature.inputs.iter().filter_map(|argument| match argument {
                FnArg::Typed(argument) => match &*argument.pat {
                    Pat::Ident(pattern) => Some((argument.attrs.as_slice(), &pattern.ident)),
                    _ => None,
                },
                FnArg::Receiver(_) => None,
            }))
        })
}

/// Those under a `#[cfg]` may be there when others aren't.
fn alone<'a>(mut names: impl Iterator<Item = (&'a [Attribute], &'a Ident)>) -> bool {
    let mut seen = HashSet::new();
    names.all(|(attributes, name)| !cfgs(attributes).is_empty() || seen.insert(name))
}
