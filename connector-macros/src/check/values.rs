//! Rules of the texts that leave the crate: names of variables and headers, URLs, scopes.

use quote::ToTokens;
use syn::LitStr;

use crate::keys;
use crate::kit::Errors;
use crate::model::{Action, Auth, Connector, FieldKind};

/// The environment variables that a connector says, and whether it calls them by `env(..)`.
fn variables(connector: &Connector) -> impl Iterator<Item = (&LitStr, bool)> {
    let names = connector.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::Setting(setting) => setting.env.get(),
        FieldKind::Credential(credential) => credential.env.get(),
        FieldKind::Client(_) | FieldKind::State | FieldKind::Unread => None,
    });
    let names = names.map(|name| (name, false));
    names.chain(super::oauth2::variables(connector).map(|name| (name, true)))
}

/// What is set for a host, such as the key of its store, is no connector's.
pub(super) fn environment_variables_are_not_the_hosts(errors: &Errors, connector: &Connector) {
    const OWN: &str = "CONNECTOR_";
    for (name, _) in variables(connector).filter(|(name, _)| name.value().starts_with(OWN)) {
        errors.at(
            name,
            format!(
                "the environment variable `{}` may be one of a host\nhelp: name one that doesn't begin with `{OWN}`",
                name.value()
            ),
        );
    }
}

/// An environment variable has a name that every shell can set.
pub(super) fn environment_variables_have_names(errors: &Errors, connector: &Connector) {
    for (name, is_called) in variables(connector).filter(|(name, _)| !is_variable(&name.value())) {
        let better: String =
            name.value().trim().to_uppercase().replace(|letter: char| !is_in_variable(letter), "_");
        let help = match is_variable(&better) {
            true if is_called => format!("write `{}(\"{better}\")`", keys::ENV),
            true => format!("write `{} = \"{better}\"`", keys::ENV),
            false => "use capital letters, digits and `_`, no digit first".to_owned(),
        };
        errors.at(name, format!("`{}` must be the name of an environment variable\nhelp: {help}", keys::ENV));
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|letter: char| letter.is_ascii_digit())
        && name.chars().all(is_in_variable)
}

fn is_in_variable(letter: char) -> bool {
    letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_'
}

/// A key is sent in a header or a parameter that there can be.
pub(super) fn api_keys_are_sent_somewhere(errors: &Errors, auth: &Auth) {
    auth.ways().iter().for_each(|way| match way {
        Auth::ApiKeyHeader { header, .. } => is_header(errors, header),
        Auth::ApiKeyQuery { query, .. } => is_parameter(errors, query),
        Auth::ApiKeyCookie { cookie, .. } if !is_made_of(&cookie.value(), is_token) => errors.at(
            cookie,
            format!("`{}` must be the name of a cookie\nhelp: write it like `\"sid\"`, without blanks, `;` and `=`", keys::COOKIE),
        ),
        _ => {}
    });
}

/// Whether a letter may stand in a token of RFC 9110, 5.6.2, as the names of headers and cookies (RFC 6265) are.
fn is_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter)
}

pub(super) fn is_header_name(name: &str) -> bool {
    is_made_of(name, is_token)
}

/// Whether every client and server reads a header's value as it is written (RFC 9110, 5.5).
pub(super) fn is_header_value(value: &str) -> bool {
    is_made_of(value, |letter| matches!(letter, ' '..='~')) && value.trim() == value
}

pub(super) fn is_header(errors: &Errors, name: &LitStr) {
    if !is_header_name(&name.value()) {
        errors.at(
            name,
            format!("`{}` must be the name of a header\nhelp: write it like `\"X-Api-Key\"`, without blanks and colons", keys::HEADER),
        );
    }
}

/// A parameter's name needs no encoding.
pub(super) fn is_parameter(errors: &Errors, name: &LitStr) {
    let text = |letter: char| !letter.is_whitespace() && !letter.is_control() && !"&=#?".contains(letter);
    if !is_made_of(&name.value(), text) {
        errors.at(
            name,
            format!("`{}` must be the name of a parameter\nhelp: write it like `\"api_key\"`, without blanks, `&` and `=`", keys::QUERY),
        );
    }
}

fn is_made_of(name: &str, letter: impl Fn(char) -> bool) -> bool {
    !name.is_empty() && name.chars().all(letter)
}

/// A user and a password are two fields.
pub(super) fn basic_names_two_fields(errors: &Errors, auth: &Auth) {
    for way in auth.ways() {
        if let Auth::Basic { user, password } = way
            && user == password
        {
            let message = format!(
                "`basic` names the field `{user}` twice\nhelp: name the field of the user, then that of the password"
            );
            errors.at(password, message);
        }
    }
}

/// An icon says something, and documentation can be opened.
pub(super) fn links_lead_somewhere(errors: &Errors, connector: &Connector) {
    let said = |text: &LitStr| !text.value().trim().is_empty();
    if let Some(icon) = connector.icon.as_ref().filter(|icon| !said(icon)) {
        errors.at(icon, "`icon` is empty\nhelp: write an icon's name or URL, or leave `icon` out");
    }
    if let Some(docs) = connector.docs.as_ref().filter(|docs| !is_url(&docs.value())) {
        errors.at(docs, "`docs` must be a URL\nhelp: write it like `\"https://example.com/docs\"`");
    }
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !text.contains(char::is_whitespace))
}

/// A scope is one word to the service.
pub(super) fn scopes_are_words(errors: &Errors, action: &Action) {
    refuse_unless_words(errors, &action.scopes);
}

pub(super) fn refuse_unless_words(errors: &Errors, scopes: &[LitStr]) {
    for scope in scopes {
        let text = scope.value();
        if text.is_empty() || text.contains(char::is_whitespace) {
            let words: Vec<String> = text.split_whitespace().map(|word| format!("{word:?}")).collect();
            let help = match words.as_slice() {
                [] => "leave it out".to_owned(),
                words => format!("write `scopes = [{}]`", words.join(", ")),
            };
            errors.at(scope.to_token_stream(), format!("a scope is one word\nhelp: {help}"));
        }
    }
}
