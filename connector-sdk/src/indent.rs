//! JSON text for people and version control.
//!
//! Whatever is written indented is written on one line elsewhere. To lay out that text costs little, while a
//! second serializer would be compiled for every type.

/// JSON text, laid out as `serde_json::to_string_pretty` does. Text that is no JSON comes out as no JSON.
pub(crate) fn indent(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut rest = json;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => {
                let end = end_of_string(rest);
                out.push(byte);
                out.extend_from_slice(&rest[..end]);
                rest = &rest[end..];
            }
            b'{' | b'[' => {
                out.push(byte);
                rest = rest.trim_ascii_start();
                match rest.split_first() {
                    Some((&close @ (b'}' | b']'), after)) => {
                        out.push(close);
                        rest = after;
                    }
                    _ => {
                        depth += 1;
                        new_line(&mut out, depth);
                    }
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                new_line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            _ if byte.is_ascii_whitespace() => {}
            _ => out.push(byte),
        }
    }
    out
}

/// How long a string is from its first character on, with the quote at its end.
fn end_of_string(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let is_end = |&byte: &u8| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    };
    text.iter().position(is_end).map_or(text.len(), |end| end + 1)
}

fn new_line(out: &mut Vec<u8>, depth: usize) {
    out.push(b'\n');
    out.resize(out.len() + 2 * depth, b' ');
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn it_is_what_serde_json_writes() {
        for value in [
            json!(null),
            json!("a \"quoted\" {text}: [\\, \\\"]"),
            json!([]),
            json!({}),
            json!([[], {}, [1, -2.5, true]]),
            json!({"a": {"b": [{"c": "}"}, "\\"]}, "ü:,": 1e300}),
        ] {
            let pretty = serde_json::to_string_pretty(&value).expect("JSON");
            let plain = value.to_string();
            assert_eq!(String::from_utf8(indent(plain.as_bytes())).expect("text"), pretty);
            assert_eq!(indent(pretty.as_bytes()), pretty.as_bytes(), "it may be laid out already");
        }
    }

    #[test]
    fn what_is_no_json_is_no_trouble() {
        for text in ["]]}", "\"open", "{\"a\": \\", "[1,,", "{", ""] {
            assert!(serde_json::from_slice::<Value>(&indent(text.as_bytes())).is_err(), "{text}");
        }
    }
}
