//! A cursor as the text that hosts store.
//!
//! One rule: a text stays as it is unless it could be read as JSON; that, and whatever is no text, is
//! compact JSON. So a platform's own token (`s72595_4483_1934`) is stored as people know it, and no two
//! cursors of one type are ever the same text.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{DeserializeOwned, IgnoredAny, IntoDeserializer};

use crate::similar::excerpt;
use crate::{Error, Result};

/// Writes what a host stores of a cursor into a buffer that may be used again, and returns it.
pub(super) fn encode<'b, C: Serialize + ?Sized>(cursor: &C, buffer: &'b mut Vec<u8>) -> Result<Cow<'b, str>> {
    buffer.clear();
    serde_json::to_writer(&mut *buffer, cursor).map_err(|error| {
        Error::internal(format!("the cursor of an event can't be written as JSON: {error}"))
    })?;
    let json = std::str::from_utf8(buffer)
        .map_err(|error| Error::internal(format!("the cursor of an event is no text: {error}")))?;
    let Some(inside) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Ok(Cow::Borrowed(json));
    };
    // Without escapes, which most have none of, the text is what stands between the quotes.
    let text = match memchr::memchr(b'\\', inside.as_bytes()) {
        None => Cow::Borrowed(inside),
        Some(_) => Cow::Owned(serde_json::from_str(json)?),
    };
    Ok(if is_json(&text) { Cow::Borrowed(json) } else { text })
}

/// What a host stored, as the method's own type.
///
/// # Errors
///
/// [`ErrorKind::Setup`](crate::ErrorKind::Setup): the host has to forget the cursor or find the right one.
/// To begin anew by itself would bring every event once more.
pub(super) fn decode<C: DeserializeOwned>(stored: &str) -> Result<C> {
    let problem = if is_json(stored) {
        match serde_json::from_str(stored) {
            Ok(cursor) => return Ok(cursor),
            Err(error) => error.to_string(),
        }
    } else {
        String::new()
    };
    // Whoever writes a cursor by hand doesn't put quotes around `1700000000.0001`.
    let text: StrDeserializer<'_, ValueError> = stored.into_deserializer();
    C::deserialize(text).map_err(|error| {
        let problem = if problem.is_empty() { error.to_string() } else { problem };
        let shown = excerpt(stored);
        Error::setup(format!(
            "the stored cursor `{shown}` is not one of this connector: {problem}; remove it to begin anew, or \
             store the right one"
        ))
    })
}

fn is_json(text: &str) -> bool {
    // What most cursors begin with is no JSON.
    let begins = text.trim_start().as_bytes().first();
    let may_be = begins
        .is_some_and(|byte| matches!(byte, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'));
    may_be && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;
    use crate::ErrorKind;

    fn encode<C: Serialize + ?Sized>(cursor: &C) -> Result<String> {
        super::encode(cursor, &mut Vec::new()).map(Cow::into_owned)
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Place {
        validity: u32,
        uid: u32,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }

    #[test]
    fn a_text_stays_the_text_that_it_is() {
        for text in ["s72595_4483", "", "ä\"\\\n", "truth", "1_2", "2024-01-01T00:00:00Z", "{", " x", "null?"]
        {
            assert_eq!(encode(text).expect("encoded"), text);
            assert_eq!(decode::<String>(text).expect(text), text);
        }
    }

    #[test]
    fn no_two_cursors_are_the_same_text() {
        for (cursor, stored) in [(Either::Number(42), "42"), (Either::Text("42".into()), "\"42\"")] {
            assert_eq!(encode(&cursor).expect("encoded"), stored);
            assert_eq!(decode::<Either>(stored).expect("decoded"), cursor);
        }
        for text in ["1", "null", "{}", "\"x\"", " 1", "1355517523.000005", "-0"] {
            let stored = encode(text).expect("encoded");
            assert_eq!(decode::<String>(&stored).expect("decoded"), text);
            assert_eq!(decode::<Value>(&stored).expect("decoded"), Value::from(text));
        }
        let place = Place { validity: 7, uid: 42 };
        let stored = encode(&place).expect("encoded");
        assert_eq!(stored, r#"{"validity":7,"uid":42}"#);
        assert_eq!(decode::<Place>(&stored).expect("decoded"), place);
    }

    #[test]
    fn what_somebody_wrote_by_hand_is_read() {
        assert_eq!(decode::<String>("1355517523.000005").expect("a text"), "1355517523.000005");
        assert_eq!(decode::<u64>("42").expect("a number"), 42);
    }

    #[test]
    fn a_foreign_cursor_is_never_the_beginning() {
        for stored in ["s72595", "", "{\"uid\":1}", "[1]", "\u{0}", &"9".repeat(400)] {
            let error = decode::<Place>(stored).expect_err(stored);
            assert_eq!(error.kind(), ErrorKind::Setup);
            assert!(error.message().contains("is not one of this connector"), "{error}");
            assert!(error.message().len() < 400, "{error}");
        }
        assert_eq!(decode::<u64>("-1").expect_err("negative").kind(), ErrorKind::Setup);
    }
}
