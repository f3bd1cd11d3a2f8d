//! What is told of a mail: `UID 5 RFC822.SIZE 2 BODY[]<0> {2}`, of the grammar (RFC 9051, section 9, `msg-att`) as much
//! as leaves a reader no choice.
//!
//! The library's parser takes what it doesn't know in forms of its own: anything up to a bracket, or up to a space, line
//! ends included. So a text, a list or a word is let through only where it ends for every reader at the same byte.

/// How a line of it ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Attributes {
    /// So does the answer.
    End,
    /// The mail's text comes next, announced at that place.
    Literal { at: usize, length: usize },
}

/// Reads a line, which may be the rest after a mail's text. None where it can't be read, or in two ways.
pub(super) fn attributes(line: &[u8], mut begins: bool) -> Option<Attributes> {
    let mut rest = line;
    loop {
        if !begins {
            if rest == b")" {
                return Some(Attributes::End);
            }
            rest = rest.strip_prefix(b" ")?;
        }
        begins = false;
        let name = &rest[..rest.iter().position(|byte| *byte == b' ')?];
        if name.is_empty() || !is_name(name) {
            return None;
        }
        rest = &rest[name.len() + 1..];
        rest = match rest.first()? {
            b'{' if is_text(name) => {
                let (0, length) = super::literal(rest)? else { return None };
                return Some(Attributes::Literal { at: line.len() - rest.len(), length });
            }
            b'"' => {
                let length = rest[1..].iter().position(|byte| *byte == b'"')?;
                let text = &rest[1..=length];
                let is_plain = |byte: &u8| *byte != 0 && !br"(){}\".contains(byte);
                text.iter().all(is_plain).then_some(())?;
                &rest[length + 2..]
            }
            b'(' => {
                let end = rest.iter().position(|byte| *byte == b')')?;
                let is_plain = |byte: &u8| *byte != 0 && !br#"({}""#.contains(byte);
                rest[1..end].iter().all(is_plain).then_some(())?;
                &rest[end + 1..]
            }
            // The library can't do without a date.
            _ if name.eq_ignore_ascii_case(b"INTERNALDATE") => return None,
            _ => {
                let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
                (end > 0).then_some(())?;
                &rest[end..]
            }
        };
    }
}

/// `BODY[]`, from a place in it or not.
fn is_text(name: &[u8]) -> bool {
    let Some((body, place)) = name.split_at_checked("BODY[]".len()) else { return false };
    body.eq_ignore_ascii_case(b"BODY[]")
        && (place.is_empty()
            || place
                .strip_prefix(b"<")
                .and_then(|place| place.strip_suffix(b">"))
                .is_some_and(|place| matches!(place.len(), 1..=9) && place.iter().all(u8::is_ascii_digit)))
}

fn is_name(name: &[u8]) -> bool {
    is_text(name) || name.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(byte))
}
