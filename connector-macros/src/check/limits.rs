//! Rules of the constraints on one value, a setting or an argument.

use quote::ToTokens;
use regex_lite::Regex;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprRange, Lit, LitStr, Token, Type};

use crate::keys;
use crate::kit::{Bounds, Errors, Number, in_option, inner};
use crate::model::Limits;

/// The constraints of a value can be met, and its default meets them.
pub(super) fn can_be_met(errors: &Errors, name: &str, ty: &Type, limits: &Limits) {
    let range = limits.range.get().map(Bounds::of);
    let length = limits.length.get().map(|length| Bounds::of(length).of_lengths());
    holds_something(errors, name, keys::RANGE, limits.range.get(), range.as_ref());
    holds_something(errors, name, keys::LENGTH, limits.length.get(), length.as_ref());
    let regex = limits.pattern.get().and_then(|pattern| is_regular(errors, name, pattern));
    let Some(default) = limits.default.get() else { return };
    is_not_optional(errors, name, ty, default);
    if let (Some(bounds), Some(range), Some(number)) = (range, limits.range.get(), Number::of(default))
        && bounds.excludes(number)
    {
        misfit(errors, name, default, range, "is outside its range");
    }
    if let (Some(bounds), Some(length), Some(measured)) = (length, limits.length.get(), measured(default))
        && bounds.excludes(Number::Whole(measured))
    {
        misfit(errors, name, default, length, "is outside its length");
    }
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = inner(default) else { return };
    if let (Some(pattern), Some(regex)) = (limits.pattern.get(), regex)
        && !regex.is_match(&text.value())
    {
        misfit(errors, name, default, pattern, "doesn't match its pattern");
    }
}

/// A range has a limit, and room between its limits.
fn holds_something(
    errors: &Errors,
    name: &str,
    key: &str,
    range: Option<&ExprRange>,
    bounds: Option<&Bounds>,
) {
    let (Some(range), Some(bounds)) = (range, bounds) else { return };
    if range.start.is_none() && range.end.is_none() {
        let message = format!(
            "the `{key}` of `{name}` has no limit\nhelp: write `{key} = 1..=9`, or leave `{key}` out"
        );
        errors.at(range, message);
    } else if bounds.is_empty() {
        let help = match range.start {
            Some(_) => "write the smaller limit first",
            None => "a length is never less than 0; leave room above it",
        };
        errors.at(range, format!("the `{key}` of `{name}` holds nothing\nhelp: {help}"));
    }
}

/// The length of a default, if it can be seen: of a text in characters, of a list in items.
fn measured(default: &Expr) -> Option<i128> {
    let length = match inner(default) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value().chars().count(),
        Expr::Array(list) => list.elems.len(),
        Expr::Macro(list) if list.mac.path.segments.last()?.ident == "vec" => {
            let tokens = list.mac.tokens.clone();
            let repeated = |input: ParseStream<'_>| -> syn::Result<Expr> {
                input.parse::<Expr>()?;
                input.parse::<Token![;]>()?;
                input.parse()
            };
            match repeated.parse2(tokens.clone()) {
                Ok(times) => match Number::of(&times)? {
                    Number::Whole(times) => return Some(times),
                    Number::Fraction(_) => return None,
                },
                Err(_) => Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens).ok()?.len(),
            }
        }
        _ => return None,
    };
    i128::try_from(length).ok()
}

/// A pattern is a regular expression, of the engine that will run it.
fn is_regular(errors: &Errors, name: &str, pattern: &LitStr) -> Option<Regex> {
    match Regex::new(&pattern.value()) {
        Ok(regex) => Some(regex),
        Err(error) => {
            errors.at(pattern, format!("the `pattern` of `{name}` is no regular expression\nnote: {error}"));
            None
        }
    }
}

/// What may be absent has no default: nobody could tell the two apart.
fn is_not_optional(errors: &Errors, name: &str, ty: &Type, default: &Expr) {
    // Whatever the type is called, these are what an `Option` is made of.
    let made = match inner(default) {
        Expr::Path(path) => path.path.is_ident("None"),
        Expr::Call(call) => matches!(inner(&call.func), Expr::Path(path) if path.path.is_ident("Some")),
        _ => false,
    };
    if made || in_option(ty).is_some() {
        errors.at(
            default,
            format!("`{name}` is an `Option` with a default\nhelp: make it the type inside, or leave `default` out"),
        );
    }
}

fn misfit(errors: &Errors, name: &str, default: &Expr, limit: impl ToTokens, what: &str) {
    let message = format!("the default of `{name}` {what}\nhelp: change one of the two");
    errors.at(default, &message);
    errors.at(limit, &message);
}
