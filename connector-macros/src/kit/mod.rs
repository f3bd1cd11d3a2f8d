//! What the layers are built of, and what knows nothing of connectors: an error sink, attribute lists,
//! slots that are filled once, and names.

mod entry;
mod errors;
mod literal;
mod names;
mod slot;
mod value;

pub(crate) use entry::{Entries, Entry, EntryValue, entries, entries_of};
pub(crate) use errors::Errors;
pub(crate) use literal::{Bounds, Number};
pub(crate) use names::{did_you_mean, expected_one_of, humanize, is_kebab};
pub(crate) use slot::Slot;
pub(crate) use value::{Value, flag};

use proc_macro2::Span;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// The doc comment of an item: its lines without the one space that people write first.
pub(crate) fn doc(attributes: &[Attribute]) -> Option<LitStr> {
    let mut span = None;
    let mut lines = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let Meta::NameValue(pair) = &attribute.meta else { continue };
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value else { continue };
        span.get_or_insert_with(|| text.span());
        lines.extend(
            // Not `lines`, which sees none in an empty doc line, and so would join two paragraphs.
            text.value().split('\n').map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned()),
        );
    }
    let text = lines.join("\n").trim().to_owned();
    (!text.is_empty()).then(|| LitStr::new(&text, span.unwrap_or_else(Span::call_site)))
}

/// The `#[cfg]` attributes of an item, which whatever is generated for it must carry too.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}
