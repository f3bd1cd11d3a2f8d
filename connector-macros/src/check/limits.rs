//! Rules of the constraints on one value, a setting or an argument.

use quote::ToTokens;
use regex_lite::Regex;
use syn::{Expr, ExprLit, ExprRange, Lit, LitStr, Type};

use crate::keys;
use crate::kit::{Bounds, Errors, Number};
use crate::model::Limits;

/// The constraints of a value can be met, and its default meets them.
pub(super) fn can_be_met(errors: &Errors, name: &str, ty: &Type, limits: &Limits) {
    holds_something(errors, name, keys::RANGE, limits.range.get());
    holds_something(errors, name, keys::LENGTH, limits.length.get());
    let regex = limits.pattern.get().and_then(|pattern| is_regular(errors, name, pattern));
    let Some(default) = limits.default.get() else { return };
    is_not_optional(errors, name, ty, default);
    if let (Some(range), Some(number)) = (limits.range.get(), Number::of(default))
        && Bounds::of(range).excludes(number)
    {
        misfit(errors, name, default, range, "is outside its range");
    }
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = default else { return };
    if let Some(length) = limits.length.get() {
        let measured = i128::try_from(text.value().chars().count()).unwrap_or(i128::MAX);
        if Bounds::of(length).excludes(Number::Whole(measured)) {
            misfit(errors, name, default, length, "is outside its length");
        }
    }
    if let (Some(pattern), Some(regex)) = (limits.pattern.get(), regex)
        && !regex.is_match(&text.value())
    {
        misfit(errors, name, default, pattern, "doesn't match its pattern");
    }
}

/// A range has room between its limits.
fn holds_something(errors: &Errors, name: &str, key: &str, range: Option<&ExprRange>) {
    if let Some(range) = range.filter(|range| Bounds::of(range).is_empty()) {
        errors
            .at(range, format!("the `{key}` of `{name}` holds nothing\nhelp: write the smaller limit first"));
    }
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
    let Type::Path(path) = ty else { return };
    if path.path.segments.last().is_some_and(|last| last.ident == "Option") {
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
