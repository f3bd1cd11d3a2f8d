//! Texts made fit to be shown: one line, bounded, without characters that would act on a terminal.
//!
//! Notes are whatever somebody put into the folder, and what is said of them (titles, lines of
//! context, paths in messages) goes to terminals, logs and models.

/// The text in one line of at most `most` characters.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    around(text, 0, most)
}

/// At most `most` characters of the text, in one line, with the character at `at` among them.
pub(crate) fn around(text: &str, at: usize, most: usize) -> String {
    let length = text.chars().count();
    // What leads up to a place tells less than what follows it.
    let start = at.saturating_sub(most / 3).min(length.saturating_sub(most));
    let window: String =
        text.chars().skip(start).take(most).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut line = String::with_capacity(window.len() + 6);
    if start > 0 {
        line.push('…');
    }
    for (index, word) in window.split_whitespace().enumerate() {
        if index > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
    if start + most < length {
        line.push('…');
    }
    line
}

/// A path or title that a caller sent, for a message about it.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", one_line(text, 120))
}

/// Puts the text in lower case, character by character, into a buffer that is used again and again.
///
/// By character, unlike [`str::to_lowercase`], so that a sigma is the same inside and at the end of a
/// word, and a part of a word folds to a part of the folded word.
pub(crate) fn fold_into(text: &str, folded: &mut String) {
    folded.clear();
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
    } else {
        let lower = text.chars().flat_map(char::to_lowercase);
        folded.extend(lower.map(|c| if c == 'ς' { 'σ' } else { c }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(text: &str) -> String {
        let mut folded = "left over".to_owned();
        fold_into(text, &mut folded);
        folded
    }

    #[test]
    fn a_text_becomes_one_clean_line() {
        assert_eq!(one_line("  two\n\twords \u{1b}[31m ", 80), "two words [31m");
        assert_eq!(one_line("", 80), "");
    }

    #[test]
    fn a_long_text_is_cut_by_characters_and_says_so() {
        assert_eq!(one_line("ääää", 4), "ääää");
        assert_eq!(one_line("äääää", 4), "ääää…");
    }

    #[test]
    fn the_place_is_inside_the_window() {
        let text = format!("{}needle{}", "x".repeat(500), "y".repeat(500));
        let line = around(&text, 500, 60);
        assert!(line.starts_with('…') && line.contains("needle") && line.ends_with('…'), "{line}");
        assert_eq!(line.chars().count(), 62);
        let end = around(&text, 1005, 60);
        assert!(end.starts_with('…') && end.ends_with('y'), "{end}");
        assert_eq!(around("short", 99, 60), "short", "a place past the end is no panic");
    }

    #[test]
    fn folding_knows_more_than_ascii() {
        assert_eq!(fold("ÄÖ Straße"), "äö straße");
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"), "both sigmas are the same letter");
        assert_eq!(fold("README"), "readme");
    }
}
