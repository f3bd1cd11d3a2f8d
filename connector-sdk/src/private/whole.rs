//! Whole numbers that are written with a fraction or exponent: `1.0`, `1e2`. JSON Schema takes them for
//! integers, and some programs know no other way to write a number; serde refuses them.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// The first value of a text with such numbers written as integers, and how long it was; none where there
/// are none. It is for a value that was refused as it was, so it costs nothing where nothing is wrong.
#[cold]
pub(super) fn plainly(json: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut values = serde_json::Deserializer::from_slice(json).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    let length = values.byte_offset();
    let (json, mut at) = (&json[..length], 0);
    let mut out = Vec::with_capacity(length);
    let mut changed = false;
    while let Some(&byte) = json.get(at) {
        let rest = &json[at..];
        let token = match byte {
            b'"' => &rest[..string(rest)],
            b'-' | b'0'..=b'9' => {
                let part = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
                &rest[..rest.iter().position(|byte| !part(byte)).unwrap_or(rest.len())]
            }
            _ => &rest[..1],
        };
        let written = if byte == b'"' { None } else { integer(token) };
        changed |= written.is_some();
        out.extend_from_slice(&written.map_or(Cow::Borrowed(token), |text| text.into_bytes().into()));
        at += token.len();
    }
    changed.then_some((out, length))
}

/// How long the string is that a text begins with.
fn string(json: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

/// A number as an integer, where it is one and isn't written as one. Beyond 2^53 a fraction is no longer
/// told from none.
fn integer(token: &[u8]) -> Option<String> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    let number: f64 = std::str::from_utf8(token).ok()?.parse().ok()?;
    let is_plain = !token.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    (!is_plain && number.fract() == 0.0 && number.abs() <= LARGEST).then(|| {
        // There is no `-0` among integers.
        format!("{}", if number == 0.0 { 0.0 } else { number })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_change() {
        for (json, expected) in [
            ("1.0", Some("1")),
            ("1e2,", Some("100")),
            (
                r#" {"a":[ -2.50e1 ,"1.0\"2.0", 0.5, 3],"1.0":1.000 } ]"#,
                Some(r#" {"a":[ -25 ,"1.0\"2.0", 0.5, 3],"1.0":1 }"#),
            ),
            ("0.0", Some("0")),
            ("-0.0", Some("0")),
            ("1.5", None),
            ("1e300", None),
            ("[1, \"2.0\"]", None),
            ("[1.0", None),
        ] {
            let plain = plainly(json.as_bytes()).map(|(plain, _)| String::from_utf8(plain).expect("text"));
            assert_eq!(plain.as_deref(), expected, "{json}");
        }
    }
}
