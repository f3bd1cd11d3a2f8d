//! From the arguments of an action to the request that it is, and from the answer to the JSON text of its
//! result. Values come as JSON text, so nothing here is made once more for each type.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::request::{At, MostSpec, Outgoing, PageSpec, Reply, RequestSpec};
use crate::http::{Http, Method, Page, Pages, Request, Response, names};
use crate::members::Members;
use crate::{BoxFuture, Context, Error, Result};

/// Of an answer that nobody reads, so much is taken off the connection, which then can be used again.
const MOST_IGNORED: usize = 64 * 1024;

pub(super) fn send(http: &Http, outgoing: &Outgoing<'_>) -> BoxFuture<'static, Result<Reply>> {
    let (spec, ignored) = (outgoing.spec, outgoing.ignored);
    let page = spec.page.map(|page| match page {
        PageSpec::Link => Page::Link,
        PageSpec::Cursor { at, parameter } => Page::Cursor { at, parameter },
        PageSpec::Number { parameter, first } => Page::Number { parameter, first },
        PageSpec::Offset { parameter } => Page::Offset { parameter },
    });
    // Each has a future of its own size.
    match (made(http, outgoing), page) {
        // What isn't read to its end need not come to it.
        (Ok((request, _)), None) if ignored => Box::pin(answer(request.send(), spec.select, true)),
        (Ok((request, _)), None) => Box::pin(answer(request.whole().send(), spec.select, false)),
        (Ok((request, most)), Some(page)) => Box::pin(list(request.pages(page), spec.select, most)),
        (Err(error), _) => Box::pin(async { Err(error) }),
    }
}

async fn list(pages: Pages, select: &'static str, most: Option<u64>) -> Result<Reply> {
    let (json, host) = pages.collect(select, most).await?;
    Ok(Reply { json, host, media_type: String::new(), whole: false })
}

async fn answer(
    sent: BoxFuture<'static, Result<Response>>,
    select: &'static str,
    ignored: bool,
) -> Result<Reply> {
    let mut response = sent.await?;
    let json = if ignored {
        response.beginning(MOST_IGNORED).await;
        b"null".to_vec()
    } else {
        response.selected(select).await?.into()
    };
    let (host, media_type) = (response.host().to_owned(), response.media_type());
    Ok(Reply { json, host, media_type, whole: select.is_empty() })
}

/// The request, and how many items of its answer are wanted.
fn made(http: &Http, outgoing: &Outgoing<'_>) -> Result<(Request, Option<u64>)> {
    let spec = outgoing.spec;
    let method = Method::from_bytes(spec.method.as_bytes())
        .map_err(|_| Error::internal(format!("`{}` is no method of HTTP", spec.method)))?;
    let mut request = http.request(method, spec.path);
    for name in names(spec.path).filter(|name| !is_argument(spec, name)) {
        let value = http.setting(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            Error::setup(format!("setting `{name}` is missing; the path `{}` needs it", spec.path))
                .with_detail("setting", name)
        })?;
        request = request.path(name, value);
    }
    let mut most = match spec.most {
        MostSpec::Items(items) => Some(items),
        MostSpec::All | MostSpec::Argument(_) => None,
    };
    let mut body = Body { form: spec.form, whole: None, members: None };
    for ((name, at), value) in spec.arguments.iter().zip(outgoing.values) {
        let json = written(name, |json| value.write(json))?;
        if matches!(spec.most, MostSpec::Argument(counted) if counted == *name) {
            most = count(name, &json)?;
        }
        request = match *at {
            At::Path => match scalar(name, raw(name, &json)?)? {
                Some(value) => request.path(*name, value),
                None => {
                    return Err(wrong(name, "has no value, and the path of the request needs one"));
                }
            },
            At::Header(header) => match scalar(name, raw(name, &json)?)? {
                Some(value) => request.header(header, value),
                None => request,
            },
            At::Query(parameter) => query(request, name, parameter, raw(name, &json)?)?,
            At::Member(member) => {
                body.add(member, raw(name, &json)?);
                request
            }
            At::Body => {
                body.whole = Some(json);
                request
            }
            At::Fields => {
                let Members(fields) = members(name, &json)?;
                for (field, value) in fields {
                    if spec.fills_body() {
                        body.add(&field, value);
                    } else {
                        request = query(request, &field, &field, value)?;
                    }
                }
                if spec.fills_body() {
                    body.members.get_or_insert_default();
                }
                request
            }
            At::Unsent => request,
        };
    }
    request = body.fill(request)?;
    if outgoing.repeatable {
        request = request.repeatable();
    }
    if let Some(timeout) = outgoing.timeout {
        request = request.timeout(timeout);
    }
    match (outgoing.context, outgoing.timeout) {
        (Some(context), _) => request = request.within(context),
        // Another method calls the action: its time is for all attempts and pages all the same.
        (None, Some(timeout)) => request = request.within(&Context::new().with_timeout(timeout)),
        (None, None) => {}
    }
    Ok((request, most))
}

fn is_argument(spec: &RequestSpec, name: &str) -> bool {
    spec.arguments.iter().any(|(known, at)| *known == name && matches!(at, At::Path))
}

/// The body in the making.
struct Body {
    form: bool,
    /// What one argument is all of.
    whole: Option<String>,
    /// Names with JSON text. None: no argument is a member, so there is no body.
    members: Option<Vec<(String, String)>>,
}

impl Body {
    /// Adds a member; null is none.
    fn add(&mut self, name: &str, value: &RawValue) {
        let members = self.members.get_or_insert_default();
        if value.get() != "null" {
            members.push((name.to_owned(), value.get().to_owned()));
        }
    }

    fn fill(self, request: Request) -> Result<Request> {
        match (self.whole, self.members) {
            (Some(whole), _) if self.form => {
                let Members(fields) = members("the body", &whole)?;
                let fields = fields.iter().map(|(name, value)| (name.as_str(), *value));
                form(request, fields)
            }
            (Some(whole), _) => Ok(request.bytes("application/json", whole)),
            (None, None) => Ok(request),
            (None, Some(fields)) if self.form => {
                let fields = fields.iter().map(|(name, value)| Ok((name.as_str(), raw(name, value)?)));
                form(request, fields.collect::<Result<Vec<_>>>()?.into_iter())
            }
            (None, Some(fields)) => {
                let mut json = String::from("{");
                for (at, (name, value)) in fields.iter().enumerate() {
                    if at > 0 {
                        json.push(',');
                    }
                    json.push_str(&written(name, |json| serde_json::to_writer(json, name))?);
                    json.push(':');
                    json.push_str(value);
                }
                json.push('}');
                Ok(request.bytes("application/json", json))
            }
        }
    }
}

fn form<'m>(request: Request, fields: impl Iterator<Item = (&'m str, &'m RawValue)>) -> Result<Request> {
    let mut pairs = Vec::new();
    for (name, value) in fields {
        each(name, value, |text| pairs.push((name, text)))?;
    }
    Ok(request.form(pairs))
}

/// Adds a value to the query: a list as one parameter for each of its items.
fn query(mut request: Request, name: &str, parameter: &str, value: &RawValue) -> Result<Request> {
    let mut texts = Vec::new();
    each(name, value, |text| texts.push(text))?;
    for text in texts {
        request = request.query(parameter, text);
    }
    Ok(request)
}

/// The value, or each of its items; nothing of null.
fn each<'v>(name: &str, value: &'v RawValue, mut take: impl FnMut(Cow<'v, str>)) -> Result<()> {
    if !value.get().starts_with('[') {
        scalar(name, value)?.map(take);
        return Ok(());
    }
    let items: Vec<&RawValue> =
        serde_json::from_str(value.get()).map_err(|error| unwritable(name, &error))?;
    for item in items {
        if let Some(text) = scalar(name, item)? {
            take(text);
        }
    }
    Ok(())
}

/// A text, number or truth value as text; none of null.
fn scalar<'v>(name: &str, value: &'v RawValue) -> Result<Option<Cow<'v, str>>> {
    let json = value.get();
    match json.as_bytes().first() {
        Some(b'n') => Ok(None),
        Some(b'"') => match serde_json::from_str::<&str>(json) {
            Ok(text) => Ok(Some(Cow::Borrowed(text))),
            // It has escapes.
            Err(_) => {
                let text = serde_json::from_str::<String>(json).map_err(|error| unwritable(name, &error))?;
                Ok(Some(Cow::Owned(text)))
            }
        },
        Some(b'{') => Err(wrong(name, "is an object, which has no place in a URL, a header or a form")),
        Some(b'[') => Err(wrong(name, "is a list where one value is wanted")),
        _ => Ok(Some(Cow::Borrowed(json))),
    }
}

/// How many items are wanted; none if nothing is said.
fn count(name: &str, json: &str) -> Result<Option<u64>> {
    match json {
        "null" => Ok(None),
        number => number.parse().map(Some).map_err(|_| wrong(name, "must be a whole number of at least 0")),
    }
}

fn written(name: &str, write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>) -> Result<String> {
    let mut json = Vec::with_capacity(64);
    write(&mut json).map_err(|error| unwritable(name, &error))?;
    String::from_utf8(json).map_err(|_| wrong(name, "is no text in UTF-8"))
}

fn raw<'j>(name: &str, json: &'j str) -> Result<&'j RawValue> {
    serde_json::from_str(json).map_err(|error| unwritable(name, &error))
}

fn members<'j>(name: &str, json: &'j str) -> Result<Members<'j>> {
    serde_json::from_str(json).map_err(|_| wrong(name, "is no object, so it has no members to send"))
}

#[cold]
fn wrong(name: &str, what: &str) -> Error {
    Error::usage(format!("`{name}` {what}")).with_detail("argument", name)
}

#[cold]
fn unwritable(name: &str, error: &serde_json::Error) -> Error {
    wrong(name, &format!("can't be written as JSON: {error}"))
}
