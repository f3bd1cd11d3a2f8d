//! Rules of HTTP clients.

use std::collections::HashSet;

use syn::LitStr;

use super::values;
use crate::keys;
use crate::kit::{Errors, did_you_mean};
use crate::model::{Auth, Client, Connector, FieldKind};

/// A base URL is one: `https`, or `http` on this machine, without a query, and its placeholders are settings.
pub(super) fn have_a_base(errors: &Errors, connector: &Connector) {
    for base in clients(connector).filter_map(|client| client.base.as_ref()) {
        let text = base.value();
        if !is_address(&text) || text.contains(['?', '#']) {
            errors.at(
                base,
                format!(
                    "`{}` must be the URL of a service\n\
                     help: write it like `\"https://api.example.com/v1\"`, or with settings: `\"https://{{shop}}.example.com\"`",
                    keys::BASE
                ),
            );
        } else {
            placeholders_are_settings(errors, connector, keys::BASE, base);
        }
    }
}

/// Whether a text may be the URL of a service: `https`, or `http` on this machine, or a setting.
pub(super) fn is_address(text: &str) -> bool {
    let whole_host = text.starts_with('{');
    let rest = text.strip_prefix("https://").or_else(|| {
        let rest = text.strip_prefix("http://")?;
        let host = rest.split(['/', ':']).next();
        host.is_some_and(|host| matches!(host, "localhost" | "127.0.0.1")).then_some(rest)
    });
    let has_host = whole_host || rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    has_host && !text.contains('@') && !text.contains(char::is_whitespace)
}

/// What stands in the braces of a URL is a setting each.
pub(super) fn placeholders_are_settings(errors: &Errors, connector: &Connector, key: &str, url: &LitStr) {
    let text = url.value();
    let settings: Vec<String> = connector
        .fields
        .iter()
        .filter(|field| matches!(field.kind, FieldKind::Setting(_)))
        .map(|field| field.ident.to_string())
        .collect();
    for part in text.split('{').skip(1) {
        let Some((name, _)) = part.split_once('}') else {
            errors.at(url, format!("a placeholder of `{key}` has no end\nhelp: write `{{setting}}`"));
            return;
        };
        // What can't be read may be the setting that is meant.
        let unread = connector.fields.iter().any(|field| matches!(field.kind, FieldKind::Unread));
        if !unread && !settings.iter().any(|setting| setting == name) {
            let help = did_you_mean(name, settings.iter().map(String::as_str));
            errors.at(url, format!("`{key}` names `{name}`, which is not a setting\n{help}"));
        }
    }
}

/// Headers that follow from the request and its way, or that would be a secret in a program.
const RESERVED_HEADERS: [&str; 12] = [
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whether a header is none for an author to fill.
pub(super) fn is_reserved(header: &str) -> bool {
    RESERVED_HEADERS.contains(&&*header.to_ascii_lowercase())
}

/// A constant header can be sent, once, and is nothing that is sent already.
pub(super) fn have_headers_of_their_own(errors: &Errors, connector: &Connector) {
    for client in clients(connector) {
        let mut seen = HashSet::new();
        for (name, value) in &client.headers {
            let text = name.value();
            if !values::is_header_name(&text) {
                errors.at(
                    name,
                    format!("`{text}` is not the name of a header\nhelp: write it like `\"X-Api-Version\"`, without blanks and colons"),
                );
                continue;
            }
            if !values::is_header_value(&value.value()) {
                errors.at(
                    value,
                    format!("header `{text}` can't have that value\nhelp: write one line of letters, digits and signs of ASCII, with no blank at its ends"),
                );
            }
            if !seen.insert(text.to_ascii_lowercase()) {
                errors.at(name, format!("header `{text}` is there twice\nhelp: keep one of them"));
            } else {
                is_not_sent_already(errors, connector, name);
            }
        }
    }
}

fn is_not_sent_already(errors: &Errors, connector: &Connector, name: &LitStr) {
    let text = name.value();
    if is_reserved(&text) {
        let help = "credentials are told by `auth`, and the others are the client's own; remove it";
        errors.at(name, format!("header `{text}` can't be constant\nhelp: {help}"));
    }
    for way in connector.auth.ways() {
        if let Auth::ApiKeyHeader { header, .. } = way
            && header.value().eq_ignore_ascii_case(&text)
        {
            let message =
                format!("header `{text}` is sent by `auth` and is constant\nhelp: keep one of the two");
            errors.at(header, &message);
            errors.at(name, &message);
        }
    }
}

/// A rate is one, and there is a client that keeps to it.
pub(super) fn keep_to_a_rate(errors: &Errors, connector: &Connector) {
    let Some(rate) = &connector.rate else { return };
    let text = rate.value();
    // As `http::Rate` reads it.
    let is_rate = text.split_once('/').is_some_and(|(requests, per)| {
        let known = ["s", "sec", "second", "min", "minute", "h", "hour", "d", "day"];
        requests.trim().parse::<u32>().is_ok_and(|requests| requests > 0) && known.contains(&per.trim())
    });
    if !is_rate {
        errors.at(rate, format!("`{}` must be a number and a time\nhelp: write it like `\"30/min\"`; the times are `s`, `min`, `h` and `day`", keys::RATE));
    }
    if clients(connector).next().is_none() {
        errors.at(
            rate,
            "nothing keeps to the `rate`\nhelp: add a field `#[http(base = \"..\")] http: Http`, or leave `rate` out",
        );
    }
}

fn clients(connector: &Connector) -> impl Iterator<Item = &Client> {
    connector.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::Client(client) => Some(client),
        FieldKind::Setting(_) | FieldKind::Credential(_) | FieldKind::State | FieldKind::Unread => None,
    })
}
