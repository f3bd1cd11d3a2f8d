//! Rules of the struct.

use std::collections::HashMap;

use syn::Ident;
use syn::ext::IdentExt as _;

use crate::kit::{Errors, did_you_mean};
use crate::model::{Connector, Field, FieldKind, Role};

/// What `auth` names is a field, and a credential where it must be kept secret.
pub(super) fn auth_names_fields(errors: &Errors, connector: &Connector) {
    let names: Vec<String> = connector
        .fields
        .iter()
        .filter(|field| !matches!(field.kind, FieldKind::Client(_) | FieldKind::State))
        .map(|field| field.ident.to_string())
        .collect();
    for (name, role) in connector.auth.fields() {
        match connector.fields.iter().find(|field| field.ident == *name) {
            Some(Field { kind: FieldKind::Unread, .. }) => {}
            Some(Field { kind: FieldKind::Credential(_), .. }) if role != Role::Setting => {}
            Some(Field { kind: FieldKind::Setting(_), .. }) if role != Role::Credential => {}
            Some(field) if role == Role::Setting => {
                for tokens in [name, &field.ident] {
                    errors.at(
                        tokens,
                        format!("`auth` names `{name}`, which is not a setting\nhelp: everybody may know a client's id; remove the attribute of the field `{name}`"),
                    );
                }
            }
            Some(field) => {
                for tokens in [name, &field.ident] {
                    errors.at(
                        tokens,
                        format!("`auth` names `{name}`, which is not a credential\nhelp: put `#[secret]` on the field `{name}`"),
                    );
                }
            }
            None => {
                let help = did_you_mean(&name.to_string(), names.iter().map(String::as_str));
                errors.at(name, format!("`auth` names `{name}`, which is not a field\n{help}"));
            }
        }
    }
}

/// Two fields are never read from one environment variable.
pub(super) fn environment_variables_are_told_apart(errors: &Errors, connector: &Connector) {
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for field in connector.fields.iter().filter(|field| field.cfgs.is_empty()) {
        let env = match &field.kind {
            FieldKind::Setting(setting) => setting.env.get(),
            FieldKind::Credential(credential) => credential.env.get(),
            FieldKind::Client(_) | FieldKind::State | FieldKind::Unread => continue,
        };
        let derived =
            || format!("{}_{}", connector.id.value(), field.ident.unraw()).replace('-', "_").to_uppercase();
        let name = env.map_or_else(derived, syn::LitStr::value);
        // Two of one name are rustc's affair.
        if let Some(first) = seen.insert(name.clone(), &field.ident).filter(|first| **first != field.ident) {
            for ident in [first, &field.ident] {
                errors.at(
                    ident,
                    format!("two fields are read from the environment variable `{name}`\nhelp: name another one with `env = \"..\"`"),
                );
            }
        }
    }
    for env in super::oauth2::variables(connector) {
        if let Some(field) = seen.get(&env.value()) {
            let message = format!(
                "a field and `oauth2` are read from the environment variable `{}`\nhelp: name the field in `oauth2`, or another variable",
                env.value()
            );
            errors.at(field, &message);
            errors.at(env, &message);
        }
    }
}
