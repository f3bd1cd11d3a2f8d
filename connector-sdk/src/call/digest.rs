//! Which input a call had, without saying what it was.

use std::fmt;
use std::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::cursor::Cursor;

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
        Prefix::new(connector, connection, action).digest(input)
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

/// What the digests of all calls of an action have in common, hashed already.
pub(super) struct Prefix(Sha256);

impl Prefix {
    pub(super) fn new(connector: &str, connection: &str, action: &str) -> Self {
        const BLOCK: usize = 64;
        let mut text = Vec::with_capacity(2 * BLOCK);
        for part in [connector, connection, action] {
            // A length before each part: no two lists of parts are the same bytes.
            text.extend_from_slice(&(part.len() as u64).to_le_bytes());
            text.extend_from_slice(part.as_bytes());
        }
        // Whole blocks, so that nothing of it is left to do at a call.
        text.resize(text.len().next_multiple_of(BLOCK), 0);
        Self(Sha256::new_with_prefix(&text))
    }

    pub(super) fn digest(&self, input: &[u8]) -> InputDigest {
        let mut text = Vec::with_capacity(input.len() + 1);
        Canonical { json: Cursor::new(input), depth: 0, members: Members::new() }.write(&mut text);
        InputDigest(self.0.clone().chain_update(&text).finalize().into())
    }
}

/// Brings JSON text into one form: no white space, keys of an object in order of their bytes.
///
/// It doesn't check the text, which the typed parser does. Text that it can't follow is taken as it
/// is, which is safe: the digest is then only ever too particular.
struct Canonical<'a> {
    json: Cursor<'a>,
    depth: usize,
    /// The members of the objects that are open, those of the innermost last.
    members: Members<'a>,
}

#[derive(Clone)]
struct Member<'a> {
    key: &'a [u8],
    text: Text<'a>,
}

/// A member in its one form.
#[derive(Clone)]
enum Text<'a> {
    /// As it stands in the input.
    Read(&'a [u8]),
    /// Where it was written.
    Written(Range<usize>),
}

/// A stack of members, on the heap only where they are many.
struct Members<'a> {
    few: [Member<'a>; FEW],
    /// How many of the few there are.
    count: usize,
    /// All of them, once they were too many.
    many: Vec<Member<'a>>,
}

const FEW: usize = 8;

impl<'a> Members<'a> {
    fn new() -> Self {
        const NONE: Member<'_> = Member { key: b"", text: Text::Read(b"") };
        Self { few: [NONE; FEW], count: 0, many: Vec::new() }
    }

    fn len(&self) -> usize {
        self.count + self.many.len()
    }

    fn push(&mut self, member: Member<'a>) {
        if let (true, Some(place)) = (self.many.is_empty(), self.few.get_mut(self.count)) {
            *place = member;
            self.count += 1;
        } else {
            self.many.extend_from_slice(&self.few[..self.count]);
            self.count = 0;
            self.many.push(member);
        }
    }

    fn since(&mut self, begin: usize) -> &mut [Member<'a>] {
        if self.many.is_empty() { &mut self.few[begin..self.count] } else { &mut self.many[begin..] }
    }

    fn truncate(&mut self, length: usize) {
        self.count = self.count.min(length);
        self.many.truncate(length);
    }
}

/// Deeper than any input that the typed parser accepts (serde_json stops at 128).
const DEEPEST: usize = 130;

impl<'a> Canonical<'a> {
    fn write(mut self, out: &mut Vec<u8>) {
        let input = self.json.rest();
        let whole = self.value(out).is_some();
        self.json.space();
        if !whole || !self.json.rest().is_empty() {
            out.clear();
            out.extend_from_slice(b"not JSON:");
            out.extend_from_slice(input);
        }
    }

    fn value(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.json.space();
        match self.json.next()? {
            b'{' => self.object(out),
            b'[' => self.list(out),
            _ => {
                out.extend_from_slice(self.scalar()?);
                Some(())
            }
        }
    }

    fn object(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.enter()?;
        out.push(b'{');
        let outer = self.members.len();
        let first = out.len();
        if !self.json.skip(b'}') {
            loop {
                let member = self.member(out)?;
                self.members.push(member);
                if !self.json.skip(b',') {
                    break;
                }
            }
            if !self.json.skip(b'}') {
                return None;
            }
            write_sorted(out, first, self.members.since(outer));
            self.members.truncate(outer);
        }
        out.push(b'}');
        self.depth -= 1;
        Some(())
    }

    /// A member of an object. What stands in the input as it should is not written before it is known
    /// where.
    fn member(&mut self, out: &mut Vec<u8>) -> Option<Member<'a>> {
        self.json.space();
        let (begin, written) = (self.json.at(), out.len());
        let key = self.string()?;
        if !self.json.skip(b':') {
            return None;
        }
        self.json.space();
        let compact = self.json.at() == begin + key.len() + 1;
        if compact && !matches!(self.json.next(), Some(b'{' | b'[')) {
            self.scalar()?;
            return Some(Member { key, text: Text::Read(self.json.since(begin)) });
        }
        out.extend_from_slice(key);
        out.push(b':');
        self.value(out)?;
        Some(Member { key, text: Text::Written(written..out.len()) })
    }

    fn list(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.enter()?;
        out.push(b'[');
        if !self.json.skip(b']') {
            loop {
                self.value(out)?;
                if !self.json.skip(b',') {
                    break;
                }
                out.push(b',');
            }
            if !self.json.skip(b']') {
                return None;
            }
        }
        out.push(b']');
        self.depth -= 1;
        Some(())
    }

    /// A value that has no values in it, as it is written.
    fn scalar(&mut self) -> Option<&'a [u8]> {
        let rest = self.json.rest();
        if rest.first() == Some(&b'"') {
            return self.string();
        }
        let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
        let end = rest.iter().position(ends).unwrap_or(rest.len());
        self.json.advance(end);
        (end > 0).then_some(&rest[..end])
    }

    /// A string with its quotes, as it is written.
    fn string(&mut self) -> Option<&'a [u8]> {
        let rest = self.json.rest();
        if rest.first() != Some(&b'"') {
            return None;
        }
        let mut at = 1;
        loop {
            at += special(rest.get(at..)?)?;
            if rest[at] == b'"' {
                self.json.advance(at + 1);
                return Some(&rest[..=at]);
            }
            at += 2;
        }
    }

    fn enter(&mut self) -> Option<()> {
        self.json.advance(1);
        self.depth += 1;
        (self.depth <= DEEPEST).then_some(())
    }
}

/// Where a string's next quote or backslash is.
fn special(text: &[u8]) -> Option<usize> {
    // Most strings are over before a search that is made for long ones has begun.
    let (near, far) = text.split_at(text.len().min(16));
    match near.iter().position(|byte| matches!(byte, b'"' | b'\\')) {
        Some(at) => Some(at),
        None => Some(near.len() + memchr::memchr2(b'"', b'\\', far)?),
    }
}

/// Writes the members of an object from `first` on, in order of their keys. Equal keys keep their order,
/// since the last of them counts.
fn write_sorted(out: &mut Vec<u8>, first: usize, members: &mut [Member<'_>]) {
    members.sort_by_key(|member| member.key);
    // Behind those that are written already, which it then takes the place of.
    let end = out.len();
    for (place, member) in members.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        match &member.text {
            Text::Read(text) => out.extend_from_slice(text),
            Text::Written(span) => out.extend_from_within(span.clone()),
        }
    }
    if end > first {
        out.copy_within(end.., first);
        out.truncate(out.len() - (end - first));
    }
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
    fn order_does_not_matter_among_many_members() {
        let object = |keys: &mut dyn Iterator<Item = u32>, inner: &str| {
            let members = keys.map(|key| format!(r#""k{key:02}":{{"a":{key},"b":[{inner}]}}"#));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        };
        let inner = [object(&mut (0..9), ""), object(&mut (0..9).rev(), "")];
        for count in [3, 8, 9, 30] {
            let one = digest(&object(&mut (0..count), &inner[0]));
            assert_eq!(one, digest(&object(&mut (0..count).rev(), &inner[1])), "{count}");
            assert_ne!(one, digest(&object(&mut (1..=count), &inner[0])), "{count}");
        }
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
