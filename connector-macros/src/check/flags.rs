//! How arguments and settings are spelled where there are no cases and no underscores.

use std::collections::HashMap;

use syn::Ident;
use syn::ext::IdentExt as _;

use crate::keys::GLOBAL_OPTIONS;
use crate::kit::Errors;
use crate::model::{Action, Connector, FieldKind, ParameterKind};

/// No two arguments of an action have one spelling on a command line.
pub(super) fn arguments_are_told_apart(errors: &Errors, action: &Action) {
    let names = action.parameters.iter().filter(|parameter| parameter.cfgs.is_empty());
    let names = names.filter_map(|parameter| match &parameter.kind {
        ParameterKind::Plain(plain) => Some(&plain.ident),
        ParameterKind::Context | ParameterKind::Input => None,
    });
    told_apart(errors, "arguments", names);
}

/// No two settings have one spelling on a command line.
pub(super) fn settings_are_told_apart(errors: &Errors, connector: &Connector) {
    let names = connector.fields.iter().filter(|field| field.cfgs.is_empty());
    let names = names.filter(|field| matches!(field.kind, FieldKind::Setting(_)));
    told_apart(errors, "settings", names.map(|field| &field.ident));
}

fn told_apart<'a>(errors: &Errors, what: &str, names: impl Iterator<Item = &'a Ident>) {
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for name in names {
        let flag = flag(&name.unraw().to_string());
        // Two of one name are rustc's affair.
        if let Some(first) = seen.insert(flag.clone(), name).filter(|first| *first != name) {
            let message = format!(
                "the {what} `{first}` and `{name}` are both `--{flag}` on a command line\nhelp: give one of them another name"
            );
            errors.at(first, &message);
            errors.at(name, &message);
        }
    }
}

/// What the runtime makes of a name on a command line (`platform::argentos::commands::flag`).
fn flag(name: &str) -> String {
    let mut flag = String::new();
    let mut before = '-';
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            flag.push('-');
        }
        flag.push(if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { '-' });
        before = letter;
    }
    if GLOBAL_OPTIONS.contains(&flag.as_str()) { format!("arg-{flag}") } else { flag }
}

#[cfg(test)]
mod tests {
    use super::flag;

    #[test]
    fn names_are_spelled_as_the_runtime_spells_them() {
        for (name, expected) in [
            ("page_size", "page-size"),
            ("pageSize", "page-size"),
            ("url2Path", "url2-path"),
            ("HTTPServer", "httpserver"),
            ("mode", "arg-mode"),
            ("modes", "modes"),
        ] {
            assert_eq!(flag(name), expected, "{name}");
        }
    }
}
