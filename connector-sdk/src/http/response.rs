//! What a service answered.

use std::fmt;

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap};
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use super::failure;
use super::pick::pick;
use crate::{Error, Result};

/// An answer whose head has arrived, and whose body is read by one of the methods that take it.
pub struct Response {
    answer: reqwest::Response,
    host: String,
    most_bytes: u64,
    /// How many of them may come yet.
    left: u64,
    /// The body, where it was read before somebody asked for it.
    read: Option<Bytes>,
    /// Until the body is read, the request is under way.
    _slot: Option<OwnedSemaphorePermit>,
}

impl Response {
    pub(super) fn new(
        answer: reqwest::Response,
        host: String,
        most_bytes: u64,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Self { answer, host, most_bytes, left: most_bytes, read: None, _slot: slot }
    }

    /// The status: 2xx, or 304 for a request with [`unless`](super::Request::unless).
    pub fn status(&self) -> StatusCode {
        self.answer.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.answer.headers()
    }

    /// A header, if it is there and a text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// What this version of the answer is called, for [`unless`](super::Request::unless).
    pub fn etag(&self) -> Option<&str> {
        self.header(ETAG.as_str())
    }

    /// Whether nothing has changed since the version that the request named (304). There is no body then.
    pub fn not_modified(&self) -> bool {
        self.status() == StatusCode::NOT_MODIFIED
    }

    pub(super) fn url(&self) -> &reqwest::Url {
        self.answer.url()
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// `upstream` where it is not what was expected; the error says where it differs, and never what
    /// stands there. As [`bytes`](Self::bytes) otherwise.
    pub async fn json<T: DeserializeOwned>(mut self) -> Result<T> {
        let bytes = self.body().await?;
        parse(&bytes, &self.host, &self.media_type())
    }

    /// Reads the JSON text that stands at a path of names in the body: all of it where the path is empty.
    ///
    /// # Errors
    ///
    /// As [`json`](Self::json), and `upstream` where nothing stands there.
    pub(crate) async fn selected(&mut self, path: &str) -> Result<Bytes> {
        let bytes = self.body().await?;
        let json = json_of(&bytes);
        if path.is_empty() {
            return Ok(if json.len() == bytes.len() { bytes } else { Bytes::copy_from_slice(json) });
        }
        match pick(json, path).map_err(|error| misread(error, &self.host, &self.media_type()))? {
            Some(found) => Ok(Bytes::copy_from_slice(found.get().as_bytes())),
            None => Err(Error::upstream(format!("there is no `{path}` in what `{}` answered", self.host))),
        }
    }

    /// Reads the body as text. What is not UTF-8 becomes `\u{fffd}`.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub async fn text(self) -> Result<String> {
        let bytes = self.bytes().await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads the body.
    ///
    /// # Errors
    ///
    /// `unavailable` where it breaks off, `upstream` where it is larger than the client takes.
    pub async fn bytes(mut self) -> Result<Bytes> {
        self.body().await
    }

    /// Reads the body for whoever asks for it.
    pub(super) async fn read(&mut self) -> Result<()> {
        self.read = Some(self.body().await?);
        Ok(())
    }

    /// Reads the body. It can be done once.
    async fn body(&mut self) -> Result<Bytes> {
        if let Some(body) = self.read.take() {
            return Ok(body);
        }
        let most = self.most_bytes;
        if self.answer.content_length().is_some_and(|length| length > most) {
            return Err(too_large(&self.host, most));
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if body.is_empty() && self.answer.content_length() == Some(chunk.len() as u64) {
                return Ok(chunk);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    /// The body as it comes, up to the same limit.
    pub fn stream(self) -> impl Stream<Item = Result<Bytes>> + Send {
        futures_util::stream::try_unfold(self, |mut response| async move {
            Ok(response.chunk().await?.map(|chunk| (chunk, response)))
        })
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        if let Some(body) = self.read.take() {
            return Ok(Some(body));
        }
        let chunk = self.answer.chunk().await.map_err(|error| failure::of_transport(error, &self.host))?;
        if let Some(chunk) = &chunk {
            let length = chunk.len() as u64;
            self.left =
                self.left.checked_sub(length).ok_or_else(|| too_large(&self.host, self.most_bytes))?;
        }
        Ok(chunk)
    }

    /// The beginning of the body, whatever is wrong with the rest of it.
    pub(crate) async fn beginning(&mut self, most: usize) -> Vec<u8> {
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = self.chunk().await {
            let room = most - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if body.len() == most {
                break;
            }
        }
        body
    }

    /// What the body says it is; nothing where it says JSON, as it should.
    pub(crate) fn media_type(&self) -> String {
        let kind = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        if kind.contains("json") {
            return String::new();
        }
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// Reads JSON, or says why it is none without showing it.
fn parse<T: DeserializeOwned>(bytes: &[u8], host: &str, media_type: &str) -> Result<T> {
    serde_json::from_slice(json_of(bytes)).map_err(|error| misread(error, host, media_type))
}

/// The JSON text of a body.
pub(super) fn json_of(bytes: &[u8]) -> &[u8] {
    // RFC 8259, section 8.1: a mark at the beginning may be ignored.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // An action without a result takes an answer without a body.
    if bytes.is_empty() { b"null" } else { bytes }
}

/// Why an answer is not the JSON that was expected, without showing it.
pub(crate) fn misread(error: serde_json::Error, host: &str, media_type: &str) -> Error {
    let looks_like_json = media_type.is_empty() || media_type.contains("json");
    let (line, column) = (error.line(), error.column());
    let what = match error.classify() {
        serde_json::error::Category::Data => "JSON of another shape than expected",
        serde_json::error::Category::Eof => "JSON that breaks off",
        _ if !looks_like_json => "something that is no JSON",
        _ => "broken JSON",
    };
    let kind = if looks_like_json { String::new() } else { format!(" (`{media_type}`)") };
    Error::upstream(format!("`{host}` answered {what}{kind}, at line {line}, column {column}"))
        .with_source(error)
}

fn too_large(host: &str, most: u64) -> Error {
    Error::upstream(format!("`{host}` answered more than the {most} bytes that are taken"))
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers and body may hold what nobody should see.
        f.debug_struct("Response")
            .field("status", &self.status())
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}
