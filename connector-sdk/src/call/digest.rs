//! Which input a call had, without saying what it was.

use std::fmt;

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
        let mut hash = Sha256::new();
        for part in [connector, connection, action] {
            // A length before each part: no two lists of parts are the same bytes.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Canonical { json: input, at: 0, depth: 0 }.hash_into(&mut hash);
        Self(hash.finalize().into())
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
/// It doesn't check the text, which the typed parser does. Text that it can't follow is hashed as it
/// is, which is safe: the digest is then only ever too particular.
struct Canonical<'a> {
    json: &'a [u8],
    at: usize,
    depth: usize,
}

/// Deeper than any input that the typed parser accepts (serde_json stops at 128).
const DEEPEST: usize = 130;

impl<'a> Canonical<'a> {
    fn hash_into(mut self, hash: &mut Sha256) {
        let mut text = Vec::with_capacity(self.json.len());
        let whole = self.value(&mut text).is_some();
        self.space();
        if whole && self.at == self.json.len() {
            hash.update(&text);
        } else {
            hash.update(b"not JSON:");
            hash.update(self.json);
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
                let end = rest.iter().position(|byte| b",]} \t\r\n".contains(byte)).unwrap_or(rest.len());
                out.extend_from_slice(&rest[..end]);
                self.at += end;
                (end > 0).then_some(())
            }
        }
    }

    fn object(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.enter()?;
        let mut members: Vec<(&'a [u8], usize)> = Vec::new();
        let begin = out.len();
        let mut sorted = true;
        out.push(b'{');
        let first = out.len();
        if !self.skip(b'}') {
            loop {
                self.space();
                let key = self.string()?;
                if !self.skip(b':') {
                    return None;
                }
                sorted &= members.last().is_none_or(|(last, _)| *last < key);
                members.push((key, out.len()));
                out.extend_from_slice(key);
                out.push(b':');
                self.value(out)?;
                out.push(b',');
                if !self.skip(b',') {
                    break;
                }
            }
            if !self.skip(b'}') {
                return None;
            }
        }
        if !sorted {
            sort_members(out, first, &members);
        }
        if out.len() > begin + 1 {
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
        while self.json.get(self.at).is_some_and(|byte| b" \t\r\n".contains(byte)) {
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
fn sort_members(out: &mut Vec<u8>, first: usize, members: &[(&[u8], usize)]) {
    let ends = members.iter().skip(1).map(|(_, begin)| *begin).chain([out.len()]);
    let mut spans: Vec<_> = members.iter().zip(ends).map(|((key, begin), end)| (*key, *begin..end)).collect();
    spans.sort_by_key(|(key, _)| *key);
    let sorted: Vec<u8> = spans.into_iter().flat_map(|(_, span)| out[span].to_vec()).collect();
    out.truncate(first);
    out.extend_from_slice(&sorted);
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
