//! Lays a result out for people: tables and short text.
//!
//! Whatever a service sent is text and nothing else: control characters and the marks that turn the
//! direction of writing are shown and not obeyed, on a terminal or not, since what is written to a
//! file or a pager comes to a terminal later. `--json` has the exact text.

use super::data::Data;
use super::table::table;

/// How it may look.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    /// How many columns the terminal has; none: nothing is cut.
    pub(super) columns: Option<usize>,
    pub(super) colour: bool,
}

/// JSON text for people, with a newline at the end.
pub(super) fn show(json: &[u8], style: Style) -> String {
    let mut out = String::new();
    match serde_json::from_slice::<Data>(json) {
        Ok(data) => return lay_out(&data, style),
        // A connector that isn't ours may send what is no JSON; it is text then.
        Err(_) => out.push_str(&clean(&String::from_utf8_lossy(json))),
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// Data for people, with a newline at the end.
pub(super) fn lay_out(data: &Data, style: Style) -> String {
    let mut out = String::new();
    block(data, 0, style, &mut out);
    if out.is_empty() {
        out.push('\n');
    }
    out
}

fn block(data: &Data, indent: usize, style: Style, out: &mut String) {
    match data {
        Data::Null => out.push_str("nothing\n"),
        Data::Plain(text) => line(text, indent, out),
        Data::Text(text) => {
            for text in clean(text).lines() {
                line(text, indent, out);
            }
        }
        Data::List(items) if items.is_empty() => line("none", indent, out),
        Data::List(items) => match rows(items) {
            Some(rows) => {
                let style =
                    Style { columns: style.columns.map(|columns| columns.saturating_sub(indent)), ..style };
                for text in table(&rows, style).lines() {
                    line(text, indent, out);
                }
            }
            None => {
                let flat = items.iter().all(Data::is_flat);
                for (place, item) in items.iter().enumerate() {
                    if place > 0 && !flat {
                        out.push('\n');
                    }
                    block(item, indent, style, out);
                }
            }
        },
        Data::Object(members) if members.is_empty() => line("nothing", indent, out),
        Data::Object(members) => object(members, indent, style, out),
    }
}

fn object(members: &[(String, Data)], indent: usize, style: Style, out: &mut String) {
    for (name, value) in members {
        let name = clean_line(name);
        let short = match value {
            Data::Text(text) => !text.contains('\n'),
            Data::List(items) => items.iter().all(Data::is_flat) && !items.iter().any(Data::is_sentence),
            other => other.is_flat(),
        };
        if short {
            line(format!("{name}: {}", value.one_line()).trim_end(), indent, out);
        } else {
            line(&format!("{name}:"), indent, out);
            block(value, indent + 2, style, out);
        }
    }
}

/// The rows of a table, where every item is an object.
fn rows(items: &[Data]) -> Option<Vec<&[(String, Data)]>> {
    items
        .iter()
        .map(|item| match item {
            Data::Object(members) if !members.is_empty() => Some(members.as_slice()),
            _ => None,
        })
        .collect()
}

fn line(text: &str, indent: usize, out: &mut String) {
    if !text.is_empty() {
        out.extend(std::iter::repeat_n(' ', indent));
    }
    out.push_str(text);
    out.push('\n');
}

/// A text whose control characters are shown and not obeyed; line breaks and tabs stay.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\t' => out.push(letter),
            _ if is_obeyed(letter) => out.extend(letter.escape_unicode()),
            _ => out.push(letter),
        }
    }
    out
}

/// As [`clean`], on one line.
pub(super) fn clean_line(text: &str) -> String {
    clean(text).replace(['\n', '\t'], " ")
}

/// Whether a terminal obeys the character: control characters, and what turns the direction of
/// writing (Trojan Source, CVE-2021-42574).
fn is_obeyed(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> String {
        show(json.as_bytes(), Style::default())
    }

    #[test]
    fn every_shape_has_a_look() {
        assert_eq!(shown("null"), "nothing\n");
        assert_eq!(shown("[]"), "none\n");
        assert_eq!(shown("{}"), "nothing\n");
        assert_eq!(shown("3"), "3\n");
        assert_eq!(shown("\"a\\nb\""), "a\nb\n");
        assert_eq!(shown("[1,\"a\"]"), "1\na\n");
        assert_eq!(shown("[{\"z\":1,\"a\":\"x\"}]"), "Z  A\n1  x\n", "the author's order");
        assert_eq!(
            shown(r#"{"title":"T","body":"a\n\nb","tags":["x","y"],"none":null,"in":{"a":1}}"#),
            "title: T\nbody:\n  a\n\n  b\ntags: x, y\nnone:\nin:\n  a: 1\n"
        );
        assert_eq!(shown("[{\"a\":1},2]"), "a: 1\n\n2\n");
        assert_eq!(shown("no json"), "no json\n");
    }

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        let hostile = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\r\u{8}\u{7f}\u{202e}\u{2066}\u{0}";
        for json in [
            serde_json::json!(hostile),
            serde_json::json!([hostile]),
            serde_json::json!({ hostile: hostile }),
            serde_json::json!([{ hostile: hostile }]),
            serde_json::json!({ "a": { "b": [{ "c": [hostile] }], "d": format!("{hostile}\n{hostile}") } }),
        ] {
            let out = shown(&json.to_string());
            let bad = out.chars().find(|letter| *letter != '\n' && is_obeyed(*letter));
            assert_eq!(bad, None, "{out:?}");
            assert!(out.contains("\\u{1b}[2J"), "{out:?}");
        }
        assert!(!show(b"\x1b[2J not JSON", Style::default()).contains('\u{1b}'));
    }

    #[test]
    fn lines_of_windows_are_lines() {
        assert_eq!(clean("a\r\nb\rc"), "a\nb\\u{d}c");
        assert_eq!(clean_line("a\n\tb"), "a  b");
    }
}
