//! Message-IDs: the names that mails have wherever they are (RFC 5322, 3.6.4).

use std::fmt;

use sha2::{Digest as _, Sha256};

/// Longer ones have no place in a header's line.
const LONGEST: usize = 250;

/// A Message-ID that can stand in a header and in a search, kept without its angle brackets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MessageId(String);

impl MessageId {
    /// Reads one, with its angle brackets or without. None where it isn't one that can be written again.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let inside = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
        let has_two_sides =
            inside.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty());
        let is_fit = has_two_sides
            && inside.len() <= LONGEST
            && inside
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"' | b'\\'));
        is_fit.then(|| Self(inside.to_owned()))
    }

    /// The one of a mail that a host calls `id`: the same whenever it is sent, so that who gets it twice
    /// can tell.
    pub(crate) fn derived(id: &str, domain: &str) -> Self {
        let digest = Sha256::digest(id.as_bytes());
        let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{name}@{domain}"))
    }

    /// Without its angle brackets, for a search.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_written_again_is_one() {
        for text in ["<a@b>", "a@b", "  <a@b>\r\n"] {
            assert_eq!(MessageId::read(text).expect(text).to_string(), "<a@b>");
        }
        for text in [
            "",
            "<>",
            "a b@c",
            "a\"@b",
            "a\\@b",
            "<a@b> <c@d>",
            "ä@b",
            "a\r\nBcc:x@y",
            &format!("{}@y", "x".repeat(251)),
            "@",
            "<@>",
            "e",
            "<a@>",
            "<@b>",
        ] {
            assert_eq!(MessageId::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_same_message_has_the_same_one() {
        let id = MessageId::derived("host-1", "example.org");
        assert_eq!(id, MessageId::derived("host-1", "example.org"));
        assert_ne!(id, MessageId::derived("host-2", "example.org"));
        assert_eq!(MessageId::read(&id.to_string()), Some(id.clone()));
        assert!(id.as_str().ends_with("@example.org") && id.as_str().len() == 32 + 12, "{id}");
    }
}
