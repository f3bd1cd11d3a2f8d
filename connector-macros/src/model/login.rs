//! The `#[login]` method: how a connector gets credentials by a dance of its own.

use syn::{Attribute, FnArg, Ident, PathArguments, Type, TypeParamBound};

use crate::kit::{Errors, cfgs, inner_type, last_word};
use crate::parse::Method;

pub(crate) struct Login {
    pub(crate) ident: Ident,
    /// What the method takes, in its order.
    pub(crate) passed: Vec<Passed>,
    pub(crate) cfgs: Vec<Attribute>,
}

/// A parameter of the method.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passed {
    /// `&dyn Ask`
    Ask,
    /// `&Context`
    Context,
}

impl Login {
    pub(super) fn read(errors: &Errors, method: &mut Method) -> Self {
        let ident = method.signature.ident.clone();
        let inputs = method.signature.inputs.iter_mut();
        let typed = inputs.filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed),
            FnArg::Receiver(_) => None,
        });
        let mut passed = Vec::new();
        let mut is_known = true;
        for argument in typed {
            super::misplaced::refuse(errors, &mut argument.attrs, None);
            // rustc wouldn't have it there.
            argument.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
            match of_type(&argument.ty) {
                Some(kind) if !passed.contains(&kind) => passed.push(kind),
                _ => is_known = false,
            }
        }
        if !is_known || !passed.contains(&Passed::Ask) {
            errors.at(
                &ident,
                format!(
                    "login `{ident}` must take what asks somebody, and nothing else but a context\n\
                     help: write `async fn {ident}(&self, ask: &dyn Ask) -> Result<Obtained>`"
                ),
            );
        }
        Self { ident, passed, cfgs: cfgs(&method.attributes) }
    }
}

/// `&dyn Ask` and `&Context`, by whatever path.
fn of_type(ty: &Type) -> Option<Passed> {
    let Type::Reference(reference) = inner_type(ty) else { return None };
    if reference.mutability.is_some() {
        return None;
    }
    match inner_type(&reference.elem) {
        Type::TraitObject(object) => object.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => {
                bound.path.segments.last().is_some_and(|last| last.ident == "Ask").then_some(Passed::Ask)
            }
            _ => None,
        }),
        ty => {
            let last = last_word(ty)?;
            let is_context = last.ident == "Context" && matches!(last.arguments, PathArguments::None);
            is_context.then_some(Passed::Context)
        }
    }
}
