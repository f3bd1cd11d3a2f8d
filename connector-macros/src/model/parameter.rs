//! A parameter of a method.

use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{Attribute, Ident, LitStr, Pat, PatType, PathArguments, Type};

use super::misplaced::{self, Place};
use super::signature::borrow;
use super::{Limits, misspelt, strip, unknown_key};
use crate::keys;
use crate::kit::{
    Description, Entry, EntryValue, Errors, Value as _, cfgs, doc, entries, inner_type, last_word,
};

pub(crate) struct Parameter {
    pub(crate) ty: Type,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) kind: ParameterKind,
}

pub(crate) enum ParameterKind {
    /// `&Context`
    Context,
    /// `#[input] input: NewIssue`
    Input,
    /// One argument.
    Plain(Box<Plain>),
}

pub(crate) struct Plain {
    pub(crate) ident: Ident,
    pub(crate) description: Option<Description>,
    pub(crate) limits: Limits,
    /// Where a request has it, each with the key that says so; not more than one, which is checked.
    pub(crate) places: Vec<(Ident, SentTo)>,
    /// `&str`: the argument is a `String`, and the method gets a reference to it.
    pub(crate) by_reference: bool,
    /// Whether its type was reported as none that an argument has.
    pub(crate) refused: bool,
    /// The `#[arg(..)]`, where there is one.
    pub(crate) attribute: Option<Attribute>,
}

/// Where `#[arg(..)]` says that an argument is sent.
pub(crate) enum SentTo {
    /// `query`, `query = "per_page"`
    Query(Option<LitStr>),
    /// `header = "X-Name"`
    Header(LitStr),
    /// `body`: it is the whole body.
    Body,
    /// `body = "assignee_id"`: a member of the body.
    Member(LitStr),
}

impl SentTo {
    /// Reads an entry into some places if it is one of these; says whether it was.
    fn read(errors: &Errors, entry: &Entry, places: &mut Vec<(Ident, Self)>) -> bool {
        let alone = matches!(entry.value, EntryValue::Flag);
        let place = match entry.name().as_str() {
            keys::QUERY if alone => Some(Self::Query(None)),
            keys::QUERY => LitStr::read(errors, entry).map(|name| Self::Query(Some(name))),
            keys::BODY if alone => Some(Self::Body),
            keys::BODY => LitStr::read(errors, entry).map(Self::Member),
            keys::HEADER => LitStr::read(errors, entry).map(Self::Header),
            _ => return false,
        };
        if places.iter().any(|(key, _)| *key == entry.key) {
            let key = &entry.key;
            errors.at(key, format!("duplicate key `{key}`\nhelp: remove one of the two"));
        } else if let Some(place) = place {
            places.push((entry.key.clone(), place));
        }
        true
    }
}

impl Plain {
    /// The argument's name, as in the input.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }
}

impl Parameter {
    /// Reads a parameter and takes our attributes and its doc comment off it, which rustc wouldn't
    /// have there. There is none where it isn't known what the parameter was meant to be.
    pub(crate) fn read(errors: &Errors, kind: &str, method: &Ident, argument: &mut PatType) -> Option<Self> {
        let description = doc(&argument.attrs, &described(method, &argument.pat));
        argument.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        misplaced::refuse(errors, &mut argument.attrs, Some(Place::Parameter));
        let mut ours = strip(&mut argument.attrs, &keys::PARAMETER_ATTRIBUTES);
        if ours.is_empty() {
            ours.extend(misspelt::take(errors, &mut argument.attrs, &keys::PARAMETER_ATTRIBUTES));
        }
        if let [first, second, ..] = ours.as_slice() {
            for attribute in [first, second] {
                errors.at(attribute, format!("a parameter of `{method}` has two attributes\nhelp: keep one"));
            }
            return None;
        }
        let cfgs = cfgs(&argument.attrs);
        if is_context(errors, method, argument) {
            if let Some(attribute) = ours.first() {
                let message = "a `&Context` parameter takes no attribute\nhelp: remove it";
                errors.at(attribute, message);
            }
            return Some(Self { ty: (*argument.ty).clone(), cfgs, kind: ParameterKind::Context });
        }
        if let Some(attribute) = ours.first().filter(|attribute| attribute.path().is_ident(keys::INPUT)) {
            for entry in entries(errors, attribute) {
                unknown_key(errors, &entry, keys::INPUT, &[]);
            }
            let name = argument.pat.to_token_stream().to_string();
            owned(errors, method, &name, &argument.ty);
            return Some(Self { ty: (*argument.ty).clone(), cfgs, kind: ParameterKind::Input });
        }
        let (mut limits, mut places) = (Limits::none(), Vec::new());
        for entry in ours.iter().flat_map(|attribute| entries(errors, attribute)) {
            if !limits.read(errors, &entry) && !SentTo::read(errors, &entry, &mut places) {
                unknown_key(errors, &entry, keys::ARG, &keys::ARG_KEYS);
            }
        }
        let ident = ident_of(errors, method, argument)?;
        let by_reference = is_text(&argument.ty);
        // A health check has no arguments, of whatever type.
        let refused =
            !by_reference && kind != keys::HEALTH && !owned(errors, method, &ident.to_string(), &argument.ty);
        let ty = if by_reference { syn::parse_quote!(::std::string::String) } else { (*argument.ty).clone() };
        let attribute = ours.pop();
        let plain = Plain { ident, description, limits, places, by_reference, refused, attribute };
        Some(Self { ty, cfgs, kind: ParameterKind::Plain(Box::new(plain)) })
    }
}

/// An argument, as messages name it before its name is read.
fn described(method: &Ident, pattern: &Pat) -> String {
    match pattern {
        Pat::Ident(name) => format!("argument `{}` of action `{method}`", name.ident.unraw()),
        _ => format!("an argument of action `{method}`"),
    }
}

/// `&Context`, by whatever path; one that is not lent so is reported.
fn is_context(errors: &Errors, method: &Ident, argument: &PatType) -> bool {
    let (lent, ty) = match inner_type(&argument.ty) {
        Type::Reference(reference) => (reference.mutability.is_none(), &*reference.elem),
        ty => (false, ty),
    };
    let context = last_word(ty)
        .is_some_and(|last| last.ident == "Context" && matches!(last.arguments, PathArguments::None));
    if context && !lent {
        let message = format!("`{method}` must borrow its context\nhelp: write `&Context`");
        errors.at(&argument.ty, message);
    }
    context
}

fn ident_of(errors: &Errors, method: &Ident, argument: &PatType) -> Option<Ident> {
    match &*argument.pat {
        Pat::Ident(pattern) if pattern.subpat.is_none() && pattern.by_ref.is_none() => {
            Some(pattern.ident.clone())
        }
        other => {
            errors.at(
                other,
                format!("a parameter of `{method}` has no name\nhelp: its name is the argument's name; write `name: Type`"),
            );
            None
        }
    }
}

/// `&str`, with whatever lifetime.
fn is_text(ty: &Type) -> bool {
    let Type::Reference(reference) = inner_type(ty) else { return false };
    let str = matches!(inner_type(&reference.elem), Type::Path(path) if path.path.is_ident("str"));
    let forever = reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static");
    reference.mutability.is_none() && str && !forever
}

/// Whether nothing else owns an argument, since it is parsed; what something else owns is reported.
fn owned(errors: &Errors, method: &Ident, name: &str, ty: &Type) -> bool {
    let (at, message) = match inner_type(ty) {
        Type::Reference(_) => (
            ty.to_token_stream(),
            format!(
                "parameter `{name}` of `{method}` can't be borrowed\n\
                 help: take it by value; only `&str` and `&Context` may be references"
            ),
        ),
        Type::ImplTrait(_) => (
            ty.to_token_stream(),
            format!(
                "parameter `{name}` of `{method}` can't be an `impl Trait`\n\
                 help: name one type, since the argument's schema depends on it"
            ),
        ),
        _ => {
            let Some(borrow) = borrow(ty.to_token_stream()) else { return true };
            let message = format!(
                "parameter `{name}` of `{method}` can't hold what is borrowed\n\
                 help: use owned types, as `String` for `&str`"
            );
            (borrow, message)
        }
    };
    errors.at(at, message);
    false
}
