//! A body in the form in which people read it best.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::form_text;
use crate::{Error, Result};

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Body {
    Json(Value),
    Form(Vec<(String, String)>),
    Text(String),
    Base64(String),
    /// Sent as it came, and seen by nobody.
    Streamed,
}

impl Body {
    /// What a body of some headers is; nothing: it is empty.
    pub(super) fn of(bytes: &[u8], headers: &HeaderMap) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Some(Self::Base64(BASE64_STANDARD.encode(bytes)));
        };
        if kind.starts_with("application/x-www-form-urlencoded") {
            let fields = fields(text);
            // What is no form after all stays as it is.
            if form_text(&fields) == text {
                return Some(Self::Form(fields));
            }
        }
        match serde_json::from_str::<Value>(text) {
            Ok(json) if numbers(&json.to_string()) == numbers(text) => Some(Self::Json(json)),
            _ => Some(Self::Text(text.to_owned())),
        }
    }

    pub(super) fn bytes(&self) -> Result<Bytes> {
        Ok(match self {
            Self::Json(json) => json.to_string().into(),
            Self::Form(fields) => form_text(fields).into(),
            Self::Text(text) => text.clone().into(),
            Self::Base64(text) => BASE64_STANDARD
                .decode(text)
                .map_err(|error| Error::setup(format!("a body in the cassette is no base64: {error}")))?
                .into(),
            Self::Streamed => Bytes::new(),
        })
    }
}

pub(super) fn fields(form: &str) -> Vec<(String, String)> {
    let url = Url::parse(&format!("form:?{form}"));
    url.map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default()
}

/// The numbers of a JSON text as they are written. Where they are others after it was read, as they are for
/// more digits than a float has and for keys that come twice, the text would not be the same.
fn numbers(json: &str) -> Vec<&str> {
    let (mut numbers, mut in_text, mut escaped, mut start) = (Vec::new(), false, false, None);
    for (at, letter) in json.char_indices() {
        let of_number = !in_text && (letter.is_ascii_digit() || "+-.eE".contains(letter));
        // The `e` of `true` begins no number.
        let begins = of_number && (letter.is_ascii_digit() || letter == '-');
        match start {
            None if begins => start = Some(at),
            Some(first) if !of_number => {
                numbers.push(&json[first..at]);
                start = None;
            }
            _ => {}
        }
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ => {}
        }
    }
    numbers.extend(start.map(|first| &json[first..]));
    numbers.sort_unstable();
    numbers
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use serde_json::json;

    use super::*;

    fn of(bytes: &[u8], kind: &'static str) -> Option<Body> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        Body::of(bytes, &headers)
    }

    #[test]
    fn a_body_is_written_as_what_it_is_and_comes_back() {
        let json = br#"{"a":[1,-2.5,"3e9\"4",true],"b":null}"#;
        assert!(matches!(of(json, "application/json"), Some(Body::Json(_))));
        assert_eq!(of(br#"{"b":1,"a":2}"#, "application/json"), Some(Body::Json(json!({ "a": 2, "b": 1 }))));
        let pairs = vec![("a".to_owned(), "1 & 2".to_owned())];
        assert_eq!(
            of(b"a=1+%26+2", "application/x-www-form-urlencoded; charset=utf-8"),
            Some(Body::Form(pairs))
        );
        assert_eq!(of(b"", "text/plain"), None);
        let whole: [(&[u8], &str); 7] = [
            (json, "application/json"),
            (b"\xff\x00", "image/png"),
            (b"a=1+%26+2", "application/x-www-form-urlencoded"),
            (b"a=1 b", "application/x-www-form-urlencoded"),
            (b"line\r\nline", "text/plain"),
            (b"{\"n\":123456789012345678901234567890,\"x\":1.10}", "application/json"),
            (b"{\"n\":1,\"n\":2}", "application/json"),
        ];
        for (bytes, kind) in whole {
            let body = of(bytes, kind).expect("a body");
            let back: Body = serde_json::from_value(json!(body)).expect("a body");
            assert_eq!(back.bytes().expect("bytes"), bytes, "{body:?}");
        }
    }
}
