//! What is inside of parentheses, and of the invisible groups that stand around whatever comes out of a
//! `macro_rules!`.

use syn::{Expr, GenericArgument, PathArguments, PathSegment, Type};

pub(crate) fn inner(mut expr: &Expr) -> &Expr {
    loop {
        expr = match expr {
            Expr::Group(group) => &group.expr,
            Expr::Paren(paren) => &paren.expr,
            _ => return expr,
        }
    }
}

pub(crate) fn inner_type(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        }
    }
}

/// The last word of a type's path: `Context` of `connector_sdk::Context`.
pub(crate) fn last_word(ty: &Type) -> Option<&PathSegment> {
    match inner_type(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// What an `Option` holds, by whatever path.
pub(crate) fn in_option(ty: &Type) -> Option<&Type> {
    let last = last_word(ty).filter(|last| last.ident == "Option")?;
    match &last.arguments {
        PathArguments::AngleBracketed(inside) => match inside.args.first() {
            Some(GenericArgument::Type(ty)) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}
