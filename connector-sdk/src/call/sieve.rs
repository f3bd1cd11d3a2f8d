//! Whether a text holds any of many words, told by looking at few of its bytes.

/// A table of shifts over pairs of bytes, after Wu and Manber, "A fast algorithm for multi-pattern searching"
/// (University of Arizona, TR 94-17, 1994).
///
/// As long as the shortest word is, so far a search may go on where a text has two bytes that stand in none of
/// the words. One search for all words costs less than one for each of them does.
pub(super) struct Sieve {
    /// The length of the shortest word.
    shortest: usize,
    /// How far to go on after a pair of bytes; 0 where a word may have ended its first `shortest` bytes.
    shifts: Box<[u8; SLOTS]>,
}

const SLOTS: usize = 4096;

fn slot(first: u8, second: u8) -> usize {
    (usize::from(first) << 4 ^ usize::from(second)) % SLOTS
}

impl Sieve {
    /// A sieve for words; none where a word is too short for it, or there is no word.
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w [u8]> + Clone) -> Option<Self> {
        let shortest = words.clone().map(<[u8]>::len).min().filter(|length| *length >= 2)?;
        let farthest = u8::try_from(shortest - 1).unwrap_or(u8::MAX);
        let mut shifts = Box::new([farthest; SLOTS]);
        for word in words {
            for (end, pair) in word[..shortest].windows(2).enumerate() {
                let shift = &mut shifts[slot(pair[0], pair[1])];
                // The pair ends at `end + 1`, the part of the word at `shortest - 1`.
                *shift = (*shift).min(u8::try_from(shortest - 2 - end).unwrap_or(u8::MAX));
            }
        }
        Some(Self { shortest, shifts })
    }

    /// Whether one of the words is in the text. They are those that it was made for.
    #[inline]
    pub(super) fn finds<'w>(&self, text: &[u8], words: impl Iterator<Item = &'w [u8]> + Clone) -> bool {
        let mut end = self.shortest - 1;
        while let (Some(&first), Some(&second)) = (text.get(end - 1), text.get(end)) {
            let shift = self.shifts[slot(first, second)];
            if shift == 0 {
                let here = &text[end + 1 - self.shortest..];
                if words.clone().any(|word| here.starts_with(word)) {
                    return true;
                }
            }
            end += usize::from(shift).max(1);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(words: &[&str], text: &str) -> bool {
        let words = words.iter().map(|word| word.as_bytes());
        Sieve::new(words.clone()).expect("a sieve").finds(text.as_bytes(), words)
    }

    #[test]
    fn a_word_is_found_wherever_it_stands() {
        let words = ["secret", "other-word", "ab"];
        for (text, found) in [
            ("", false),
            ("a", false),
            ("ab", true),
            ("ba", false),
            ("the secret", true),
            ("secre", false),
            ("secresecret", true),
            ("an other-wor", false),
            ("an other-word.", true),
        ] {
            assert_eq!(finds(&words, text), found, "{text}");
        }
        assert!(finds(&[&"long".repeat(100)], &format!("x{}", "long".repeat(101))));
    }

    #[test]
    fn what_is_too_short_has_no_sieve() {
        assert!(Sieve::new(["a".as_bytes(), b"long"].into_iter()).is_none());
        assert!(Sieve::new(std::iter::empty()).is_none());
    }

    #[test]
    fn it_finds_what_a_plain_search_finds() {
        let mut texts = vec![String::new()];
        for _ in 0..6 {
            let longer = texts.iter().flat_map(|text| ["a", "b", "c"].map(|end| format!("{text}{end}")));
            texts.extend(longer.collect::<Vec<_>>());
        }
        for words in [&["aa"][..], &["ab", "bab"], &["abc", "cab", "bbbb"], &["aab", "abab", "caa"]] {
            for text in &texts {
                assert_eq!(
                    finds(words, text),
                    words.iter().any(|word| text.contains(word)),
                    "{words:?}: {text}"
                );
            }
        }
    }
}
