//! From an endpoint and its arguments to a request, and from its answer to a result.

use std::borrow::Cow;

use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::endpoint::{Endpoint, Filler, Parameter, Placement, QueryPiece, has_body};
use super::values::Values;
use crate::http::{Http, Request, Response, encoded};
use crate::{Error, Output, Result};

/// Puts a request together. Nothing is sent yet.
pub(super) fn make(
    http: &Http,
    endpoint: &Endpoint,
    parameters: &[Parameter],
    arguments: &[Option<Value>],
    values: &Values,
) -> Result<Request> {
    let mut request = http.request(endpoint.method.clone(), endpoint.path.clone());
    for (name, filler) in &endpoint.path_holes {
        let text = text_of(filler, parameters, arguments, values)?;
        if matches!(filler, Filler::Argument(at) if parameters[*at].place == Placement::Path) {
            let (path, query) = below(name, &text)?;
            request = request.path(name.clone(), path);
            for (name, value) in query {
                request = request.query(name, value);
            }
        } else if let Filler::Value(set) = filler {
            // In one piece a secret is found again, and taken out of what is shown.
            let is_secret = values.secrets.contains_key(set);
            request = request.path(name.clone(), if is_secret { encoded(&text) } else { in_path(&text) });
        } else {
            request = request.path(name.clone(), text);
        }
    }
    for (name, pieces) in &endpoint.query {
        let mut value = String::new();
        for piece in pieces {
            match piece {
                QueryPiece::Text(text) => value.push_str(text),
                QueryPiece::Filled(filler) => {
                    value.push_str(&text_of(filler, parameters, arguments, values)?)
                }
            }
        }
        request = request.query(name, value);
    }
    let mut pairs = Vec::new();
    let mut body = Map::new();
    let mut whole = None;
    for (parameter, argument) in parameters.iter().zip(arguments) {
        let Some(value) = argument else { continue };
        match parameter.place {
            Placement::Url | Placement::Path => {}
            Placement::Query => in_query(&parameter.name, value, endpoint.is_form, &mut pairs),
            Placement::Members => match value {
                Value::Object(members) => {
                    for (name, value) in members {
                        in_query(name, value, endpoint.is_form, &mut pairs);
                    }
                }
                _ => {
                    let name = &parameter.name;
                    let message = format!("argument `{name}` must be an object of names and values");
                    return Err(Error::usage(message).with_detail("argument", name.as_str()));
                }
            },
            Placement::Body => drop(body.insert(parameter.name.clone(), value.clone())),
            Placement::WholeBody => whole = Some(value.clone()),
        }
    }
    for (name, value) in pairs {
        request = request.query(name, value);
    }
    if has_body(&endpoint.method) {
        let body = whole.unwrap_or(Value::Object(body));
        request = match (endpoint.is_form, &body) {
            (true, Value::Object(members)) => {
                let mut fields = Vec::new();
                for (name, value) in members {
                    bracketed(name, value, &mut fields);
                }
                request.form(fields)
            }
            _ => request.json(&body),
        };
    }
    Ok(request)
}

/// What somebody set and everybody may see, as a part of a path: several parts where it has slashes, as in
/// `owner/name`. Where one is empty, all of it is one part; the client refuses dots.
fn in_path(text: &str) -> String {
    let parts: Vec<&str> = text.split('/').collect();
    let are_parts = parts.iter().all(|part| !part.is_empty());
    let parts: Vec<String> = parts.into_iter().map(encoded).collect();
    parts.join(if are_parts { "/" } else { "%2F" })
}

/// What fills a placeholder.
fn text_of<'v>(
    filler: &Filler,
    parameters: &[Parameter],
    arguments: &'v [Option<Value>],
    values: &'v Values,
) -> Result<Cow<'v, str>> {
    match filler {
        Filler::Value(name) => values.get(name).map(Cow::Borrowed).ok_or_else(|| {
            Error::setup(format!("`{name}` is missing, which is a part of the action's URL; set it"))
                .with_detail("missing_keys", vec![name.as_str()])
        }),
        Filler::Argument(at) => {
            let name = parameters.get(*at).map_or("", |parameter| parameter.name.as_str());
            let wrong = |what: &str| {
                Error::usage(format!("argument `{name}` {what}, and is a part of the URL"))
                    .with_detail("argument", name)
            };
            match arguments.get(*at).and_then(Option::as_ref) {
                Some(Value::String(text)) => Ok(Cow::Borrowed(text)),
                Some(Value::Number(_) | Value::Bool(_)) => Ok(Cow::Owned(plain(&arguments[*at]))),
                Some(_) => Err(wrong("has parts")),
                None => Err(wrong("is missing")),
            }
        }
    }
}

fn plain(value: &Option<Value>) -> String {
    value.as_ref().map(Value::to_string).unwrap_or_default()
}

/// A path that a caller says, which has to stay below the base URL, and the query that stands behind it.
/// `.` and `..` are refused by the client, which knows them in every dress.
fn below(name: &str, text: &str) -> Result<(String, Vec<(String, String)>)> {
    let wrong = |what: &str| {
        let message = format!("argument `{name}` {what}; give a path below the base URL, like `/users/7`");
        Err(Error::usage(message).with_detail("argument", name))
    };
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    if text.contains(|letter: char| letter.is_control() || letter == '\\' || letter == '#') {
        return wrong("has a line break, a backslash or a `#` in it");
    }
    if path.starts_with("//") || path.split('/').next().is_some_and(|first| first.ends_with(':')) {
        return wrong("names a host");
    }
    let pairs = match Url::parse(&format!("query:?{query}")) {
        Ok(url) if !query.is_empty() => {
            url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
        }
        _ => Vec::new(),
    };
    Ok((path.strip_prefix('/').unwrap_or(path).to_owned(), pairs))
}

/// A parameter of the query. A list is one parameter an item; what else has parts is JSON, or in brackets
/// where the service reads forms.
fn in_query(name: &str, value: &Value, is_form: bool, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Array(_) | Value::Object(_) if is_form => bracketed(name, value, pairs),
        Value::Array(items) => items.iter().for_each(|item| in_query(name, item, is_form, pairs)),
        Value::Object(_) => pairs.push((name.to_owned(), value.to_string())),
        scalar => pairs.push((name.to_owned(), scalar_text(scalar))),
    }
}

/// A field of a form, in Stripe's style: `items[0][price]`.
fn bracketed(name: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                bracketed(&format!("{name}[{at}]"), item, fields);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                bracketed(&format!("{name}[{member}]"), value, fields);
            }
        }
        scalar => fields.push((name.to_owned(), scalar_text(scalar))),
    }
}

fn scalar_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // A form has no other word for nothing.
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The answer: JSON as it is, any other text as a JSON text, `null` for none.
pub(super) async fn output(response: Response) -> Result<Output> {
    let kind = response.header(CONTENT_TYPE.as_str()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" || kind == "text/json" || kind.ends_with("+json") {
        let json: Box<RawValue> = response.json().await?;
        return Ok(Output(String::from(Box::<str>::from(json)).into_bytes()));
    }
    let bytes = response.bytes().await?;
    if bytes.is_empty() {
        return Ok(Output(b"null".to_vec()));
    }
    match std::str::from_utf8(&bytes) {
        // Some say nothing of what they send.
        Ok(text) if kind.is_empty() => match serde_json::from_str::<&RawValue>(text) {
            Ok(json) => Ok(Output(json.get().as_bytes().to_vec())),
            Err(_) => Output::serialize(text),
        },
        Ok(text) => Output::serialize(text),
        Err(_) if kind.starts_with("text/") => Output::serialize(&String::from_utf8_lossy(&bytes)),
        Err(_) => Err(Error::upstream(format!(
            "the service answered {} bytes of `{kind}`, which is no text; only JSON and text can be results",
            bytes.len()
        ))),
    }
}
