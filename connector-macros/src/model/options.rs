//! The methods that are no actions: `#[options]` and `#[health]`.

use syn::{Attribute, Ident};

use super::methods::Parameters;
use super::{Parameter, ParameterKind};
use crate::kit::{Description, Errors, cfgs, doc};
use crate::parse::Method;

/// An `#[options]` method.
pub(crate) struct Options {
    pub(crate) ident: Ident,
    pub(crate) description: Description,
    pub(crate) takes_context: bool,
    pub(crate) context_first: bool,
    pub(crate) cfgs: Vec<Attribute>,
}

/// The `#[health]` method.
pub(crate) struct Health {
    pub(crate) ident: Ident,
    pub(crate) takes_context: bool,
    pub(crate) cfgs: Vec<Attribute>,
}

impl Health {
    pub(super) fn read(errors: &Errors, method: &Method, parameters: &Parameters) -> Self {
        let ident = method.signature.ident.clone();
        let takes_context = match parameters.read.as_slice() {
            [] => false,
            [Parameter { kind: ParameterKind::Context, .. }] => true,
            _ => {
                let message = format!(
                    "health `{ident}` takes arguments\nhelp: write `async fn {ident}(&self) -> Result<()>`"
                );
                errors.at(&method.signature.inputs, message);
                false
            }
        };
        Self { ident, takes_context, cfgs: cfgs(&method.attributes) }
    }
}

impl Options {
    /// Stands for a method of which it is known only that it lists choices.
    pub(super) fn unread(ident: Ident) -> Self {
        Self {
            ident,
            description: Description::missing(),
            takes_context: false,
            context_first: false,
            cfgs: Vec::new(),
        }
    }

    pub(super) fn read(errors: &Errors, method: &Method, parameters: &Parameters) -> Self {
        let ident = method.signature.ident.clone();
        let description = doc(&method.attributes, &format!("options `{ident}`")).unwrap_or_else(|| {
            let message = format!(
                "options `{ident}` has no description\nhelp: say what it lists in a doc comment `/// ..`"
            );
            errors.at(&ident, message);
            Description::missing()
        });
        let read = parameters.read.as_slice();
        let (takes_context, context_first) = match read {
            [query] if is_query(query) => (false, false),
            [query, context] if is_query(query) && is_context(context) => (true, false),
            [context, query] if is_query(query) && is_context(context) => (true, true),
            _ => {
                if parameters.are_sound() {
                    let message = format!(
                        "options `{ident}` must take what the user has typed\n\
                         help: write `async fn {ident}(&self, query: &str) -> Result<Vec<Choice>>`"
                    );
                    errors.at(&ident, message);
                }
                (false, false)
            }
        };
        for parameter in read {
            refuse_limits(errors, &ident, parameter);
        }
        Self { description, takes_context, context_first, cfgs: cfgs(&method.attributes), ident }
    }
}

fn is_query(parameter: &Parameter) -> bool {
    matches!(&parameter.kind, ParameterKind::Plain(plain) if plain.by_reference)
}

fn is_context(parameter: &Parameter) -> bool {
    matches!(parameter.kind, ParameterKind::Context)
}

/// Nobody sees what is typed before it is there, so there is nothing to constrain or to fill in.
fn refuse_limits(errors: &Errors, method: &Ident, parameter: &Parameter) {
    let ParameterKind::Plain(plain) = &parameter.kind else { return };
    if let Some(attribute) = &plain.attribute {
        errors.at(
            attribute,
            format!("`#[arg]` means nothing on what the user has typed\nhelp: remove it, and look at the text in `{method}`"),
        );
    }
}
