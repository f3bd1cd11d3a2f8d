//! `act`: one action, its input on standard input, its outcome as one JSON value (contract 1.4).

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::manifest::Action;
use crate::{Error, Output, Result};

/// What Puffer puts into every input that doesn't have it.
pub(super) use crate::manifest::INJECTED_BY_PUFFER as INJECTED;

/// The input of an action without the keys that Puffer puts into it and the action doesn't take.
///
/// # Errors
///
/// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when it is no JSON.
pub fn input<'a>(action: Option<&Action>, stdin: &'a [u8]) -> Result<Cow<'a, [u8]>> {
    let stdin = stdin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(stdin).trim_ascii();
    if stdin.is_empty() {
        return Ok(Cow::Borrowed(b"{}"));
    }
    if stdin.first() != Some(&b'{') {
        // What is wrong with it, the action's own parser says best.
        return Ok(Cow::Borrowed(stdin));
    }
    let members: Members<'_> = serde_json::from_slice(stdin).map_err(|error| {
        Error::usage(format!("the input on standard input is not a JSON object: {error}"))
    })?;
    let takes = |key: &str| action.is_some_and(|action| action.property(key).is_some());
    let is_foreign = |key: &str| INJECTED.contains(&key) && !takes(key);
    if !members.0.iter().any(|(key, _)| is_foreign(key)) {
        return Ok(Cow::Borrowed(stdin));
    }
    let mut kept = Vec::with_capacity(stdin.len());
    for (key, value) in members.0.iter().filter(|(key, _)| !is_foreign(key)) {
        kept.push(if kept.is_empty() { b'{' } else { b',' });
        serde_json::to_writer(&mut kept, key)?;
        kept.push(b':');
        kept.extend_from_slice(value.get().as_bytes());
    }
    if kept.is_empty() {
        kept.push(b'{');
    }
    kept.push(b'}');
    Ok(Cow::Owned(kept))
}

/// The members of an object in their order, each as often as it is there: what stands twice is for the
/// action to refuse.
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(key) = map.next_key::<Key<'de>>()? {
                    members.push((key.0, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Serialize)]
struct Answer<'a> {
    success: bool,
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retryable: Option<bool>,
}

/// What an action came to, as the one line on standard output. A failure is an answer as well: Puffer
/// throws away what a process says that ends with another number than 0.
pub fn answer(action: &str, result: Result<&Output, &Error>) -> Vec<u8> {
    let mut line = match result {
        Ok(output) => {
            let summary = format!("`{action}` is done");
            let raw = serde_json::from_slice::<&RawValue>(output.as_bytes());
            write(&Answer {
                success: true,
                summary: &summary,
                error: None,
                // `null` says nothing.
                output: raw.ok().filter(|raw| raw.get() != "null"),
                retryable: None,
            })
        }
        Err(error) => {
            let mut message = error.message().to_owned();
            if let Some(wait) = error.retry_after() {
                message.push_str(&format!(" (it can be tried again in {} s)", wait.as_secs().max(1)));
            }
            write(&Answer {
                success: false,
                summary: &message,
                error: Some(&message),
                output: None,
                retryable: Some(error.kind().is_retryable()),
            })
        }
    };
    line.push(b'\n');
    line
}

fn write(answer: &Answer<'_>) -> Vec<u8> {
    // Texts and JSON that was read before can always be written.
    serde_json::to_vec(answer).unwrap_or_else(|_| br#"{"success":false,"summary":"internal error"}"#.to_vec())
}
