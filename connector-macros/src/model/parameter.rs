//! A parameter of a method.

use syn::ext::IdentExt as _;
use syn::{Attribute, FnArg, Ident, LitStr, Pat, PatType, Type, TypeReference};

use super::misplaced::{self, Place};
use super::{Limits, strip, unknown_key};
use crate::keys;
use crate::kit::{Errors, cfgs, doc, entries};

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
    pub(crate) description: Option<LitStr>,
    pub(crate) limits: Limits,
    /// `&str`: the argument is a `String`, and the method gets a reference to it.
    pub(crate) by_reference: bool,
}

impl Plain {
    /// The argument's name, as in the input.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }
}

impl Parameter {
    /// Reads a parameter and takes our attributes and its doc comment off it, which rustc wouldn't
    /// have there.
    pub(crate) fn read(errors: &Errors, method: &Ident, argument: &mut FnArg) -> Option<Self> {
        let FnArg::Typed(argument) = argument else { return None };
        let description = doc(&argument.attrs);
        argument.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        misplaced::refuse(errors, &mut argument.attrs, Some(Place::Parameter));
        let ours = strip(&mut argument.attrs, &keys::PARAMETER_ATTRIBUTES);
        if let [first, second, ..] = ours.as_slice() {
            for attribute in [first, second] {
                errors.at(attribute, format!("a parameter of `{method}` has two attributes\nhelp: keep one"));
            }
            return None;
        }
        let cfgs = cfgs(&argument.attrs);
        if is_context(&argument.ty) {
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
            return Some(Self { ty: (*argument.ty).clone(), cfgs, kind: ParameterKind::Input });
        }
        let mut limits = Limits::none();
        for entry in ours.iter().flat_map(|attribute| entries(errors, attribute)) {
            if !limits.read(errors, &entry) {
                unknown_key(errors, &entry, keys::ARG, &keys::ARG_KEYS);
            }
        }
        let ident = ident_of(errors, method, argument)?;
        let (ty, by_reference) = owned(errors, method, &ident, &argument.ty)?;
        let plain = Plain { ident, description, limits, by_reference };
        Some(Self { ty, cfgs, kind: ParameterKind::Plain(Box::new(plain)) })
    }
}

/// `&Context`, by whatever path.
fn is_context(ty: &Type) -> bool {
    let Type::Reference(reference) = ty else { return false };
    let Type::Path(path) = &*reference.elem else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Context")
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

/// The type that the argument is parsed into, and whether the method gets a reference to it.
fn owned(errors: &Errors, method: &Ident, ident: &Ident, ty: &Type) -> Option<(Type, bool)> {
    let message = match ty {
        Type::Reference(TypeReference { lifetime: None, mutability: None, elem, .. }) if matches!(&**elem, Type::Path(path) if path.path.is_ident("str")) =>
        {
            return Some((syn::parse_quote!(::std::string::String), true));
        }
        Type::Reference(_) => format!(
            "parameter `{ident}` of `{method}` can't be borrowed\n\
             help: take it by value; only `&str` and `&Context` may be references"
        ),
        Type::ImplTrait(_) => format!(
            "parameter `{ident}` of `{method}` can't be an `impl Trait`\n\
             help: name one type, since the argument's schema depends on it"
        ),
        _ => return Some((ty.clone(), false)),
    };
    errors.at(ty, message);
    None
}
