//! The methods that tell and deliver without being called as actions: `#[events]` and `#[send]`.

use quote::ToTokens as _;
use syn::{
    Attribute, Expr, ExprLit, FnArg, GenericArgument, Ident, Lit, LitInt, Path, PathArguments, PathSegment,
    Type,
};

use super::{Duration, bare, signature, unknown_key};
use crate::keys;
use crate::kit::{Description, Errors, Slot, Value, cfgs, doc, entries, in_option, inner_type, last_word};
use crate::parse::Method;

/// The `#[events]` method.
pub(crate) struct Events {
    /// The attribute.
    pub(crate) attribute: Path,
    pub(crate) ident: Ident,
    pub(crate) description: Description,
    /// What the method takes, in its order.
    pub(crate) inputs: Vec<EventsInput>,
    /// In milliseconds.
    pub(crate) every: Option<u64>,
    pub(crate) window: Option<LitInt>,
    pub(crate) cfgs: Vec<Attribute>,
}

/// A parameter of an `#[events]` method.
pub(crate) enum EventsInput {
    /// `Option<C>`, with the cursor's type.
    Since(Box<Type>),
    /// `&mut Events<P>`, with the payload's type.
    Out(Box<Type>),
    /// `&Context`
    Context,
}

/// The `#[send]` method.
pub(crate) struct Send {
    /// The attribute.
    pub(crate) attribute: Path,
    pub(crate) ident: Ident,
    pub(crate) description: Description,
    /// What the method takes, in its order.
    pub(crate) inputs: Vec<SendInput>,
    pub(crate) idempotent: bool,
    pub(crate) cfgs: Vec<Attribute>,
}

/// A parameter of a `#[send]` method.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SendInput {
    /// `OutgoingMessage`
    Message,
    /// `&OutgoingMessage`
    BorrowedMessage,
    /// `&Context`
    Context,
}

impl Events {
    pub(super) fn read(errors: &Errors, attribute: &Attribute, method: &mut Method) -> Self {
        let ident = method.signature.ident.clone();
        let (mut every, mut window) = (Slot::<Duration>::empty(), Slot::<Count>::empty());
        for entry in entries(errors, attribute).iter() {
            match entry.name().as_str() {
                keys::EVERY => every.read(errors, entry),
                keys::WINDOW => window.read(errors, entry),
                _ => unknown_key(errors, entry, keys::EVENTS, &keys::EVENTS_KEYS),
            }
        }
        let description = described(errors, keys::EVENTS, "what is told", method);
        signature::output(errors, keys::EVENTS, method);
        let types = types(errors, method);
        let inputs: Vec<EventsInput> = types.iter().filter_map(EventsInput::of).collect();
        let since = inputs.iter().filter(|input| matches!(input, EventsInput::Since(_))).count();
        let out = inputs.iter().filter(|input| matches!(input, EventsInput::Out(_))).count();
        let contexts = inputs.len() - since - out;
        if inputs.len() != types.len() || (since, out) != (1, 1) || contexts > 1 {
            let message = format!(
                "events `{ident}` must take a cursor and where events go, and nothing else but a context\n\
                 help: write `async fn {ident}(&self, since: Option<Cursor>, out: &mut Events<Payload>) -> Result<()>`"
            );
            errors.at(&ident, message);
        }
        for input in &inputs {
            let (EventsInput::Since(ty) | EventsInput::Out(ty)) = input else { continue };
            if let Some(borrow) = signature::borrow(ty.to_token_stream()) {
                let message = format!(
                    "what events `{ident}` are made of can't be borrowed\nhelp: use owned types, as `String` for `&str`"
                );
                errors.at(borrow, message);
            }
        }
        Self {
            attribute: attribute.path().clone(),
            description,
            inputs,
            every: every.take().and_then(|every| every.milliseconds(errors, keys::EVERY)),
            window: window.take().and_then(|window| window.of_events(errors)),
            cfgs: cfgs(&method.attributes),
            ident,
        }
    }
}

impl EventsInput {
    fn of(ty: &Type) -> Option<Self> {
        if let Some(cursor) = in_option(ty) {
            return Some(Self::Since(Box::new(cursor.clone())));
        }
        let Type::Reference(reference) = inner_type(ty) else { return None };
        let last = last_word(&reference.elem)?;
        if reference.mutability.is_none() {
            return is_context(last).then_some(Self::Context);
        }
        if last.ident != "Events" {
            return None;
        }
        let PathArguments::AngleBracketed(inside) = &last.arguments else { return None };
        inside.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(payload) => Some(Self::Out(Box::new(payload.clone()))),
            _ => None,
        })
    }
}

impl Send {
    pub(super) fn read(errors: &Errors, attribute: &Attribute, method: &mut Method) -> Self {
        let ident = method.signature.ident.clone();
        let mut idempotent = Slot::empty();
        for entry in entries(errors, attribute).iter() {
            match entry.name().as_str() {
                keys::IDEMPOTENT => bare(errors, entry, &mut idempotent),
                _ => unknown_key(errors, entry, keys::SEND, &keys::SEND_KEYS),
            }
        }
        let description = described(errors, keys::SEND, "where a message goes", method);
        signature::output(errors, keys::SEND, method);
        let types = types(errors, method);
        let inputs: Vec<SendInput> = types.iter().filter_map(SendInput::of).collect();
        let contexts = inputs.iter().filter(|input| **input == SendInput::Context).count();
        if inputs.len() != types.len() || inputs.len() - contexts != 1 || contexts > 1 {
            let message = format!(
                "send `{ident}` must take a message, and nothing else but a context\n\
                 help: write `async fn {ident}(&self, message: &OutgoingMessage) -> Result<Receipt>`"
            );
            errors.at(&ident, message);
        }
        Self {
            attribute: attribute.path().clone(),
            description,
            inputs,
            idempotent: idempotent.is_given(),
            cfgs: cfgs(&method.attributes),
            ident,
        }
    }
}

impl SendInput {
    fn of(ty: &Type) -> Option<Self> {
        let is_message = |last: &PathSegment| last.ident == "OutgoingMessage";
        match inner_type(ty) {
            Type::Reference(reference) if reference.mutability.is_none() => match last_word(&reference.elem)?
            {
                last if is_message(last) => Some(Self::BorrowedMessage),
                last => is_context(last).then_some(Self::Context),
            },
            Type::Reference(_) => None,
            ty => is_message(last_word(ty)?).then_some(Self::Message),
        }
    }
}

fn is_context(last: &PathSegment) -> bool {
    last.ident == "Context" && matches!(last.arguments, PathArguments::None)
}

fn described(errors: &Errors, kind: &str, what: &str, method: &Method) -> Description {
    let ident = &method.signature.ident;
    doc(&method.attributes, &format!("{kind} `{ident}`")).unwrap_or_else(|| {
        errors.at(
            ident,
            format!("{kind} `{ident}` has no description\nhelp: say {what} in a doc comment `/// ..`"),
        );
        Description::missing()
    })
}

/// The types of the parameters, off which everything is taken that rustc wouldn't have there.
fn types(errors: &Errors, method: &mut Method) -> Vec<Type> {
    let inputs = method.signature.inputs.iter_mut();
    let typed = inputs.filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    typed
        .map(|argument| {
            super::misplaced::refuse(errors, &mut argument.attrs, None);
            argument.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
            (*argument.ty).clone()
        })
        .collect()
}

/// How many.
struct Count(LitInt);

impl Value for Count {
    const EXPECTED: &'static str = "a number";
    const EXAMPLE: &'static str = "1000";

    fn from_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Some(Self(number.clone())),
            _ => None,
        }
    }
}

impl Count {
    /// A number of events, of which a program can hold so many.
    fn of_events(self, errors: &Errors) -> Option<LitInt> {
        let Self(number) = self;
        let is_sound = number.base10_parse().is_ok_and(|count: u32| (1..=MOST).contains(&count));
        if !is_sound {
            let message = format!("a window is from 1 to {MOST} events\nhelp: leave `window` out for 1,000");
            errors.at(&number, message);
        }
        is_sound.then_some(number)
    }
}

/// As many events as nobody waits for: with each its id and its cursor are kept.
const MOST: u32 = 1_000_000;
