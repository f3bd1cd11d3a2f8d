//! Breaks a text into lines that are no wider than a terminal.

use unicode_width::UnicodeWidthStr as _;

/// The lines of a text, none wider than that many columns, unless a single word is. What begins a line
/// with blanks (an item of a list, an example) goes on below them.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let words = line.trim_start();
        let indent = &line[..line.len() - words.len()];
        let mut out = indent.to_owned();
        let mut begun = false;
        for word in words.split_whitespace() {
            if begun && out.width() + 1 + word.width() > columns {
                lines.push(std::mem::replace(&mut out, indent.to_owned()));
                begun = false;
            }
            if begun {
                out.push(' ');
            }
            out.push_str(word);
            begun = true;
        }
        out.truncate(out.trim_end().len());
        lines.push(out);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 13), ["one two three"]);
        assert_eq!(wrap("a longwordthatdoesnotfit b", 5), ["a", "longwordthatdoesnotfit", "b"]);
        assert_eq!(wrap("one\n\n  two three", 8), ["one", "", "  two", "  three"]);
        assert_eq!(wrap("", 5), [""; 0]);
        assert_eq!(wrap("日本 語題 名", 9), ["日本 語題", "名"], "what is seen counts");
    }
}
