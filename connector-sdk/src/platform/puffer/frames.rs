//! The lines of `subscribe`, both ways (contract 1.4).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::payload;
use crate::event::RawEvent;
use crate::{Error, Result};

/// A line from the host. Newer hosts say more; what isn't known is nothing.
#[derive(Deserialize)]
pub(super) struct Line<'a> {
    #[serde(borrow, default)]
    pub(super) op: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) connection: Cow<'a, str>,
    #[serde(borrow, default)]
    cursor: Option<&'a RawValue>,
    #[serde(borrow, default)]
    event_id: Option<&'a RawValue>,
}

impl<'a> Line<'a> {
    pub(super) fn cursor(&self) -> Option<Cow<'a, str>> {
        text(self.cursor?)
    }

    /// Where a stream is to begin; none: at the beginning.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`](crate::ErrorKind::Setup) when it is no text: that is never the beginning.
    pub(super) fn since(&self) -> Result<Option<String>> {
        let Some(raw) = self.cursor else { return Ok(None) };
        match text(raw) {
            Some(cursor) => Ok(Some(cursor.into_owned())),
            None => Err(Error::setup(format!(
                "the host's cursor `{}` is not one of this connector, whose cursors are texts; send the one that \
                 was stored, or none to begin anew",
                crate::similar::excerpt(raw.get())
            ))),
        }
    }

    pub(super) fn event_id(&self) -> Option<Cow<'a, str>> {
        text(self.event_id?)
    }
}

/// A text of JSON, borrowed where it has no escapes; none where it is something else.
pub(super) fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(raw.get()).ok().map(|text| text.0)
}

/// The event that a line acknowledges, where the line is as every known host writes it and the id has no
/// escapes: a million of them are read in the time of a few thousand others.
pub(super) fn acknowledged(line: &[u8]) -> Option<&str> {
    let rest = line.strip_prefix(br#"{"op":"ack","cursor":""#)?;
    // Whatever it is: the event says more.
    let (_, rest) = text_at(rest)?;
    let rest = rest.strip_prefix(br#","event_id":""#)?;
    let (id, rest) = text_at(rest)?;
    if rest == b"}" { std::str::from_utf8(id).ok() } else { None }
}

/// A text without escapes up to its quote, and what stands after that.
fn text_at(json: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = json.iter().position(|byte| is_special(*byte))?;
    (json[end] == b'"').then(|| (&json[..end], &json[end + 1..]))
}

/// Whether a byte can't stand for itself in a text of JSON (RFC 8259, section 7).
fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..=0x1f)
}

/// Writes an event.
pub(super) fn event(event: &RawEvent, messages: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(br#"{"type":"event","id":"#);
    string(event.id(), out);
    out.extend_from_slice(br#","cursor":"#);
    string(event.cursor(), out);
    out.extend_from_slice(br#","payload":"#);
    let begin = out.len();
    payload::write(event.payload(), messages, out);
    one_line(&mut out[begin..]);
    out.extend_from_slice(b"}\n");
}

/// Writes a cursor that is saved at once.
pub(super) fn checkpoint(cursor: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(br#"{"type":"checkpoint","cursor":"#);
    string(cursor, out);
    out.extend_from_slice(b"}\n");
}

/// Writes how the connection fares.
pub(super) fn health(status: &str, detail: Option<&str>, out: &mut Vec<u8>) {
    out.extend_from_slice(br#"{"type":"health","status":"#);
    string(status, out);
    if let Some(detail) = detail {
        out.extend_from_slice(br#","detail":"#);
        string(detail, out);
    }
    out.extend_from_slice(b"}\n");
}

/// A text as JSON.
pub(super) fn string(text: &str, out: &mut Vec<u8>) {
    if text.bytes().any(is_special) {
        // Neither a text nor a growing buffer can fail.
        let _ = serde_json::to_writer(out, text);
        return;
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Makes one line of JSON that somebody else wrote: inside texts there is no line end, only between tokens.
pub(super) fn one_line(json: &mut [u8]) {
    if memchr::memchr2(b'\n', b'\r', json).is_some() {
        for byte in json.iter_mut().filter(|byte| matches!(**byte, b'\n' | b'\r')) {
            *byte = b' ';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_fast_is_what_is_read_slowly() {
        for (line, is_fast) in [
            (r#"{"op":"ack","cursor":"5","event_id":"e5"}"#, true),
            (r#"{"op":"ack","cursor":"","event_id":"ä"}"#, true),
            (r#"{"op":"ack","cursor":"{\"a\":1}","event_id":"e5"}"#, false),
            (r#"{"op":"ack","cursor":"5","event_id":"\u0065"}"#, false),
            (r#"{"op":"ack","event_id":"e5","cursor":"5"}"#, false),
            (r#"{"op":"ack","cursor":"5","event_id":"e5","more":1}"#, false),
        ] {
            let slowly = serde_json::from_str::<Line<'_>>(line).expect(line).event_id().expect("an id");
            assert_eq!(acknowledged(line.as_bytes()), is_fast.then_some(&*slowly), "{line}");
        }
        for line in [
            &b"{\"op\":\"ack\",\"cursor\":\"5\",\"event_id\":\"e\t5\"}"[..],
            b"{\"op\":\"ack\",\"cursor\":\"5\n\",\"event_id\":\"e5\"}",
            b"{\"op\":\"ack\",\"cursor\":\"5\",\"event_id\":\"\xff\"}",
            b"{\"op\":\"ack\",\"cursor\":\"5\",\"event_id\":\"e5",
        ] {
            assert!(acknowledged(line).is_none() && serde_json::from_slice::<Line<'_>>(line).is_err());
        }
    }

    #[test]
    fn a_checkpoint_is_these_bytes() {
        let mut out = Vec::new();
        checkpoint("5", &mut out);
        checkpoint("{\"page\":\"\u{e4}\"}", &mut out);
        let frames = "{\"type\":\"checkpoint\",\"cursor\":\"5\"}\n\
                      {\"type\":\"checkpoint\",\"cursor\":\"{\\\"page\\\":\\\"\u{e4}\\\"}\"}\n";
        assert_eq!(std::str::from_utf8(&out), Ok(frames));
    }

    #[test]
    fn a_text_is_json() {
        for text in ["", "e5", "ä\u{2028}\u{7f}", "a\"b", "a\\b", "a\nb\u{1}"] {
            let mut out = Vec::new();
            string(text, &mut out);
            assert_eq!(out, serde_json::to_vec(text).expect("JSON"));
        }
    }
}
