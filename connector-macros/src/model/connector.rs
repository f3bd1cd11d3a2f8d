//! The struct: what a connector is.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Fields, Ident, ItemStruct, LitStr, Path};

use super::auth::Auth;
use super::{Field, lints, runtime, unknown_key};
use crate::keys;
use crate::kit::{Description, Entries, Errors, Slot, doc, humanize, is_kebab};

pub(crate) struct Connector {
    pub(crate) ident: Ident,
    pub(crate) id: LitStr,
    pub(crate) title: LitStr,
    pub(crate) description: Description,
    pub(crate) category: LitStr,
    pub(crate) icon: Option<LitStr>,
    pub(crate) docs: Option<LitStr>,
    pub(crate) auth: Auth,
    /// How often the service may be asked.
    pub(crate) rate: Option<LitStr>,
    pub(crate) fields: Vec<Field>,
    pub(crate) runtime: Path,
    /// What the expansion is not warned of.
    pub(crate) allowed: Vec<Attribute>,
}

/// The longest id or category: ids become file names and parts of other names.
const LONGEST: usize = 40;

impl Connector {
    /// Reads the attribute's list and the struct, and takes our attributes off the fields. What can't be
    /// read is reported, and something stands in for it that breaks no rule.
    pub(crate) fn read(errors: &Errors, list: &Entries, item: &mut ItemStruct) -> Self {
        let ident = item.ident.clone();
        let mut id = Slot::<LitStr>::empty();
        let (mut title, mut category) = (Slot::<LitStr>::empty(), Slot::<LitStr>::empty());
        let (mut icon, mut docs) = (Slot::<LitStr>::empty(), Slot::<LitStr>::empty());
        let (mut auth, mut rate) = (Slot::empty(), Slot::<LitStr>::empty());
        let mut path = Slot::<Path>::empty();
        for entry in list.iter() {
            match entry.name().as_str() {
                keys::ID => id.read(errors, entry),
                keys::TITLE => title.read(errors, entry),
                keys::CATEGORY => category.read(errors, entry),
                keys::ICON => icon.read(errors, entry),
                keys::DOCS => docs.read(errors, entry),
                keys::AUTH => auth.set(errors, &entry.key, Auth::read(errors, entry)),
                keys::RATE => rate.read(errors, entry),
                keys::CRATE => path.read(errors, entry),
                _ => unknown_key(errors, entry, keys::CONNECTOR, &keys::CONNECTOR_KEYS),
            }
        }
        if list.lack(&[keys::ID]) {
            let message = format!(
                "connector `{ident}` has no id\nhelp: write `#[connector(id = \"..\")]`, with a name in kebab-case"
            );
            errors.at(&ident, message);
        }
        kebab(errors, keys::ID, id.get());
        kebab(errors, keys::CATEGORY, category.get());
        not_empty(errors, keys::TITLE, title.get());
        let description = doc(&item.attrs, &format!("connector `{ident}`")).unwrap_or_else(|| {
            let message = format!(
                "connector `{ident}` has no description\nhelp: say what it does in a doc comment `/// ..`"
            );
            errors.at(&ident, message);
            Description::missing()
        });
        auth.excuse(!list.lack(&[keys::AUTH]));
        let unread = if auth.is_given() { Auth::Unread } else { Auth::None };
        let mut auth = auth.take().unwrap_or(unread);
        let fields = read_fields(errors, item).unwrap_or_else(|| {
            // Nothing can be said of what it names.
            auth = Auth::Unread;
            Vec::new()
        });
        let members = item.fields.iter().filter_map(|field| Some((field.ident.as_ref()?, &*field.attrs)));
        let allowed = lints::carried(&item.attrs, members);
        let id = id.take().unwrap_or_else(|| LitStr::new("", ident.span()));
        Self {
            title: title.take().unwrap_or_else(|| LitStr::new(&humanize(&id.value()), id.span())),
            id,
            description,
            category: category.take().unwrap_or_else(|| LitStr::new("general", Span::call_site())),
            icon: icon.take(),
            docs: docs.take(),
            auth,
            rate: rate.take(),
            fields,
            runtime: runtime(path.take()),
            allowed,
            ident,
        }
    }
}

/// The fields, or none if they aren't those of a connector.
fn read_fields(errors: &Errors, item: &mut ItemStruct) -> Option<Vec<Field>> {
    // All are read, so that none keeps an attribute of ours.
    let read: Vec<Field> = item.fields.iter_mut().filter_map(|field| Field::read(errors, field)).collect();
    if !item.generics.params.is_empty() {
        errors.at(
            &item.generics,
            format!(
                "connector `{}` can't be generic\nhelp: a connector is one type; put what varies into settings",
                item.ident
            ),
        );
        return None;
    }
    match &item.fields {
        Fields::Named(_) | Fields::Unit => Some(read),
        Fields::Unnamed(fields) => {
            errors.at(
                fields,
                format!(
                    "connector `{}` needs fields with names\nhelp: write `{{ name: Type, .. }}`",
                    item.ident
                ),
            );
            None
        }
    }
}

fn kebab(errors: &Errors, key: &str, value: Option<&LitStr>) {
    let Some(value) = value else { return };
    let text = value.value();
    if !is_kebab(&text) {
        let better: String = text
            .trim()
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
            .collect();
        let better = better.trim_matches(|letter: char| !letter.is_ascii_lowercase());
        let help = if is_kebab(better) {
            format!("help: write `{key} = \"{better}\"`")
        } else {
            "help: use small letters and digits, in words joined by `-`".to_owned()
        };
        errors.at(value, format!("`{key}` must be in kebab-case\n{help}"));
    } else if text.len() > LONGEST {
        errors.at(value, format!("`{key}` is longer than {LONGEST} characters\nhelp: use a shorter name"));
    }
}

fn not_empty(errors: &Errors, key: &str, value: Option<&LitStr>) {
    if let Some(value) = value.filter(|value| value.value().trim().is_empty()) {
        errors.at(value, format!("`{key}` is empty\nhelp: write a name for people, or leave `{key}` out"));
    }
}

/// What isn't a struct can't be a connector.
pub(crate) fn refuse(errors: &Errors, keyword: &TokenStream) {
    let message = "a connector must be a struct, or the `impl` block of one\n\
                   help: put `#[connector(id = \"..\")]` on `struct Name { .. }`";
    errors.at(keyword, message);
}

/// An item has one list of ours: another is reported and taken off, or it would expand once more.
pub(crate) fn refuse_another(errors: &Errors, attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| {
        let another = attribute.path().is_ident(keys::CONNECTOR);
        if another {
            let message = "a second `#[connector]` on one item\nhelp: put all keys into one list";
            errors.at(attribute, message);
        }
        !another
    });
}
