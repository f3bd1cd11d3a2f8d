//! The strings in a JSON text, each with its place: what is changed there leaves the rest as it is written.

use std::ops::Range;

use serde_json::value::RawValue;

use crate::members::Members;

/// A string.
pub(super) struct Text {
    /// Where it stands, with its quotes.
    place: Range<usize>,
    /// The name of the member that it is, if it is one.
    pub(super) member: Option<String>,
    pub(super) value: String,
}

/// Levels below this one are left as they are, as by serde_json's own parser.
const DEEPEST: usize = 128;

/// All strings that are values, in their order; none of what is no JSON.
pub(super) fn strings(json: &str) -> Vec<Text> {
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str::<&RawValue>(json) {
        collect(json, None, value, DEEPEST, &mut found);
    }
    found
}

fn collect(json: &str, member: Option<&str>, value: &RawValue, levels: usize, found: &mut Vec<Text>) {
    let Some(levels) = levels.checked_sub(1) else { return };
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'"') => {
            if let Ok(value) = serde_json::from_str(text) {
                // It is a part of that text.
                let start = text.as_ptr().addr() - json.as_ptr().addr();
                let place = start..start + text.len();
                found.push(Text { place, member: member.map(str::to_owned), value });
            }
        }
        Some(b'{') => {
            let Ok(Members(members)) = serde_json::from_str(text) else { return };
            members.iter().for_each(|(name, value)| collect(json, Some(name), value, levels, found));
        }
        Some(b'[') => {
            let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) else { return };
            items.iter().for_each(|item| collect(json, None, item, levels, found));
        }
        _ => {}
    }
}

/// The text with other strings in the place of some.
pub(super) fn replaced(json: &str, other: impl Fn(&Text) -> Option<String>) -> String {
    let (mut text, mut done) = (String::with_capacity(json.len()), 0);
    for string in strings(json) {
        let Some(other) = other(&string) else { continue };
        text.push_str(&json[done..string.place.start]);
        text.push_str(&serde_json::Value::from(other).to_string());
        done = string.place.end;
    }
    text.push_str(&json[done..]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_string_stays_as_it_is_written() {
        let json = r#" {"a" : "one\/\u00e9", "n":1.10,"a":"two" ,"b":[3.6e3,["three",null]], "c":{"d":"e"}}"#;
        let found = strings(json);
        let values: Vec<_> = found.iter().map(|text| (text.member.as_deref(), text.value.as_str())).collect();
        assert_eq!(
            values,
            [(Some("a"), "one/\u{e9}"), (Some("a"), "two"), (None, "three"), (Some("d"), "e")]
        );
        let a = replaced(json, |text| (text.member.as_deref() == Some("a")).then(|| "x".to_owned()));
        assert_eq!(a, r#" {"a" : "x", "n":1.10,"a":"x" ,"b":[3.6e3,["three",null]], "c":{"d":"e"}}"#);
        assert_eq!(replaced("no \"json\"", |_| Some("x".to_owned())), "no \"json\"");
        let deep = ["[".repeat(100_000), "]".repeat(100_000)].join("\"a\"");
        assert_eq!(replaced(&deep, |_| Some("x".to_owned())), deep);
    }
}
