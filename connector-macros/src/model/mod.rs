//! Validated types: what the author meant. What is required here is there, and what is here has been
//! read from exactly one place.

mod action;
mod auth;
mod client;
mod connector;
mod duration;
mod events;
mod field;
mod foreign;
mod limits;
mod lints;
mod login;
mod methods;
mod misplaced;
mod misspelt;
mod oauth2;
mod options;
mod parameter;
mod request;
mod signature;

pub(crate) use action::{Action, Effect};
pub(crate) use auth::{Auth, Role};
pub(crate) use client::Client;
pub(crate) use connector::{Connector, refuse, refuse_another};
pub(crate) use events::{Events, EventsInput, Send, SendInput};
pub(crate) use field::{Credential, Field, FieldKind, Setting};
pub(crate) use limits::Limits;
pub(crate) use login::{Login, Passed};
pub(crate) use methods::Methods;
pub(crate) use oauth2::{OAuth2, Source};
pub(crate) use options::{Health, Options};
pub(crate) use parameter::{Parameter, ParameterKind, Plain, SentTo};
pub(crate) use request::{Most, Pages, Request};

use duration::Duration;
use syn::{Attribute, Path};

use crate::kit::{Entry, Errors, Slot, did_you_mean, flag};

/// Reports a key that a list doesn't have.
fn unknown_key(errors: &Errors, entry: &Entry, attribute: &str, known: &[&'static str]) {
    let name = entry.name();
    let help = match known {
        [] => format!("help: `#[{attribute}]` has no keys; write it alone"),
        known => match foreign::said_here(&name, known) {
            Some(way) => format!("help: {way}"),
            None => did_you_mean(&name, known.iter().copied()),
        },
    };
    errors.at(&entry.key, format!("unknown key `{name}` in `#[{attribute}]`\n{help}"));
}

/// Takes our attributes off an item and returns them; what is left is the user's.
fn strip(attributes: &mut Vec<Attribute>, ours: &[&str]) -> Vec<Attribute> {
    let (taken, left) = std::mem::take(attributes)
        .into_iter()
        .partition(|attribute: &Attribute| ours.iter().any(|name| attribute.path().is_ident(name)));
    *attributes = left;
    taken
}

/// The path of the runtime crate, `connector_sdk` unless the author renamed it.
fn runtime(path: Option<Path>) -> Path {
    path.unwrap_or_else(|| syn::parse_quote!(::connector_sdk))
}

/// Reads a key that stands alone.
fn bare(errors: &Errors, entry: &Entry, slot: &mut Slot<()>) {
    // Reported or not, what was meant is clear.
    let _ = flag(errors, entry);
    slot.set(errors, &entry.key, Some(()));
}
