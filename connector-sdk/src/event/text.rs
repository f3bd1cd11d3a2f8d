//! Short texts of many events in one piece of memory.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// The id or the cursor of an event: a text that is cheap to clone and to keep.
///
/// Events that come together share the memory of theirs, since a million small pieces that one thread takes
/// and another gives back cost more than everything else that is done with an event.
#[derive(Clone)]
pub struct Text {
    of: Arc<String>,
    from: u32,
    to: u32,
}

impl Text {
    /// The most bytes of one: a host says both of an event in one line, which has its limit.
    pub(super) const MOST: usize = 64 * 1024;

    /// The texts that lie one after the other in one, given where each ends.
    pub(super) fn parts(of: &str, ends: impl Iterator<Item = usize>) -> impl Iterator<Item = Self> {
        let of = Arc::new(of.to_owned());
        let mut from = 0;
        ends.map(move |end| {
            // What one batch holds is far below 4 GiB.
            let to = u32::try_from(end).unwrap_or(u32::MAX);
            let text = Self { of: Arc::clone(&of), from, to };
            from = to;
            text
        })
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.of.get(self.from as usize..self.to as usize).unwrap_or_default()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let to = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self { of: Arc::new(text.to_owned()), from: 0, to }
    }
}

impl From<&Text> for Arc<str> {
    fn from(text: &Text) -> Self {
        Self::from(&**text)
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

// As the text does, so that a map of them is asked with a text.
impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn parts_are_texts_of_their_own() {
        let parts: Vec<Text> = Text::parts("e1ä7", [2, 4, 4, 5].into_iter()).collect();
        assert_eq!(parts, ["e1", "ä", "", "7"]);
        let kept: HashSet<Text> = parts.into_iter().collect();
        assert!(kept.contains("ä") && !kept.contains("e1ä"));
        assert!(kept.contains(&Text::from("7")));
    }
}
