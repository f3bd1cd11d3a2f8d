//! The `impl` block: what a connector does.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, FnArg, GenericParam, Ident, LitStr, Path, ReceiverKind, Safety, Type};

use super::misplaced::{self, Place};
use super::{Action, Parameter, ParameterKind, runtime, strip, unknown_key};
use crate::keys;
use crate::kit::{Entries, Errors, Slot, cfgs, doc, entries};
use crate::parse::{Block, BlockItem, Body, Method};

pub(crate) struct Methods {
    pub(crate) self_type: Type,
    pub(crate) actions: Vec<Action>,
    pub(crate) options: Vec<Options>,
    pub(crate) health: Vec<Health>,
    pub(crate) runtime: Path,
}

/// An `#[options]` method.
pub(crate) struct Options {
    pub(crate) ident: Ident,
    pub(crate) description: LitStr,
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

impl Methods {
    /// Reads the attribute's list and the block, and takes our attributes off the methods.
    pub(crate) fn read(errors: &Errors, list: &Entries, block: &mut Block) -> Option<Self> {
        let mut path = Slot::<Path>::empty();
        for entry in list.iter() {
            match entry.name().as_str() {
                keys::CRATE => path.read(errors, entry),
                name if keys::CONNECTOR_KEYS.contains(&name) => errors.at(
                    &entry.key,
                    format!("`{name}` belongs on the struct\nhelp: move it to the `#[connector(..)]` of the struct"),
                ),
                _ => unknown_key(errors, entry, keys::CONNECTOR, &keys::IMPL_KEYS),
            }
        }
        refuse_unusual_blocks(errors, block);
        let mut methods = Self {
            self_type: block.self_type.clone(),
            actions: Vec::new(),
            options: Vec::new(),
            health: Vec::new(),
            runtime: runtime(path.take()),
        };
        let mut whole = true;
        let mut marked = false;
        for item in &mut block.items {
            let method = match item {
                BlockItem::Method(method) => method,
                BlockItem::Other { attributes, .. } => {
                    misplaced::refuse(errors, attributes, None);
                    continue;
                }
            };
            misplaced::refuse(errors, &mut method.attributes, Some(Place::Method));
            let ours = strip(&mut method.attributes, &keys::METHOD_ATTRIBUTES);
            let Some(attribute) = ours.first() else {
                unmarked(errors, method);
                continue;
            };
            marked = true;
            whole &= methods.add(errors, attribute, &ours, method).is_some();
            method.attributes.push(allow_what_is_asked_for());
        }
        if !marked && block.of_trait.is_none() {
            let message = "nothing in this block is marked\n\
                           help: put `#[action(read)]` (or `write`, `destructive`) on the methods that hosts may call";
            errors.at(&block.self_type, message);
        }
        (whole && names_are_told_apart(block)).then_some(methods)
    }

    fn add(
        &mut self,
        errors: &Errors,
        attribute: &Attribute,
        ours: &[Attribute],
        method: &mut Method,
    ) -> Option<()> {
        let ident = method.signature.ident.clone();
        if let [_, second, ..] = ours {
            for attribute in [attribute, second] {
                errors.at(attribute, format!("method `{ident}` has two attributes\nhelp: keep one"));
            }
            return None;
        }
        let kind = attribute.path().to_token_stream().to_string();
        let sound = signature(errors, &kind, method);
        let arguments: Vec<_> = method
            .signature
            .inputs
            .iter_mut()
            .filter(|argument| matches!(argument, FnArg::Typed(_)))
            .map(|argument| Parameter::read(errors, &ident, argument))
            .collect();
        let parameters: Option<Vec<Parameter>> = arguments.into_iter().collect();
        if kind == keys::ACTION {
            let action = Action::read(errors, attribute, method, parameters)?;
            self.actions.push(action);
            return sound.then_some(());
        }
        for entry in entries(errors, attribute) {
            unknown_key(errors, &entry, &kind, &[]);
        }
        let parameters = parameters?;
        if kind == keys::HEALTH {
            let takes_context = context_alone(errors, method, &parameters)?;
            self.health.push(Health { ident, takes_context, cfgs: cfgs(&method.attributes) });
        } else {
            self.options.push(read_options(errors, method, &parameters)?);
        }
        sound.then_some(())
    }
}

/// The forms that this macro asks for, and that clippy would have otherwise: nobody could please both.
fn allow_what_is_asked_for() -> Attribute {
    syn::parse_quote! {
        #[allow(
            clippy::needless_pass_by_value,
            clippy::too_many_arguments,
            clippy::unnecessary_wraps,
            clippy::unused_async,
            clippy::unused_self
        )]
    }
}

/// A method that is the author's own has no attributes of ours on its parameters.
fn unmarked(errors: &Errors, method: &mut Method) {
    for argument in &mut method.signature.inputs {
        if let FnArg::Typed(argument) = argument {
            misplaced::refuse(errors, &mut argument.attrs, None);
        }
    }
}

/// Whether no two methods have one name. Rustc reports those; here it's only that nothing can be made of
/// them.
fn names_are_told_apart(block: &Block) -> bool {
    let mut seen = HashSet::new();
    block.items.iter().all(|item| match item {
        BlockItem::Method(method) => {
            !cfgs(&method.attributes).is_empty() || seen.insert(&method.signature.ident)
        }
        BlockItem::Other { .. } => true,
    })
}

/// Blocks that can't be a connector's: of a trait, generic. (Unsafe ones are rustc's affair.)
fn refuse_unusual_blocks(errors: &Errors, block: &Block) {
    if let Some(of_trait) = &block.of_trait {
        let message = "`#[connector]` belongs on an inherent `impl` block\nhelp: write `impl Name { .. }`";
        errors.at(of_trait, message);
    }
    if !block.generics.params.is_empty() {
        let message = "a connector's `impl` block can't be generic\nhelp: a connector is one type; write `impl Name { .. }`";
        errors.at(&block.generics, message);
    }
}

/// What all marked methods have in common: `async`, `&self`, not generic but for lifetimes, a body.
fn signature(errors: &Errors, kind: &str, method: &Method) -> bool {
    let signature = &method.signature;
    let ident = &signature.ident;
    let mut sound = true;
    let mut wrong = |tokens: TokenStream, message: String| {
        errors.at(tokens, message);
        sound = false;
    };
    if signature.asyncness.is_none() {
        wrong(
            signature.fn_token.to_token_stream(),
            format!("{kind} `{ident}` must be async\nhelp: write `async fn {ident}`"),
        );
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        wrong(
            unsafety.to_token_stream(),
            format!("{kind} `{ident}` can't be unsafe\nhelp: remove `unsafe`; hosts call it with any input"),
        );
    }
    let lifetime = |generic: &&GenericParam| matches!(generic, GenericParam::Lifetime(_));
    if let Some(generic) = signature.generics.params.iter().find(|generic| !lifetime(generic)) {
        let message = format!(
            "{kind} `{ident}` can't be generic\nhelp: name the types, since its schemas depend on them"
        );
        wrong(generic.to_token_stream(), message);
    }
    match signature.inputs.first() {
        Some(FnArg::Receiver(receiver)) if is_shared_reference(receiver) => {}
        Some(FnArg::Receiver(receiver)) => wrong(
            receiver.to_token_stream(),
            format!(
                "{kind} `{ident}` must take `&self`\n\
                 help: calls run at the same time; keep what changes in a `#[state]` field behind a lock"
            ),
        ),
        _ => wrong(
            ident.to_token_stream(),
            format!("{kind} `{ident}` must take `&self`\nhelp: write `async fn {ident}(&self, ..)`"),
        ),
    }
    if let Body::Missing(semicolon) = &method.body {
        wrong(semicolon.to_token_stream(), format!("{kind} `{ident}` has no body\nhelp: write `{{ .. }}`"));
    }
    sound
}

fn is_shared_reference(receiver: &syn::Receiver) -> bool {
    receiver.mutability.is_none() && matches!(receiver.kind, ReceiverKind::Reference(_, _, None))
}

fn context_alone(errors: &Errors, method: &Method, parameters: &[Parameter]) -> Option<bool> {
    match parameters {
        [] => Some(false),
        [Parameter { kind: ParameterKind::Context, .. }] => Some(true),
        _ => {
            let ident = &method.signature.ident;
            let message = format!(
                "health `{ident}` takes arguments\nhelp: write `async fn {ident}(&self) -> Result<()>`"
            );
            errors.at(&method.signature.inputs, message);
            None
        }
    }
}

fn read_options(errors: &Errors, method: &Method, parameters: &[Parameter]) -> Option<Options> {
    let ident = method.signature.ident.clone();
    let is_query =
        |parameter: &Parameter| matches!(&parameter.kind, ParameterKind::Plain(plain) if plain.by_reference);
    let is_context = |parameter: &Parameter| matches!(parameter.kind, ParameterKind::Context);
    let description = doc(&method.attributes);
    if description.is_none() {
        let message = format!(
            "options `{ident}` has no description\nhelp: say what it lists in a doc comment `/// ..`"
        );
        errors.at(&ident, message);
    }
    let (takes_context, context_first) = match parameters {
        [query] if is_query(query) => (false, false),
        [query, context] if is_query(query) && is_context(context) => (true, false),
        [context, query] if is_query(query) && is_context(context) => (true, true),
        _ => {
            let message = format!(
                "options `{ident}` must take what the user has typed\n\
                 help: write `async fn {ident}(&self, query: &str) -> Result<Vec<Choice>>`"
            );
            errors.at(&ident, message);
            return None;
        }
    };
    Some(Options {
        ident,
        description: description?,
        takes_context,
        context_first,
        cfgs: cfgs(&method.attributes),
    })
}
