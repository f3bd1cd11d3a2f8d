//! Which input a call had, without saying what it was.

use std::fmt;
use std::ops::Range;

use sha2::{Digest as _, Sha256};

/// SHA-256 of a connector, connection, action and canonical input.
///
/// White space and the order of an object's keys don't change it, so that an input may be parsed and
/// written again between an approval and the call. Anything else does.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InputDigest([u8; 32]);

impl InputDigest {
    /// The digest of a call. `action` is the action's name, `input` its JSON text; what is no JSON
    /// has a digest too.
    pub fn of(connector: &str, connection: &str, action: &str, input: &[u8]) -> Self {
        let parts = [connector, connection, action];
        let around: usize = parts.iter().map(|part| size_of::<u64>() + part.len()).sum();
        // One buffer for all that is hashed, with room for the copy of a sorted object.
        let mut text = Vec::with_capacity(around + input.len() * 2);
        for part in parts {
            // A length before each part: no two lists of parts are the same bytes.
            text.extend_from_slice(&(part.len() as u64).to_le_bytes());
            text.extend_from_slice(part.as_bytes());
        }
        Canonical { json: input, at: 0, depth: 0, members: Vec::new() }.write(&mut text);
        Self(Sha256::digest(&text).into())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for InputDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for InputDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Brings JSON text into one form: no white space, keys of an object in order of their bytes.
///
/// It doesn't check the text, which the typed parser does. Text that it can't follow is taken as it
/// is, which is safe: the digest is then only ever too particular.
struct Canonical<'a> {
    json: &'a [u8],
    at: usize,
    depth: usize,
    /// The members of the objects that are open, those of the innermost last: each key with its place
    /// in what was written.
    members: Vec<Member<'a>>,
}

struct Member<'a> {
    key: &'a [u8],
    span: Range<usize>,
}

/// Deeper than any input that the typed parser accepts (serde_json stops at 128).
const DEEPEST: usize = 130;

impl<'a> Canonical<'a> {
    fn write(mut self, out: &mut Vec<u8>) {
        let begin = out.len();
        let whole = self.value(out).is_some();
        self.space();
        if !whole || self.at < self.json.len() {
            out.truncate(begin);
            out.extend_from_slice(b"not JSON:");
            out.extend_from_slice(self.json);
        }
    }

    fn value(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.space();
        match self.json.get(self.at)? {
            b'{' => self.object(out),
            b'[' => self.list(out),
            b'"' => {
                out.extend_from_slice(self.string()?);
                Some(())
            }
            _ => {
                let rest = &self.json[self.at..];
                let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
                let end = rest.iter().position(ends).unwrap_or(rest.len());
                out.extend_from_slice(&rest[..end]);
                self.at += end;
                (end > 0).then_some(())
            }
        }
    }

    fn object(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.enter()?;
        out.push(b'{');
        let outer = self.members.len();
        let first = out.len();
        if !self.skip(b'}') {
            loop {
                self.space();
                let begin = out.len();
                let key = self.string()?;
                if !self.skip(b':') {
                    return None;
                }
                out.extend_from_slice(key);
                out.push(b':');
                self.value(out)?;
                out.push(b',');
                self.members.push(Member { key, span: begin..out.len() });
                if !self.skip(b',') {
                    break;
                }
            }
            if !self.skip(b'}') {
                return None;
            }
            sort_members(out, first, &mut self.members[outer..]);
            self.members.truncate(outer);
            // The last comma.
            out.pop();
        }
        out.push(b'}');
        self.depth -= 1;
        Some(())
    }

    fn list(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.enter()?;
        out.push(b'[');
        if !self.skip(b']') {
            loop {
                self.value(out)?;
                if !self.skip(b',') {
                    break;
                }
                out.push(b',');
            }
            if !self.skip(b']') {
                return None;
            }
        }
        out.push(b']');
        self.depth -= 1;
        Some(())
    }

    /// A string with its quotes, as it is written.
    fn string(&mut self) -> Option<&'a [u8]> {
        let begin = self.at;
        if self.json.get(begin) != Some(&b'"') {
            return None;
        }
        let mut at = begin + 1;
        loop {
            at += memchr::memchr2(b'"', b'\\', self.json.get(at..)?)?;
            if self.json[at] == b'"' {
                self.at = at + 1;
                return Some(&self.json[begin..=at]);
            }
            at += 2;
        }
    }

    fn enter(&mut self) -> Option<()> {
        self.at += 1;
        self.depth += 1;
        (self.depth <= DEEPEST).then_some(())
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.json.get(self.at) {
            self.at += 1;
        }
    }

    fn skip(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.json.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }
}

/// Puts the members of an object, which lie in `out` from `first` on, in order of their keys. Equal
/// keys keep their order, since the last of them counts.
fn sort_members(out: &mut Vec<u8>, first: usize, members: &mut [Member<'_>]) {
    if members.is_sorted_by_key(|member| member.key) {
        return;
    }
    members.sort_by_key(|member| member.key);
    // A sorted copy behind them, which then takes their place.
    let end = out.len();
    for member in members {
        out.extend_from_within(member.span.clone());
    }
    out.copy_within(end.., first);
    out.truncate(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(input: &str) -> InputDigest {
        InputDigest::of("notes", "default", "create_note", input.as_bytes())
    }

    #[test]
    fn order_and_white_space_do_not_matter() {
        let one = digest(r#"{"title":"a b","tags":[1,{"x":1,"y":{}}],"z":[]}"#);
        assert_eq!(
            one,
            digest(" { \"z\" : [ ] ,\n\"tags\":[ 1 , {\"y\":{ },\"x\":1}],\t\"title\":\"a b\"} ")
        );
    }

    #[test]
    fn everything_else_matters() {
        let inputs = [
            r#"{"a":1}"#,
            r#"{"a":"1"}"#,
            r#"{"a":1.0}"#,
            r#"{"b":1}"#,
            r#"{"a":[1,2]}"#,
            r#"{"a":[2,1]}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":2,"a":1}"#,
            r#"{"a":" "}"#,
            r#"{"a":""}"#,
            "{}",
            "[]",
            "",
            "{",
            r#"{"a":1}}"#,
            r#"{"a":"\""}"#,
            r#"{"a":"\\"}"#,
        ];
        for (i, a) in inputs.iter().enumerate() {
            for b in &inputs[..i] {
                assert_ne!(digest(a), digest(b), "{a} and {b}");
            }
        }
        let other = InputDigest::of("notes", "default", "delete_note", b"{}");
        assert_ne!(digest("{}"), other);
        assert_ne!(InputDigest::of("ab", "c", "d", b""), InputDigest::of("a", "bc", "d", b""));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(1_000_000);
        assert_ne!(digest(&deep), digest("[]"));
    }
}
