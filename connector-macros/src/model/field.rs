//! A field of the struct: a setting, a credential, an HTTP client or private state.

use syn::{Attribute, Field as SynField, Ident, LitStr, Type};

use super::misplaced::{self, Place};
use super::{Client, Limits, bare, misspelt, strip, unknown_key};
use crate::keys;
use crate::kit::{Description, Entries, Errors, Slot, cfgs, doc, entries};

pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) kind: FieldKind,
}

pub(crate) enum FieldKind {
    Setting(Box<Setting>),
    Credential(Credential),
    Client(Client),
    State,
    /// It isn't known which of these it was meant to be; that was reported, and nothing else is said of it.
    Unread,
}

pub(crate) struct Setting {
    pub(crate) description: Description,
    pub(crate) limits: Limits,
    pub(crate) env: Slot<LitStr>,
    pub(crate) placeholder: Slot<LitStr>,
    pub(crate) help: Slot<LitStr>,
    /// The setting without which the options of this one can't be listed.
    pub(crate) depends_on: Slot<Ident>,
    pub(crate) advanced: bool,
}

pub(crate) struct Credential {
    pub(crate) description: Description,
    pub(crate) env: Slot<LitStr>,
    pub(crate) help: Slot<LitStr>,
    /// Whether the author says that `auth` has nothing to do with it; none if something that can't be read
    /// may say so.
    pub(crate) unused_by_auth: Option<bool>,
}

impl Field {
    /// Reads a field and takes our attributes off it.
    pub(crate) fn read(errors: &Errors, field: &mut SynField) -> Option<Self> {
        misplaced::refuse(errors, &mut field.attrs, Some(Place::Field));
        let mut ours = strip(&mut field.attrs, &keys::FIELD_ATTRIBUTES);
        if ours.is_empty() {
            ours.extend(misspelt::take(errors, &mut field.attrs, &keys::FIELD_ATTRIBUTES));
        }
        let ident = field.ident.clone()?;
        if let [first, second, ..] = ours.as_slice() {
            for attribute in [first, second] {
                errors.at(
                    attribute,
                    format!(
                        "field `{ident}` has two attributes\n\
                         help: a field is one of a setting, a credential, a client or state; keep one"
                    ),
                );
            }
        }
        let kind = match ours.first() {
            Some(_) if ours.len() > 1 => FieldKind::Unread,
            Some(attribute) if attribute.path().is_ident(keys::STATE) => {
                for entry in entries(errors, attribute) {
                    unknown_key(errors, &entry, keys::STATE, &[]);
                }
                FieldKind::State
            }
            Some(attribute) if attribute.path().is_ident(keys::SECRET) => {
                FieldKind::Credential(read_credential(errors, attribute, &ident, &field.attrs))
            }
            Some(attribute) if attribute.path().is_ident(keys::HTTP) => {
                FieldKind::Client(Client::read(errors, attribute, &ident))
            }
            attribute => FieldKind::Setting(Box::new(read_setting(errors, attribute, &ident, &field.attrs))),
        };
        Some(Self { ident, ty: field.ty.clone(), cfgs: cfgs(&field.attrs), kind })
    }
}

fn read_setting(
    errors: &Errors,
    attribute: Option<&Attribute>,
    ident: &Ident,
    attributes: &[Attribute],
) -> Setting {
    let mut limits = Limits::none();
    let (mut env, mut placeholder, mut help) = (Slot::empty(), Slot::empty(), Slot::empty());
    let (mut depends_on, mut advanced) = (Slot::<Ident>::empty(), Slot::empty());
    let list = attribute.map_or_else(Entries::none, |attribute| entries(errors, attribute));
    for entry in list.iter() {
        match entry.name().as_str() {
            keys::ENV => env.read(errors, entry),
            keys::PLACEHOLDER => placeholder.read(errors, entry),
            keys::HELP => help.read(errors, entry),
            keys::DEPENDS_ON => depends_on.read(errors, entry),
            keys::ADVANCED => bare(errors, entry, &mut advanced),
            _ if limits.read(errors, entry) => {}
            _ => unknown_key(errors, entry, keys::CONFIG, &keys::CONFIG_KEYS),
        }
    }
    limits.options.excuse(!list.lack(&[keys::OPTIONS]));
    let description = doc(attributes, &format!("setting `{ident}`")).unwrap_or_else(|| {
        let message = format!(
            "setting `{ident}` has no description\n\
             help: say what it is for in a doc comment `/// ..`, or mark the field `#[state]` if it is no setting"
        );
        errors.at(ident, message);
        Description::missing()
    });
    Setting { description, limits, env, placeholder, help, depends_on, advanced: advanced.is_given() }
}

fn read_credential(
    errors: &Errors,
    attribute: &Attribute,
    ident: &Ident,
    attributes: &[Attribute],
) -> Credential {
    let (mut env, mut help) = (Slot::empty(), Slot::empty());
    let mut unused_by_auth = Slot::empty();
    let list = entries(errors, attribute);
    for entry in list.iter() {
        match entry.name().as_str() {
            keys::ENV => env.read(errors, entry),
            keys::HELP => help.read(errors, entry),
            keys::UNUSED_BY_AUTH => bare(errors, entry, &mut unused_by_auth),
            _ => unknown_key(errors, entry, keys::SECRET, &keys::SECRET_KEYS),
        }
    }
    let unused_by_auth =
        if list.lack(&[keys::UNUSED_BY_AUTH]) { Some(false) } else { unused_by_auth.take().map(|()| true) };
    let description = doc(attributes, &format!("credential `{ident}`")).unwrap_or_else(|| {
        let message = format!(
            "credential `{ident}` has no description\nhelp: say what it is for in a doc comment `/// ..`"
        );
        errors.at(ident, message);
        Description::missing()
    });
    Credential { description, env, help, unused_by_auth }
}
