//! A request in the making.

use std::borrow::Cow;
use std::fmt::Display;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};
use reqwest::{Method, Url, multipart};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::form::form_text;
use super::{Http, Page, Pages, Response, Retry, check, send, template};
use crate::{BoxFuture, Context, Error, Result};

/// A request that was not sent yet. What is wrong with one of its parts is said when it is sent.
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    pub(super) http: Http,
    pub(super) method: Method,
    pub(super) template: Cow<'static, str>,
    /// Instead of the path: where the service said that the next page is.
    pub(super) elsewhere: Option<Url>,
    path: Vec<(Cow<'static, str>, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
    pub(super) deadline: Option<Instant>,
    /// When the check began that it is a part of.
    pub(super) check: Option<Instant>,
    pub(super) timeout: Option<Duration>,
    pub(super) retry: Option<Retry>,
    pub(super) repeatable: bool,
    /// Whether the body of the answer is a part of each attempt.
    pub(super) whole: bool,
    problem: Option<Error>,
}

pub(super) enum Body {
    None,
    Bytes(Bytes),
    /// What can be sent once only.
    Once(Once),
}

pub(super) enum Once {
    Multipart(multipart::Form),
    Stream(reqwest::Body),
}

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

impl Request {
    pub(super) fn new(http: Http, method: Method, template: Cow<'static, str>) -> Self {
        let repeatable = method.is_idempotent();
        let request = Self {
            http,
            method,
            template,
            elsewhere: None,
            path: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Body::None,
            deadline: None,
            check: None,
            timeout: None,
            retry: None,
            repeatable,
            whole: false,
            problem: None,
        };
        match check::running() {
            Some(check) => Self { deadline: check.deadline, check: Some(check.began), ..request },
            None => request,
        }
    }

    /// How it is sent again, and since when where that isn't as it is sent. What is a part of a check is soon over whatever
    /// the service does, unless the client or the request says how it is retried: a check has so much time for all of its
    /// requests.
    pub(super) fn policy(&self) -> (Retry, Option<Instant>) {
        let usual = self.http.inner.retry;
        match (self.retry, self.check) {
            (Some(retry), _) => (retry, None),
            (None, Some(began)) if usual == Retry::background() => (Retry::check(), Some(began)),
            (None, _) => (usual, None),
        }
    }

    /// Fills the placeholder `{name}` of the path. The value is percent-encoded and stays one part.
    ///
    /// What fills `{+name}` may be several parts with `/` between them, and keeps the `%XX` that it has.
    pub fn path(mut self, name: impl Into<Cow<'static, str>>, value: impl Display) -> Self {
        self.path.push((name.into(), value.to_string()));
        self
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Adds a parameter to the query, in the place of those of that name.
    pub(super) fn query_anew(mut self, name: &str, value: impl Display) -> Self {
        self.query.retain(|(known, _)| known != name);
        self.query(name, value)
    }

    /// Adds a parameter to the query if there is a value.
    pub fn query_if(self, name: impl Into<String>, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets a header.
    pub fn header(mut self, name: &str, value: impl Display) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value.to_string())) {
            (Ok(name), Ok(value)) => drop(self.headers.insert(name, value)),
            (Err(_), _) => self.wrong(Error::internal(format!("`{name}` can't be the name of a header"))),
            (_, Err(_)) => self.wrong(Error::usage(format!(
                "what the header `{name}` should hold has a character that no header can hold, such as a line break"
            ))),
        }
        self
    }

    /// Sends a value as JSON.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => self.bytes("application/json", json),
            Err(error) => {
                self.wrong(Error::usage(format!("the body can't be written as JSON: {error}")));
                self
            }
        }
    }

    /// Sends name and value pairs as a form does (`application/x-www-form-urlencoded`).
    pub fn form<N: AsRef<str>, V: AsRef<str>>(self, fields: impl IntoIterator<Item = (N, V)>) -> Self {
        self.bytes("application/x-www-form-urlencoded", form_text(fields))
    }

    /// Sends bytes.
    pub fn bytes(mut self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = Body::Bytes(body.into());
        self
    }

    /// Sends fields and files (`multipart/form-data`). It can be sent once only, so it is never retried.
    pub fn multipart(mut self, form: multipart::Form) -> Self {
        self.body = Body::Once(Once::Multipart(form));
        self
    }

    /// Sends bytes as they come. They can be sent once only, so the request is never retried.
    pub fn stream<S, E>(mut self, content_type: &'static str, body: S) -> Self
    where
        S: futures_util::Stream<Item = std::result::Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = Body::Once(Once::Stream(reqwest::Body::wrap_stream(body)));
        self
    }

    /// Asks only for what is newer than that (an `ETag` of an earlier answer); see
    /// [`Response::not_modified`].
    pub fn unless(self, etag: &str) -> Self {
        self.header(IF_NONE_MATCH.as_str(), etag)
    }

    /// Names the request so that the service can tell a repetition (`Idempotency-Key`); it may then be
    /// retried whatever its method is. A key of more than 255 characters, or with others than visible ones of ASCII, is sent
    /// as its SHA-256: services take no such keys, and ids that others chose may be any text.
    pub fn idempotency_key(self, key: &str) -> Self {
        let is_plain = (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        if is_plain {
            return self.header(IDEMPOTENCY_KEY.as_str(), key);
        }
        let hash: String = Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
        self.header(IDEMPOTENCY_KEY.as_str(), hash)
    }

    /// Whether the service can tell a repetition from another request.
    pub(super) fn is_named(&self) -> bool {
        self.headers.contains_key(IDEMPOTENCY_KEY)
    }

    /// Without the name of another request: a service would take this one for its repetition.
    pub(super) fn unnamed(mut self) -> Self {
        self.headers.remove(IDEMPOTENCY_KEY);
        self
    }

    /// Says that the service may get it twice without harm, so that it may be retried whatever its method is.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Reads the body of the answer before it is one, so that an answer that breaks off is asked for again.
    pub(crate) fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Keeps to a call's deadline, and takes its idempotency key. To a service the key names one request, so a method
    /// that makes several which change something gives each a key of its own, made of the call's: `{key}-invoice`,
    /// `{key}-payment`.
    ///
    /// What a health check sends keeps to its deadline also without that, and is retried as [`Retry::check`] says unless
    /// the client or the request says how it is retried. Where the check hands work to another task, that has to be
    /// said by its context.
    pub fn within(mut self, context: &Context) -> Self {
        if context.is_check() {
            self.check.get_or_insert_with(Instant::now);
        }
        self.deadline = self.deadline.into_iter().chain(context.deadline()).min();
        match context.idempotency_key() {
            Some(key) if !self.headers.contains_key(IDEMPOTENCY_KEY) => {
                let key = key.to_owned();
                self.idempotency_key(&key)
            }
            _ => self,
        }
    }

    /// How long one attempt may take, instead of what the client says.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = Some(time);
        self
    }

    /// How it is sent again, instead of what the client says.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Sends it, and waits for the head of its answer.
    ///
    /// # Errors
    ///
    /// By what the service answered: `auth` (401, 403), `not_found` (404, 410), `conflict` (409, 412),
    /// `rate_limited` (429), `unavailable` (408, 502, 503, 504, 529, no connection), `upstream` (any other
    /// refusal). `usage` or `setup` where the request can't be made. The detail `status` holds the number.
    pub fn send(self) -> BoxFuture<'static, Result<Response>> {
        send::send(self)
    }

    /// Follows the pages of a list, this request being the first of them.
    pub fn pages(self, page: Page) -> Pages {
        Pages::new(self, page)
    }

    /// The same request once more, for the next page.
    pub(super) fn again(&self) -> Result<Self> {
        let body = match &self.body {
            Body::None => Body::None,
            Body::Bytes(bytes) => Body::Bytes(bytes.clone()),
            Body::Once(_) => {
                return Err(Error::internal("a body that can be sent once only has no pages"));
            }
        };
        Ok(Self {
            http: self.http.clone(),
            method: self.method.clone(),
            template: self.template.clone(),
            elsewhere: self.elsewhere.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            body,
            deadline: self.deadline,
            check: self.check,
            timeout: self.timeout,
            retry: self.retry,
            repeatable: self.repeatable,
            whole: self.whole,
            problem: None,
        })
    }

    /// Where it goes.
    pub(super) fn url(&mut self) -> Result<Url> {
        if let Some(problem) = self.problem.take() {
            return Err(problem);
        }
        if let Some(url) = self.elsewhere.take() {
            return Ok(url);
        }
        let value_of =
            |name: &str| self.path.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        let mut url = self.http.inner.guard.url(&template::fill(&self.template, value_of)?)?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    fn wrong(&mut self, problem: Error) {
        self.problem.get_or_insert(problem);
    }
}
