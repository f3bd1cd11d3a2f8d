//! Takes secrets out of an exchange before anybody sees it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::Url;
use serde_json::Value;

use super::body::{Body, fields};
use super::exchange::{Answer, Asked, Exchange};
use super::strings::{replaced, strings};
use crate::Secret;
use crate::call::Redactor;
use crate::http::form_text;

/// What stands where a secret stood.
pub(super) const HIDDEN: &str = "[redacted]";

/// Tokens that a service gives, and that later requests may have anywhere.
const GIVEN: [&str; 4] = ["access_token", "refresh_token", "id_token", "device_code"];

/// What else is a secret by its name (RFC 6749, RFC 7521, RFC 7636). `code` is one only in a form, since
/// services call other things so as well.
const SENT: [&str; 5] = ["client_secret", "client_assertion", "code_verifier", "assertion", "password"];

fn is_secret(name: &str) -> bool {
    GIVEN.contains(&name) || SENT.contains(&name)
}

/// The tokens that an answer gives.
pub(super) fn given(answer: &Answer) -> Vec<Secret> {
    let mut given = Vec::new();
    let of_fields = |fields: &[(String, String)]| -> Vec<Secret> {
        let texts = fields.iter().filter(|(name, _)| GIVEN.contains(&name.as_str()));
        texts.map(|(_, value)| Secret::new(value.as_str())).collect()
    };
    match &answer.body {
        Some(Body::Json(json)) => given_members(json, &mut given),
        Some(Body::Form(fields)) => return of_fields(fields),
        Some(Body::Text(text)) if is_form(&answer.headers) => return of_fields(&fields(text)),
        Some(Body::Text(text)) => {
            let is_given = |name: &str| GIVEN.contains(&name);
            let texts = strings(text).into_iter().filter(|text| text.member.as_deref().is_some_and(is_given));
            return texts.map(|text| Secret::new(text.value)).collect();
        }
        _ => {}
    }
    given.into_iter().map(Secret::new).collect()
}

/// Whether headers say that a body is a form, also where it isn't written as ours are.
fn is_form(headers: &[String]) -> bool {
    headers.iter().any(|line| line.starts_with("content-type: application/x-www-form-urlencoded"))
}

/// Services wrap what they answer, so that a token may stand at any depth.
fn given_members<'j>(json: &'j Value, given: &mut Vec<&'j str>) {
    match json {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if GIVEN.contains(&name.as_str()) => given.push(text),
                    _ => given_members(value, given),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| given_members(item, given)),
        _ => {}
    }
}

pub(super) fn exchange(exchange: &mut Exchange, redactor: &Redactor) {
    asked(&mut exchange.request, redactor);
    let answer = &mut exchange.answer;
    headers(&mut answer.headers, redactor);
    body(answer.body.as_mut(), is_form(&answer.headers), redactor);
}

pub(super) fn asked(asked: &mut Asked, redactor: &Redactor) {
    asked.url = url(&asked.url, redactor);
    headers(&mut asked.headers, redactor);
    body(asked.body.as_mut(), is_form(&asked.headers), redactor);
}

fn url(text: &str, redactor: &Redactor) -> String {
    let mut url = Url::parse(text).ok();
    if let Some(url) = url.as_mut().filter(|url| url.query_pairs().any(|(name, _)| is_secret_field(&name))) {
        let mut fields: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        hide_fields(&mut fields);
        url.query_pairs_mut().clear().extend_pairs(fields);
    }
    let text = url.map_or_else(|| text.to_owned(), String::from);
    plain(&redactor.text(&text).unwrap_or(text))
}

/// A URL with what was hidden as it is written elsewhere. A replay obtains that in the place of secrets, and puts it
/// into URLs as any other value.
pub(super) fn plain(url: &str) -> String {
    url.replace("%5Bredacted%5D", HIDDEN)
}

fn headers(lines: &mut [String], redactor: &Redactor) {
    for line in lines {
        if let Some(to) = line.strip_prefix("location: ") {
            *line = format!("location: {}", url(to, redactor));
        }
        if let Some(redacted) = redactor.text(line) {
            *line = redacted;
        }
    }
}

fn body(body: Option<&mut Body>, is_form: bool, redactor: &Redactor) {
    let Some(body) = body else { return };
    match body {
        Body::Json(json) => {
            hide_members(json);
            redactor.value(json);
        }
        Body::Form(fields) => {
            hide_fields(fields);
            for text in fields.iter_mut().flat_map(|(name, value)| [name, value]) {
                if let Some(redacted) = redactor.text(text) {
                    *text = redacted;
                }
            }
        }
        Body::Text(text) => {
            let mut pairs = if is_form { fields(text) } else { Vec::new() };
            if pairs.iter().any(|(name, _)| is_secret_field(name)) {
                hide_fields(&mut pairs);
                *text = form_text(&pairs);
            }
            // JSON that would be written otherwise, as it has `1.10` or a key twice.
            *text = replaced(text, |text| match text.member.as_deref() {
                Some(name) if is_secret(name) => Some(HIDDEN.to_owned()),
                _ => redactor.text(&text.value),
            });
            if let Some(redacted) = redactor.text(text) {
                *text = redacted;
            }
        }
        Body::Base64(text) => {
            let bytes = BASE64_STANDARD.decode(&*text).unwrap_or_default();
            // Nothing can be cut out of what is no text, so all of it goes.
            if [&**text, &*String::from_utf8_lossy(&bytes)].iter().any(|text| redactor.text(text).is_some()) {
                *body = Body::Text(HIDDEN.to_owned());
            }
        }
        Body::Streamed => {}
    }
}

fn is_secret_field(name: &str) -> bool {
    is_secret(name) || name == "code"
}

fn hide_fields(fields: &mut [(String, String)]) {
    for (name, value) in fields {
        if is_secret_field(name) {
            HIDDEN.clone_into(value);
        }
    }
}

fn hide_members(json: &mut Value) {
    match json {
        Value::Object(members) => {
            for (name, value) in members {
                if is_secret(name) && value.is_string() {
                    *value = HIDDEN.into();
                } else {
                    hide_members(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_members),
        _ => {}
    }
}
