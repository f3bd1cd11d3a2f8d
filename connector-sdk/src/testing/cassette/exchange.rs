//! One request and its answer, as a cassette's file has them.

use reqwest::header::{
    AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, COOKIE, DATE, HeaderMap, HeaderName,
    PROXY_AUTHORIZATION, SET_COOKIE, TRANSFER_ENCODING,
};
use reqwest::{Response, ResponseBuilderExt as _, StatusCode, Url};
use serde::{Deserialize, Serialize};

use super::body::Body;
use super::hide::HIDDEN;
use crate::{Error, Result};

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    pub(super) request: Asked,
    pub(super) answer: Answer,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) url: String,
    /// Lines `name: value`. They are for whoever reads the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) headers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Body>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    pub(super) status: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) headers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Body>,
}

impl Asked {
    pub(super) fn of(request: &reqwest::Request) -> Self {
        let body = request.body().map(|body| match body.as_bytes() {
            Some(bytes) => Body::of(bytes, request.headers()),
            None => Some(Body::Streamed),
        });
        Self {
            method: request.method().to_string(),
            url: request.url().to_string(),
            headers: lines(request.headers()),
            body: body.flatten(),
        }
    }

    /// Whether it is the same request: headers don't count.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.method == other.method && self.url == other.url && self.body == other.body
    }

    /// What is the same in both, of what counts, and the first thing that is not.
    pub(super) fn likeness(&self, other: &Self) -> (u8, &'static str) {
        let path = |url: &str| url.split(['?', '#']).next().unwrap_or_default().to_owned();
        let parts = [
            ("path", path(&self.url) == path(&other.url)),
            ("method", self.method == other.method),
            ("query", self.url == other.url),
            ("body", self.body == other.body),
        ];
        // The path says most, so it weighs as much as all that follows.
        let weights = [8, 4, 2, 1];
        let likeness =
            parts.iter().zip(weights).filter(|((_, same), _)| *same).map(|(_, weight)| weight).sum();
        (likeness, parts.iter().find(|(_, same)| !same).map_or("nothing", |(name, _)| name))
    }

    pub(super) fn line(&self) -> String {
        format!("`{} {}`", self.method, self.url)
    }
}

impl Answer {
    pub(super) fn of(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        Self { status: status.as_u16(), headers: lines(headers), body: Body::of(body, headers) }
    }

    /// The answer as if it had just come from `url`.
    pub(super) fn replay(&self, url: Url) -> Result<Response> {
        let mut answer = http_types::Response::builder().status(self.status).url(url);
        for line in &self.headers {
            let (name, value) = line.split_once(": ").unwrap_or((line, ""));
            answer = answer.header(name, value);
        }
        let body = self.body.as_ref().map(Body::bytes).transpose()?.unwrap_or_default();
        let answer = answer
            .body(body)
            .map_err(|error| Error::setup(format!("an answer in the cassette can't be replayed: {error}")))?;
        Ok(Response::from(answer))
    }
}

/// Headers as lines `name: value`, without those that say when and how the body came, and without secrets.
fn lines(headers: &HeaderMap) -> Vec<String> {
    let of_the_way = [DATE, CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION];
    let shown = headers.iter().filter(|(name, _)| !of_the_way.contains(name));
    shown
        .map(|(name, value)| {
            let is_secret = value.is_sensitive() || is_secret(name);
            format!(
                "{name}: {}",
                if is_secret { HIDDEN.into() } else { String::from_utf8_lossy(value.as_bytes()) }
            )
        })
        .collect()
}

fn is_secret(name: &HeaderName) -> bool {
    [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SET_COOKIE].contains(name)
}
