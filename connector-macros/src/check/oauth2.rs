//! Rules of `oauth2(..)` and `any(..)`.

use quote::ToTokens;
use syn::LitStr;
use syn::ext::IdentExt as _;

use super::clients::{is_address, placeholders_are_settings};
use super::values::refuse_unless_words;
use crate::kit::Errors;
use crate::model::{Auth, Connector, FieldKind, OAuth2, Source};

/// The name under which a connection's tokens are kept (`OAuth2::TOKENS` of the runtime).
const TOKENS: &str = "oauth2";

/// All of its rules.
pub(super) fn is_sound(errors: &Errors, connector: &Connector) {
    for renew in connector.auth.ways().iter().filter_map(Auth::renew) {
        has_a_client(errors, connector, renew, "`renew`");
    }
    for oauth2 in connector.auth.ways().iter().filter_map(|way| way.oauth2()) {
        leads_to_the_service(errors, connector, oauth2);
        keeps_the_secret(errors, oauth2);
        asks_somebody_or_nobody(errors, oauth2);
        declares_names_of_its_own(errors, connector, oauth2);
        has_a_client(errors, connector, &oauth2.word, "`oauth2`");
        if let Some(scopes) = oauth2.scopes.get() {
            refuse_unless_words(errors, scopes);
        }
    }
}

/// Its URLs are some, and their placeholders are settings.
fn leads_to_the_service(errors: &Errors, connector: &Connector, oauth2: &OAuth2) {
    for (key, url) in oauth2.urls() {
        // Some services tell their tenants apart in the query.
        let text = url.value();
        if !is_address(&text) || text.contains('#') {
            errors.at(
                url,
                format!(
                    "`{key}` must be the URL of a service\nhelp: write it like `\"https://example.com/oauth/{key}\"`"
                ),
            );
        } else {
            placeholders_are_settings(errors, connector, key, url);
        }
    }
}

/// A secret is in no program, where everybody can read it.
fn keeps_the_secret(errors: &Errors, oauth2: &OAuth2) {
    if let Some(Source::Text(text)) = oauth2.client_secret.get() {
        errors.at(
            text,
            "`client_secret` can't be a text\n\
             help: everybody who has the program could read it; write `client_secret = env(\"NAME\")`, or the name of a \
             `#[secret]` field",
        );
    }
}

/// Whoever asks nobody has a secret, and no place where somebody could agree.
fn asks_somebody_or_nobody(errors: &Errors, oauth2: &OAuth2) {
    let Some(grant) = oauth2.grant.get() else { return };
    if !oauth2.client_secret.is_given() {
        errors.at(
            grant,
            "`client_credentials` needs a secret of the client\nhelp: write `client_secret = env(\"NAME\")`, or the name of a `#[secret]` field",
        );
    }
    for place in [oauth2.authorize.get(), oauth2.device.get()].into_iter().flatten() {
        let message = "with `client_credentials` nobody is asked\nhelp: leave out `grant`, or the place where somebody could agree";
        errors.at(grant, message);
        errors.at(place, message);
    }
}

/// What it declares is not also a field, and nothing but the tokens is called as they are.
fn declares_names_of_its_own(errors: &Errors, connector: &Connector, oauth2: &OAuth2) {
    for field in &connector.fields {
        if matches!(field.kind, FieldKind::Client(_) | FieldKind::State | FieldKind::Unread) {
            continue;
        }
        let name = field.ident.unraw().to_string();
        if let Some((key, env)) = oauth2.declared().find(|(key, _)| *key == name) {
            let message = format!(
                "`{key}` is a field and a variable\nhelp: write `{key} = {key}`, or remove the field"
            );
            errors.at(env, &message);
            errors.at(&field.ident, &message);
        }
        if name == TOKENS {
            errors.at(
                &field.ident,
                format!("the name `{TOKENS}` is kept for the tokens\nhelp: give the field another name"),
            );
        }
    }
}

/// Tokens are sent by a client, and by nothing else.
fn has_a_client(errors: &Errors, connector: &Connector, at: &impl ToTokens, whose: &str) {
    let may_send = |kind: &FieldKind| matches!(kind, FieldKind::Client(_) | FieldKind::Unread);
    if !connector.fields.iter().any(|field| may_send(&field.kind)) {
        errors.at(
            at,
            format!(
                "nothing sends the tokens of {whose}\nhelp: add a field `#[http(base = \"..\")] http: Http`"
            ),
        );
    }
}

/// Several ways are several, and each is one.
pub(super) fn ways_are_several(errors: &Errors, connector: &Connector) {
    let Auth::Any { word, of } = &connector.auth else { return };
    if of.len() < 2 {
        errors
            .at(word, "`any` needs two ways to authenticate\nhelp: write the one way alone, or add another");
    }
    let mut first: Option<&OAuth2> = None;
    for oauth2 in of.iter().filter_map(Auth::oauth2) {
        match first {
            None => first = Some(oauth2),
            Some(first) => {
                for word in [&first.word, &oauth2.word] {
                    errors.at(
                        word,
                        "`any` holds `oauth2` twice\nhelp: keep one; a connection has one set of tokens",
                    );
                }
            }
        }
    }
}

/// The environment variables that it names.
pub(super) fn variables(connector: &Connector) -> impl Iterator<Item = &LitStr> {
    let oauth2 = connector.auth.ways().iter().filter_map(|way| way.oauth2());
    oauth2.flat_map(OAuth2::declared).map(|(_, env)| env)
}
