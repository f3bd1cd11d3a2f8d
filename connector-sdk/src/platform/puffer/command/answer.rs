//! What a program answers to `auth-ok` and `act` (contract 1.4).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Error, Output, Result};

/// A longer message of a program is cut.
const LONGEST: usize = 2000;

#[derive(Deserialize)]
struct Acted<'a> {
    #[serde(borrow, default)]
    success: Option<&'a RawValue>,
    #[serde(borrow, default)]
    summary: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    output: Option<&'a RawValue>,
    #[serde(borrow, default)]
    retryable: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Checked<'a> {
    #[serde(borrow, default)]
    ok: Option<&'a RawValue>,
    #[serde(borrow, default)]
    success: Option<&'a RawValue>,
    #[serde(borrow, default)]
    summary: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

/// What `act` came to. Nothing is a success without a result, and a value that doesn't say whether it is one is
/// the result itself.
///
/// # Errors
///
/// [`Unavailable`](crate::ErrorKind::Unavailable) for a failure that may be over later,
/// [`Upstream`](crate::ErrorKind::Upstream) for another, and for what is no answer.
pub(super) fn acted(stdout: &[u8]) -> Result<Output> {
    let text = text(stdout, "act")?;
    if text.is_empty() {
        return Output::from_json(b"null".to_vec());
    }
    let whole: &RawValue = value(text, "act")?;
    let acted: Acted<'_> = match whole.get().starts_with('{') {
        true => value(text, "act")?,
        false => return Output::from_json(whole.get().into()),
    };
    match boolean(acted.success) {
        None => Output::from_json(whole.get().into()),
        Some(true) => Output::from_json(acted.output.map_or("null", RawValue::get).into()),
        Some(false) => {
            let said = said(acted.summary).or_else(|| said(acted.error));
            let message = said.unwrap_or_else(|| "the program failed, and doesn't say why".to_owned());
            Err(match boolean(acted.retryable) {
                Some(true) => Error::unavailable(message),
                _ => Error::upstream(message),
            })
        }
    }
}

/// What `auth-ok` came to.
///
/// # Errors
///
/// [`Auth`](crate::ErrorKind::Auth) when it says no, [`Upstream`](crate::ErrorKind::Upstream) when it says neither.
pub(super) fn checked(stdout: &[u8]) -> Result<()> {
    let text = text(stdout, "auth-ok")?;
    let (is_ok, why) = if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        (Some(text.eq_ignore_ascii_case("true")), None)
    } else {
        let checked: Checked<'_> = value(text, "auth-ok")?;
        (
            boolean(checked.ok).or_else(|| boolean(checked.success)),
            said(checked.error).or_else(|| said(checked.summary)),
        )
    };
    match is_ok {
        Some(true) => Ok(()),
        Some(false) => Err(Error::auth(
            why.unwrap_or_else(|| "the program says that it can't be used as it is".to_owned()),
        )),
        None => Err(Error::upstream(
            "the program's answer to `auth-ok` says neither `ok` nor `success`; it must be `true`, `false` or such an \
             object",
        )),
    }
}

fn text<'a>(stdout: &'a [u8], question: &str) -> Result<&'a str> {
    std::str::from_utf8(stdout.trim_ascii())
        .map_err(|_| Error::upstream(format!("the program's answer to `{question}` is not UTF-8")))
}

fn value<'a, T: Deserialize<'a>>(text: &'a str, question: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        Error::upstream(format!(
            "the program's answer to `{question}` is not one JSON value: {error}; whatever else it has to say belongs on \
             standard error"
        ))
    })
}

fn boolean(raw: Option<&RawValue>) -> Option<bool> {
    raw.and_then(|raw| raw.get().parse().ok())
}

fn said(raw: Option<&RawValue>) -> Option<String> {
    let text: Cow<'_, str> = serde_json::from_str(raw?.get()).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| cut(text))
}

/// As much of a program's message as is passed on.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn an_answer_is_one_value() {
        for (stdout, expected) in [
            ("", "null"),
            (" \n", "null"),
            (r#"{"success":true,"summary":"done","output":{"b":1,"a":1.0}}"#, r#"{"b":1,"a":1.0}"#),
            (r#"{"success":true}"#, "null"),
            (r#"{"success":true,"output":null}"#, "null"),
            // Whoever doesn't say whether it is a success, says the result.
            (r#" {"id":7} "#, r#"{"id":7}"#),
            (r#"{"success":"false"}"#, r#"{"success":"false"}"#),
            (r#"{"success":null,"output":1}"#, r#"{"success":null,"output":1}"#),
            ("[1]", "[1]"),
            ("7", "7"),
        ] {
            assert_eq!(acted(stdout.as_bytes()).expect(stdout).as_bytes(), expected.as_bytes(), "{stdout}");
        }
    }

    #[test]
    fn a_failure_says_whether_it_may_be_over() {
        let failed = |stdout: &str| acted(stdout.as_bytes()).expect_err(stdout);
        for (stdout, kind, message) in [
            (r#"{"success":false,"summary":"s","error":"e"}"#, ErrorKind::Upstream, "s"),
            (r#"{"success":false,"error":"e","retryable":true}"#, ErrorKind::Unavailable, "e"),
            (r#"{"success":false,"summary":null,"error":"e","retryable":"true"}"#, ErrorKind::Upstream, "e"),
            (
                r#"{"success":false,"error":7}"#,
                ErrorKind::Upstream,
                "the program failed, and doesn't say why",
            ),
        ] {
            let error = failed(stdout);
            assert_eq!((error.kind(), error.message()), (kind, message), "{stdout}");
        }
        let long = failed(&format!(r#"{{"success":false,"error":"{}"}}"#, "ä".repeat(100_000)));
        assert_eq!(long.message().chars().count(), LONGEST);
        for stdout in [&b"a log line\n{\"success\":true}"[..], b"{} {}", b"{\"success\":", b"\"\xff\""] {
            assert_eq!(acted(stdout).expect_err("no answer").kind(), ErrorKind::Upstream);
        }
    }

    #[test]
    fn a_check_says_yes_or_no() {
        for stdout in ["true", " TRUE\n", r#"{"ok":true,"success":false}"#, r#"{"success":true}"#] {
            checked(stdout.as_bytes()).expect(stdout);
        }
        for stdout in ["false", "False", r#"{"ok":false,"success":true}"#, r#"{"ok":"x","success":false}"#] {
            assert_eq!(checked(stdout.as_bytes()).expect_err(stdout).kind(), ErrorKind::Auth);
        }
        let said = checked(br#"{"ok":false,"error":"the token is over"}"#).expect_err("no");
        assert_eq!(said.message(), "the token is over");
        for stdout in ["", "yes", "{}", r#"{"ok":"true"}"#, "null", "1", "true true"] {
            assert_eq!(checked(stdout.as_bytes()).expect_err(stdout).kind(), ErrorKind::Upstream);
        }
    }
}
