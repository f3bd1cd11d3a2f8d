//! The one line of JSON that every command answers with (contract 1.4).
//!
//! It is put together by hand because the data is JSON text already: reading it back only to write
//! it again would cost as much as the call, and would spoil numbers that a parser rounds.

use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{error_code, tool};
use crate::Error;
use crate::manifest::Manifest;
use crate::moment::{millis, timestamp};

/// What an envelope says of the call besides its outcome.
#[derive(Clone, Copy, Debug)]
pub struct Meta<'a> {
    /// The mode that the caller granted; `unknown` where none could be read.
    pub mode: &'a str,
    /// How long it took.
    pub duration: Duration,
    /// When it was answered.
    pub at: SystemTime,
}

/// The keys of an envelope, which nothing else may be written to.
const KEYS: [&str; 6] = ["ok", "tool", "command", "data", "error", "meta"];

/// The answer of a command that did its work, one line with its newline.
///
/// `data` is JSON text and goes in as it is; nothing at all counts as `null`. `top_level` is what
/// [`health`](super::health) and [`doctor`](super::doctor) repeat beside the data.
pub fn success(
    manifest: &Manifest,
    command: &str,
    data: &[u8],
    meta: &Meta<'_>,
    top_level: Option<&Map<String, Value>>,
) -> Vec<u8> {
    let data = data.trim_ascii();
    let mut line = Vec::with_capacity(data.len() + 256);
    begin(&mut line, true, manifest, command);
    line.extend_from_slice(b",\"data\":");
    let start = line.len();
    line.extend_from_slice(if data.is_empty() { b"null" } else { data });
    keep_on_one_line(&mut line[start..]);
    for (key, value) in top_level.into_iter().flatten().filter(|(key, _)| !KEYS.contains(&key.as_str())) {
        line.push(b',');
        json(&mut line, key);
        line.push(b':');
        json(&mut line, value);
    }
    end(&mut line, manifest, meta);
    line
}

/// The answer of a command that failed, one line with its newline. ArgentOS reads it from standard
/// output, whatever the exit code.
pub fn failure(manifest: &Manifest, command: &str, error: &Error, meta: &Meta<'_>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Told<'a> {
        code: String,
        message: &'a str,
        details: Map<String, Value>,
    }
    let mut details = error.details().clone();
    if let Some(wait) = error.retry_after() {
        details.insert("retry_after_ms".to_owned(), millis(wait).into());
    }
    let mut line = Vec::with_capacity(512);
    begin(&mut line, false, manifest, command);
    line.extend_from_slice(b",\"error\":");
    json(&mut line, &Told { code: error_code(manifest, error.kind()), message: error.message(), details });
    end(&mut line, manifest, meta);
    line
}

fn begin(line: &mut Vec<u8>, ok: bool, manifest: &Manifest, command: &str) {
    line.extend_from_slice(b"{\"ok\":");
    json(line, &ok);
    line.extend_from_slice(b",\"tool\":");
    json(line, &tool(manifest));
    line.extend_from_slice(b",\"command\":");
    json(line, command);
}

fn end(line: &mut Vec<u8>, manifest: &Manifest, meta: &Meta<'_>) {
    #[derive(Serialize)]
    struct Told<'a> {
        mode: &'a str,
        duration_ms: u64,
        timestamp: String,
        version: &'a str,
    }
    line.extend_from_slice(b",\"meta\":");
    json(
        line,
        &Told {
            mode: meta.mode,
            duration_ms: millis(meta.duration),
            timestamp: timestamp(meta.at),
            version: &manifest.version,
        },
    );
    line.extend_from_slice(b"}\n");
}

/// Writes plain data with text as keys, which can always be JSON, to memory, which takes it.
fn json<T: Serialize + ?Sized>(line: &mut Vec<u8>, value: &T) {
    let written = serde_json::to_writer(line, value);
    debug_assert!(written.is_ok(), "plain data is always JSON: {written:?}");
}

/// Takes the line breaks out of JSON text. They can only be the space between its tokens, since
/// inside a string they are escaped.
fn keep_on_one_line(json: &mut [u8]) {
    let mut rest = json;
    while let Some(place) = memchr::memchr2(b'\n', b'\r', rest) {
        rest[place] = b' ';
        rest = &mut rest[place + 1..];
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use serde_json::json;

    use super::*;

    fn meta() -> Meta<'static> {
        Meta {
            mode: "write",
            duration: Duration::from_micros(12_900),
            at: UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
        }
    }

    fn notes() -> Manifest {
        Manifest::new("notes", "Notes", "0.1.0")
    }

    fn text(line: Vec<u8>) -> String {
        String::from_utf8(line).expect("an envelope is text")
    }

    #[test]
    fn success_is_the_line_of_the_contract() {
        assert_eq!(
            text(success(&notes(), "notes.list", b"[1,2]", &meta(), None)),
            concat!(
                r#"{"ok":true,"tool":"aos-notes","command":"notes.list","data":[1,2],"meta":{"mode":"write","#,
                r#""duration_ms":12,"timestamp":"2023-11-14T22:13:20.123Z","version":"0.1.0"}}"#,
                "\n"
            )
        );
    }

    #[test]
    fn failure_says_code_message_and_details() {
        let error = Error::rate_limited("slow \"down\"\n").with_retry_after(Duration::from_secs(3));
        let line = text(failure(&notes(), "notes.list", &error, &meta()));
        let envelope: Value = serde_json::from_str(&line).expect("an envelope is JSON");
        assert_eq!(envelope["ok"], json!(false));
        assert_eq!(
            envelope["error"],
            json!({ "code": "NOTES_RATE_LIMITED", "message": "slow \"down\"\n", "details": { "retry_after_ms": 3000 } })
        );
        assert_eq!(envelope["meta"]["mode"], json!("write"));
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn data_goes_in_as_it_is_and_stays_on_one_line() {
        let number = b"{\n  \"n\": 123456789012345678901234567890.10,\r\n  \"text\": \"a\\nb\"\n}\n";
        let line = text(success(&notes(), "x", number, &meta(), None));
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.contains("123456789012345678901234567890.10") && line.contains(r"a\nb"), "{line}");
        assert!(text(success(&notes(), "x", b" \n", &meta(), None)).contains(r#""data":null,"#));
    }

    #[test]
    fn the_top_level_adds_and_never_replaces() {
        let extra = json!({ "status": "ready", "ok": "no", "data": 1 });
        let line = text(success(&notes(), "health", b"{}", &meta(), extra.as_object()));
        assert_eq!(line.matches("\"ok\"").count(), 1, "{line}");
        let envelope: Value = serde_json::from_str(&line).expect("an envelope is JSON");
        assert_eq!((&envelope["status"], &envelope["data"]), (&json!("ready"), &json!({})));
    }

    #[test]
    fn a_clock_that_is_wrong_ends_nothing() {
        assert_eq!(timestamp(UNIX_EPOCH - Duration::from_secs(9)), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(UNIX_EPOCH + Duration::from_secs(u64::MAX >> 8)), "9999-12-31T23:59:59.000Z");
    }
}
