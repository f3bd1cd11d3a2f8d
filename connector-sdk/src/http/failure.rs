//! What went wrong with a request, in the kinds of an [`Error`].

use std::error::Error as _;
use std::io;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::Response;
use super::retry::{self, is_rate_limit};
use crate::call::Redactor;
use crate::{Error, ErrorKind};

/// More of an answer than this is not read for what it says.
const MOST_BODY: usize = 16 * 1024;

/// More of what a service says than this hides the rest of the message.
const MOST_MESSAGE: usize = 300;

/// What no answer, or half of one, means.
pub(super) fn of_transport(error: reqwest::Error, host: &str) -> Error {
    // What the guard said to a name that was looked up.
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<Error>() {
            return Error::new(refused.kind(), refused.message().to_owned());
        }
        cause = inner.source();
    }
    let timeout = error.is_timeout();
    let in_body = error.is_body() || error.is_decode();
    if in_body && !timeout && is_garbled(&error) {
        let reason = innermost(&error.without_url()).unwrap_or_default();
        return Error::upstream(format!("`{host}` sent what can't be decoded: {reason}"));
    }
    let what = match (timeout, error.is_connect(), in_body) {
        (true, true, _) => "can't be reached in time",
        (true, ..) => "didn't answer in time",
        (_, true, _) => "can't be reached",
        (_, _, true) => "broke off its answer",
        _ => "broke off the connection",
    };
    // Its own text is left out where nothing in it helps; a URL of it may hold a key.
    let error = error.without_url();
    let reason = if timeout { None } else { innermost(&error) };
    let message = match reason {
        Some(reason) => format!("`{host}` {what}: {reason}"),
        None => format!("`{host}` {what}"),
    };
    Error::unavailable(message).with_source(error)
}

/// Whether it is what came that is wrong, and not that no more came: it would come again.
fn is_garbled(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<io::Error>()
            && matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// The last cause, which is the one that says something: `connection refused`.
fn innermost(error: &reqwest::Error) -> Option<String> {
    let mut cause = error.source()?;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let mut text = cause.to_string();
    text.truncate(text.find(" (os error").unwrap_or(text.len()));
    Some(cut(&text))
}

/// What a refusal means, with what the service says and how long it asks to be left alone.
pub(super) async fn of_answer(mut response: Response, redactor: &Redactor) -> Error {
    let status = response.status();
    let is_rate_limit = is_rate_limit(status, response.headers());
    let asked_by_header = retry::may_pass(status, response.headers())
        .then(|| retry::asked(response.headers(), SystemTime::now()))
        .flatten();
    let kind = kind_of(status, is_rate_limit);
    let host = response.host().to_owned();
    let body = response.beginning(MOST_BODY).await;
    let reason = status.canonical_reason().unwrap_or("no reason given");
    let number = status.as_u16();
    let message = match said(&body, redactor) {
        Some(said) => format!("`{host}` answered {number} ({reason}): {said}"),
        None => format!("`{host}` answered {number} ({reason})"),
    };
    let error = Error::new(kind, message).with_detail("status", number);
    match asked_by_header.or_else(|| asked(&body).filter(|_| is_rate_limit)) {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

/// How long a service asks in its answer to be left alone, where it has no header for that: Matrix in milliseconds
/// (client-server API, section "Rate limiting"), others in seconds.
fn asked(body: &[u8]) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Asked {
        retry_after_ms: Option<f64>,
        retry_after: Option<f64>,
    }
    let Asked { retry_after_ms, retry_after } = serde_json::from_slice(body).ok()?;
    let seconds = retry_after_ms.map(|wait| wait / 1000.0).or(retry_after)?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn kind_of(status: StatusCode, is_rate_limit: bool) -> ErrorKind {
    match status.as_u16() {
        _ if is_rate_limit => ErrorKind::RateLimited,
        401 | 403 => ErrorKind::Auth,
        404 | 410 => ErrorKind::NotFound,
        409 | 412 => ErrorKind::Conflict,
        408 | 502 | 503 | 504 | 529 => ErrorKind::Unavailable,
        _ => ErrorKind::Upstream,
    }
}

/// What an error's body says, if that can be found in it.
fn said(body: &[u8], redactor: &Redactor) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let cut = |text: &str| redacted_line(text, redactor);
    match serde_json::from_str::<Value>(text) {
        Ok(json) => message_in(&json, 0).map(cut),
        // A page for people says nothing in so few words, and what broke off can't be told from one.
        Err(_) if text.is_empty() || text.starts_with(['<', '{', '[']) => None,
        Err(_) => Some(cut(text)),
    }
}

/// The first text where services put it: RFC 9457's `detail` and `title`, OAuth's `error_description`,
/// and what others call it.
fn message_in(json: &Value, depth: u8) -> Option<&str> {
    const NAMES: [&str; 11] = [
        "message",
        "error_description",
        "detail",
        "error_message",
        "errorMessages",
        "errorMessage",
        "title",
        "error",
        "errors",
        "reason",
        "description",
    ];
    match json {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        Value::Array(items) if depth < 4 => items.iter().find_map(|item| message_in(item, depth + 1)),
        Value::Object(members) if depth < 4 => {
            NAMES.iter().find_map(|name| message_in(members.get(*name)?, depth + 1))
        }
        _ => None,
    }
}

/// What a service says, on one line of a bounded length. Secrets are taken out of all of it first: of one that was
/// cut in two, or whose blanks were folded, nobody could tell what it was.
pub(crate) fn redacted_line(text: &str, redactor: &Redactor) -> String {
    cut(redactor.text(text).as_deref().unwrap_or(text))
}

/// One line of a bounded length, without control characters.
pub(crate) fn cut(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(MOST_MESSAGE)
        .collect();
    let is_whole = text.chars().count() <= MOST_MESSAGE;
    // Half a word may be half a secret, which nobody could find any more.
    let line = if is_whole { &line } else { line.rsplit_once(' ').map_or(&*line, |(words, _)| words) };
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if is_whole { line } else { format!("{line}…") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    #[test]
    fn what_services_say_is_found() {
        for (body, message) in [
            (r#"{"message":"Bad credentials","documentation_url":"x"}"#, Some("Bad credentials")),
            (
                r#"{"error":{"type":"invalid_request","message":"No such customer"}}"#,
                Some("No such customer"),
            ),
            (r#"{"error":"invalid_grant","error_description":"It has expired"}"#, Some("It has expired")),
            (r#"{"errors":[{"detail":"Title is missing"}]}"#, Some("Title is missing")),
            (r#"{"errorMessages":["Issue does not exist"],"errors":{}}"#, Some("Issue does not exist")),
            ("slow down\n\u{1b}[2Jplease", Some("slow down [2Jplease")),
            ("<html><body>502</body></html>", None),
            (r#"{"message":"#, None),
            ("{}", None),
            ("", None),
        ] {
            assert_eq!(said(body.as_bytes(), &Redactor::default()).as_deref(), message, "{body}");
        }
        assert_eq!(
            said("x".repeat(5000).as_bytes(), &Redactor::default()).map(|text| text.chars().count()),
            Some(MOST_MESSAGE + 1)
        );
    }

    #[test]
    fn a_secret_at_the_end_of_what_is_shown_is_not_shown_in_part() {
        let secret = "first-half  second-half";
        let redactor = Redactor::new(&[Secret::new(secret)]);
        for before in [0, MOST_MESSAGE - 12, MOST_MESSAGE - 1] {
            let text = format!("{}{secret} and more", "x".repeat(before));
            for body in [text.clone(), serde_json::json!({ "message": text }).to_string()] {
                let said = said(body.as_bytes(), &redactor).expect("said");
                assert!(!said.contains("first") && !said.contains("second"), "{said}");
            }
        }
        let unknown = cut(&format!("{}s3cret and more", "x ".repeat(MOST_MESSAGE / 2 - 1)));
        assert!(!unknown.contains("s3"), "{unknown}");
    }

    #[test]
    fn a_body_may_ask_for_a_wait() {
        for (body, millis) in [
            (
                r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests","retry_after_ms":4856}"#,
                Some(4856),
            ),
            (r#"{"message":"You are being rate limited.","retry_after":0.25,"global":false}"#, Some(250)),
            (r#"{"retry_after_ms":-1}"#, None),
            (r#"{"retry_after":"soon"}"#, None),
            (r#"{"retry_after_ms":1e300}"#, None),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(asked(body.as_bytes()).map(|wait| wait.as_millis()), millis, "{body}");
        }
    }

    #[test]
    fn a_status_says_whose_fault_it_is() {
        for (status, kind) in [
            (400, ErrorKind::Upstream),
            (401, ErrorKind::Auth),
            (403, ErrorKind::Auth),
            (404, ErrorKind::NotFound),
            (409, ErrorKind::Conflict),
            (429, ErrorKind::RateLimited),
            (500, ErrorKind::Upstream),
            (503, ErrorKind::Unavailable),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(kind_of(status, status.as_u16() == 429), kind, "{status}");
        }
        assert_eq!(kind_of(StatusCode::FORBIDDEN, true), ErrorKind::RateLimited);
    }
}
