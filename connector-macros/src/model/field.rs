//! A field of the struct: a setting, a credential or private state.

use syn::{Attribute, Field as SynField, Ident, LitStr, Type};

use super::misplaced::{self, Place};
use super::{Limits, bare, strip, unknown_key};
use crate::keys;
use crate::kit::{Errors, Slot, cfgs, doc, entries};

pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) kind: FieldKind,
}

pub(crate) enum FieldKind {
    Setting(Box<Setting>),
    Credential(Credential),
    State,
}

pub(crate) struct Setting {
    pub(crate) description: LitStr,
    pub(crate) limits: Limits,
    pub(crate) env: Slot<LitStr>,
    pub(crate) placeholder: Slot<LitStr>,
    pub(crate) help: Slot<LitStr>,
    /// The setting without which the options of this one can't be listed.
    pub(crate) depends_on: Slot<Ident>,
    pub(crate) advanced: bool,
}

pub(crate) struct Credential {
    pub(crate) description: LitStr,
    pub(crate) env: Slot<LitStr>,
    pub(crate) help: Slot<LitStr>,
    /// Whether the author says that `auth` has nothing to do with it.
    pub(crate) unused_by_auth: bool,
}

impl Field {
    /// Reads a field and takes our attributes off it.
    pub(crate) fn read(errors: &Errors, field: &mut SynField) -> Option<Self> {
        misplaced::refuse(errors, &mut field.attrs, Some(Place::Field));
        let ours = strip(&mut field.attrs, &keys::FIELD_ATTRIBUTES);
        let ident = field.ident.clone()?;
        if let [first, second, ..] = ours.as_slice() {
            for attribute in [first, second] {
                errors.at(
                    attribute,
                    format!(
                        "field `{ident}` has two attributes\n\
                         help: a field is one of a setting, a credential or state; keep one"
                    ),
                );
            }
            return None;
        }
        let description = doc(&field.attrs);
        let kind = match ours.first() {
            Some(attribute) if attribute.path().is_ident(keys::STATE) => {
                for entry in entries(errors, attribute) {
                    unknown_key(errors, &entry, keys::STATE, &[]);
                }
                FieldKind::State
            }
            Some(attribute) if attribute.path().is_ident(keys::SECRET) => {
                let credential = read_credential(errors, attribute, &ident, description);
                FieldKind::Credential(credential?)
            }
            attribute => FieldKind::Setting(Box::new(read_setting(errors, attribute, &ident, description)?)),
        };
        Some(Self { ident, ty: field.ty.clone(), cfgs: cfgs(&field.attrs), kind })
    }
}

fn read_setting(
    errors: &Errors,
    attribute: Option<&Attribute>,
    ident: &Ident,
    description: Option<LitStr>,
) -> Option<Setting> {
    let mut limits = Limits::none();
    let (mut env, mut placeholder, mut help) = (Slot::empty(), Slot::empty(), Slot::empty());
    let (mut depends_on, mut advanced) = (Slot::<Ident>::empty(), Slot::empty());
    for entry in attribute.into_iter().flat_map(|attribute| entries(errors, attribute)) {
        match entry.name().as_str() {
            keys::ENV => env.read(errors, &entry),
            keys::PLACEHOLDER => placeholder.read(errors, &entry),
            keys::HELP => help.read(errors, &entry),
            keys::DEPENDS_ON => depends_on.read(errors, &entry),
            keys::ADVANCED => bare(errors, &entry, &mut advanced),
            _ if limits.read(errors, &entry) => {}
            _ => unknown_key(errors, &entry, keys::CONFIG, &keys::CONFIG_KEYS),
        }
    }
    if description.is_none() {
        let message = format!(
            "setting `{ident}` has no description\n\
             help: say what it is for in a doc comment `/// ..`, or mark the field `#[state]` if it is no setting"
        );
        errors.at(ident, message);
    }
    Some(Setting {
        description: description?,
        limits,
        env,
        placeholder,
        help,
        depends_on,
        advanced: advanced.is_set(),
    })
}

fn read_credential(
    errors: &Errors,
    attribute: &Attribute,
    ident: &Ident,
    description: Option<LitStr>,
) -> Option<Credential> {
    let (mut env, mut help) = (Slot::empty(), Slot::empty());
    let mut unused_by_auth = Slot::empty();
    for entry in entries(errors, attribute) {
        match entry.name().as_str() {
            keys::ENV => env.read(errors, &entry),
            keys::HELP => help.read(errors, &entry),
            keys::UNUSED_BY_AUTH => bare(errors, &entry, &mut unused_by_auth),
            _ => unknown_key(errors, &entry, keys::SECRET, &keys::SECRET_KEYS),
        }
    }
    if description.is_none() {
        let message = format!(
            "credential `{ident}` has no description\nhelp: say what it is for in a doc comment `/// ..`"
        );
        errors.at(ident, message);
    }
    Some(Credential { description: description?, env, help, unused_by_auth: unused_by_auth.is_set() })
}
