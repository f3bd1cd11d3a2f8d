//! The `impl` block: what a connector does.

use quote::ToTokens;
use syn::{Attribute, FnArg, Pat, Path, PathArguments, Signature, Type};

use super::misplaced::{self, Place};
use super::{
    Action, Events, Health, Login, Options, Parameter, ParameterKind, Request, Send, lints, misspelt,
    runtime, signature, strip, unknown_key,
};
use crate::keys;
use crate::kit::{Entries, Errors, Slot, entries, last_word};
use crate::parse::{Block, BlockItem, Method};

pub(crate) struct Methods {
    pub(crate) self_type: Type,
    pub(crate) actions: Vec<Action>,
    pub(crate) options: Vec<Options>,
    pub(crate) health: Vec<Health>,
    pub(crate) login: Vec<Login>,
    pub(crate) events: Vec<Events>,
    pub(crate) send: Vec<Send>,
    pub(crate) runtime: Path,
    /// What the expansion is not warned of.
    pub(crate) allowed: Vec<Attribute>,
}

/// The parameters of a method, with those left out of which it isn't known what they are.
pub(super) struct Parameters {
    pub(super) read: Vec<Parameter>,
    /// Whether none was left out.
    whole: bool,
}

impl Parameters {
    fn read(errors: &Errors, kind: &str, method: &mut Method) -> Self {
        let Signature { ident, inputs, .. } = &mut method.signature;
        let typed = inputs.iter_mut().filter_map(|argument| match argument {
            FnArg::Typed(argument) => Some(argument),
            FnArg::Receiver(_) => None,
        });
        let read: Vec<_> = typed.map(|argument| Parameter::read(errors, kind, ident, argument)).collect();
        let whole = read.iter().all(Option::is_some);
        Self { read: read.into_iter().flatten().collect(), whole }
    }

    /// Whether nothing was reported of what they are, so that it can be said which are missing or too many.
    pub(super) fn are_sound(&self) -> bool {
        let refused =
            |parameter: &Parameter| matches!(&parameter.kind, ParameterKind::Plain(plain) if plain.refused);
        self.whole && !self.read.iter().any(refused)
    }
}

impl Methods {
    /// Reads the attribute's list and the block, and takes our attributes off the methods. What can't be
    /// read is reported, and something stands in for it, so that the rest can be checked.
    pub(crate) fn read(errors: &Errors, list: &Entries, block: &mut Block) -> Self {
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
            login: Vec::new(),
            events: Vec::new(),
            send: Vec::new(),
            runtime: runtime(path.take()),
            allowed: allowed(block),
        };
        let mut marked = false;
        for item in &mut block.items {
            match item {
                BlockItem::Method(method) => marked |= methods.add(errors, method),
                BlockItem::Other { attributes, .. } => misplaced::refuse(errors, attributes, None),
                // It may be what is marked.
                BlockItem::Unread(_) => marked = true,
            }
        }
        block.is_marked = marked;
        if !marked && block.of_trait.is_none() {
            let message = "nothing in this block is marked\n\
                           help: put `#[action(read)]` (or `write`, `destructive`) on the methods that hosts may call";
            errors.at(&block.self_type, message);
        }
        methods
    }

    /// Adds a method if it is marked, and says whether it was.
    fn add(&mut self, errors: &Errors, method: &mut Method) -> bool {
        misplaced::refuse(errors, &mut method.attributes, Some(Place::Method));
        let requests = Request::take(errors, method);
        let mut ours = strip(&mut method.attributes, &keys::METHOD_ATTRIBUTES);
        if ours.is_empty() {
            ours.extend(misspelt::take(errors, &mut method.attributes, &keys::METHOD_ATTRIBUTES));
        }
        let Some(attribute) = ours.first() else {
            for request in &requests {
                Request::refuse(errors, request, method);
            }
            unmarked(errors, method);
            return !requests.is_empty();
        };
        let ident = method.signature.ident.clone();
        if let [_, second, ..] = ours.as_slice() {
            for attribute in [attribute, second] {
                errors.at(attribute, format!("method `{ident}` has two attributes\nhelp: keep one"));
            }
            drop(Parameters::read(errors, "", method));
            if ours.iter().any(|attribute| attribute.path().is_ident(keys::OPTIONS)) {
                self.options.push(Options::unread(ident));
            }
            return true;
        }
        let kind = attribute.path().to_token_stream().to_string();
        signature::check(errors, &kind, !requests.is_empty(), method);
        if kind == keys::LOGIN {
            for entry in entries(errors, attribute) {
                unknown_key(errors, &entry, &kind, &[]);
            }
            signature::output(errors, &kind, method);
            for request in &requests {
                Request::refuse(errors, request, method);
            }
            self.login.push(Login::read(errors, method));
            return true;
        }
        if kind == keys::EVENTS || kind == keys::SEND {
            for request in &requests {
                Request::refuse(errors, request, method);
            }
            if kind == keys::EVENTS {
                self.events.push(Events::read(errors, attribute, method));
            } else {
                self.send.push(Send::read(errors, attribute, method));
            }
            method.attributes.extend(lints::allow_what_is_asked_for(method));
            return true;
        }
        let parameters = Parameters::read(errors, &kind, method);
        if kind == keys::ACTION {
            let request = Request::read(errors, &requests, method);
            self.actions.push(Action::read(errors, attribute, request, method, parameters));
        } else {
            for request in &requests {
                Request::refuse(errors, request, method);
            }
            self.read_marked(errors, &kind, attribute, method, &parameters);
        }
        method.attributes.extend(lints::allow_what_is_asked_for(method));
        true
    }

    fn read_marked(
        &mut self,
        errors: &Errors,
        kind: &str,
        attribute: &Attribute,
        method: &Method,
        parameters: &Parameters,
    ) {
        for entry in entries(errors, attribute) {
            unknown_key(errors, &entry, kind, &[]);
        }
        signature::output(errors, kind, method);
        if kind == keys::HEALTH {
            self.health.push(Health::read(errors, method, parameters));
        } else {
            self.options.push(Options::read(errors, method, parameters));
        }
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

/// Blocks that can't be a connector's: of a trait, generic. (Unsafe ones are rustc's affair.)
fn refuse_unusual_blocks(errors: &Errors, block: &Block) {
    if let Some(of_trait) = &block.of_trait {
        let message = "`#[connector]` belongs on an inherent `impl` block\nhelp: write `impl Name { .. }`";
        errors.at(of_trait, message);
    }
    if block.of_trait.is_none() && !block.is_of_a_named_type() {
        let message = "a connector is a struct\nhelp: write `impl Name { .. }` with the struct's name";
        errors.at(&block.self_type, message);
    }
    // Where the type is generic, that is said at the struct.
    let of_generic =
        last_word(&block.self_type).is_some_and(|last| !matches!(last.arguments, PathArguments::None));
    if !block.generics.params.is_empty() && !of_generic {
        let message = "a connector's `impl` block can't be generic\nhelp: a connector is one type; write `impl Name { .. }`";
        errors.at(&block.generics, message);
    }
}

/// What is called and passed, for the lints that may fire where that is done.
fn allowed(block: &Block) -> Vec<Attribute> {
    let methods = || {
        block.items.iter().filter_map(|item| match item {
            BlockItem::Method(method) => Some(method),
            BlockItem::Other { .. } | BlockItem::Unread(_) => None,
        })
    };
    let parameters =
        methods().flat_map(|method| &method.signature.inputs).filter_map(|argument| match argument {
            FnArg::Typed(argument) => match &*argument.pat {
                Pat::Ident(pattern) => Some((&pattern.ident, &[][..])),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        });
    let methods = methods().map(|method| (&method.signature.ident, method.attributes.as_slice()));
    lints::carried(&block.attributes, methods.chain(parameters))
}
