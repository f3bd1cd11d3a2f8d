//! Rules across the fields of the struct.

use std::collections::HashSet;

use syn::Ident;

use crate::kit::{Errors, did_you_mean};
use crate::model::{Auth, Connector, Credential, Field, FieldKind, Setting};

/// A credential that nothing sends is a mistake, or is sent by the author's own code, who says so.
pub(super) fn auth_uses_the_secrets(errors: &Errors, connector: &Connector) {
    let used = connector.auth.fields();
    let is_field = |name: &Ident| connector.fields.iter().any(|field| field.ident == *name);
    if matches!(connector.auth, Auth::Unread) || !used.iter().all(|(name, _)| is_field(name)) {
        // Reported as that; which field was meant isn't known.
        return;
    }
    for (field, credential) in credentials(connector) {
        let name = &field.ident;
        match (used.iter().any(|(used, _)| *used == name), credential.unused_by_auth) {
            (false, Some(false)) => errors.at(
                name,
                format!(
                    "no `auth` uses the credential `{name}`\n\
                     help: write `auth = bearer({name})`, or `#[secret(unused_by_auth)]` if your own code sends it"
                ),
            ),
            (true, Some(true)) => errors.at(
                name,
                format!("`auth` uses the credential `{name}`\nhelp: remove `unused_by_auth` from its `#[secret]`"),
            ),
            _ => {}
        }
    }
}

/// `depends_on` names another setting, and means something only where there are options.
pub(super) fn dependencies_are_settings(errors: &Errors, connector: &Connector) {
    let names: Vec<String> = settings(connector).map(|(field, _)| field.ident.to_string()).collect();
    for (field, setting) in settings(connector) {
        let Some(target) = setting.depends_on.get() else { continue };
        if !names.contains(&target.to_string()) {
            let own = field.ident.to_string();
            let others = names.iter().map(String::as_str).filter(|name| *name != own);
            let help = did_you_mean(&target.to_string(), others);
            errors.at(target, format!("`depends_on` names `{target}`, which is not a setting\n{help}"));
        } else if !setting.limits.options.is_given() {
            errors.at(
                target,
                format!(
                    "setting `{}` depends on another and has no options\n\
                     help: add `options = ..`, or leave `depends_on` out",
                    field.ident
                ),
            );
        }
    }
}

/// No setting depends on itself, by whatever way.
pub(super) fn dependencies_end(errors: &Errors, connector: &Connector) {
    let mut reported = HashSet::new();
    for (field, _) in settings(connector) {
        let mut way = vec![&field.ident];
        while let Some(next) = way.last().and_then(|last| dependency(connector, last)) {
            if let Some(begin) = way.iter().position(|passed| *passed == next) {
                for ident in &way[begin..] {
                    if reported.insert(ident.to_string()) {
                        report_circle(errors, connector, ident);
                    }
                }
                break;
            }
            way.push(next);
        }
    }
}

fn dependency<'a>(connector: &'a Connector, name: &Ident) -> Option<&'a Ident> {
    settings(connector).find(|(field, _)| field.ident == *name)?.1.depends_on.get()
}

fn report_circle(errors: &Errors, connector: &Connector, ident: &Ident) {
    if let Some(target) = dependency(connector, ident) {
        errors.at(
            target,
            format!(
                "setting `{ident}` depends on itself by way of `{target}`\nhelp: leave one `depends_on` out"
            ),
        );
    }
}

fn settings(connector: &Connector) -> impl Iterator<Item = (&Field, &Setting)> {
    connector.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::Setting(setting) => Some((field, &**setting)),
        FieldKind::Credential(_) | FieldKind::Client(_) | FieldKind::State | FieldKind::Unread => None,
    })
}

fn credentials(connector: &Connector) -> impl Iterator<Item = (&Field, &Credential)> {
    connector.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::Credential(credential) => Some((field, credential)),
        FieldKind::Setting(_) | FieldKind::Client(_) | FieldKind::State | FieldKind::Unread => None,
    })
}
