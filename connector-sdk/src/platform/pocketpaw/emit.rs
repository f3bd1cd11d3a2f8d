//! YAML that every reader takes for the same: YAML 1.1 and 1.2, PyYAML's `safe_load` among them.
//!
//! Texts and keys are always in double quotes, so that none is a truth value, a number, a date or a comment
//! by accident (`no`, `1e3`, `2024-01-01`, `a: b #c`). What a reader refuses or takes for the end of a line
//! is escaped.

use serde_json::Value;

/// A text in double quotes.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Controls, the line breaks of YAML 1.1, and what PyYAML calls special characters.
            '\0'..='\u{1f}'
            | '\u{7f}'..='\u{a0}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            // YAML has no pairs of surrogates.
            letter if u32::from(letter) > 0xffff => out.push_str(&format!("\\U{:08x}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// A value on one line.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => self::number(&number.to_string()),
        Value::String(string) => text(string),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(self::value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            map(members.iter().map(|(name, member)| (name.as_str(), self::value(member))))
        }
    }
}

/// A map on one line, of values that are written already.
pub(super) fn map<'a>(members: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let members: Vec<String> =
        members.into_iter().map(|(name, value)| format!("{}: {value}", text(name))).collect();
    format!("{{{}}}", members.join(", "))
}

/// YAML 1.1 takes `1e300` for a text: a number with an exponent has a point, and the exponent a sign.
fn number(json: &str) -> String {
    let Some((digits, exponent)) = json.split_once(['e', 'E']) else { return json.to_owned() };
    let point = if digits.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
    format!("{digits}{point}e{sign}{exponent}")
}

/// A comment on one line, whatever the text holds.
pub(super) fn comment(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|letter| {
            if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}') {
                ' '
            } else {
                letter
            }
        })
        .collect();
    format!("# {line}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_with_an_exponent_are_numbers_to_all() {
        for (json, yaml) in
            [("1e300", "1.0e+300"), ("1.5e-7", "1.5e-7"), ("2e+3", "2.0e+3"), ("12", "12"), ("-0.5", "-0.5")]
        {
            assert_eq!(number(json), yaml);
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let odd = json!({
            "no": ["yes", "null", "~", "1e3", "0x10", "2024-01-01", "a: b #c", "- x", "'", "\"\\", "", " ", "{x}"],
            "a\nb\t\u{1}\u{7f}\u{85}\u{a0}\u{2028}\u{feff}\u{ffff}": "ä€😀\r\n",
            "on": [true, false, null, -1, 18446744073709551615_u64, 0.25, 1e300],
        });
        let read: Value = serde_saphyr::from_str(&value(&odd)).expect("YAML");
        assert_eq!(read, odd);
    }

    #[test]
    fn a_comment_stays_on_its_line() {
        assert_eq!(comment("a\nname: b\u{2028}c"), "# a name: b c");
    }
}
