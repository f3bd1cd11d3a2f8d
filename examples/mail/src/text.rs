//! Texts of strangers made fit to be shown: bounded, and without characters that act on a terminal.

/// One line of at most `most` characters.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    // A word of a megabyte is not looked at to its end.
    let shown = text.chars().take(most.saturating_mul(2)).map(|c| if c.is_control() { ' ' } else { c });
    let shown: String = shown.collect();
    let mut line = String::new();
    let mut length = 0;
    for word in shown.split_whitespace() {
        let blank = usize::from(!line.is_empty());
        let room = most.saturating_sub(length + blank);
        if room == 0 {
            break;
        }
        if blank == 1 {
            line.push(' ');
        }
        line.extend(word.chars().take(room));
        length += blank + word.chars().count().min(room);
    }
    line
}

/// A text of at most `most` bytes, with plain line breaks. Says whether that is all of it.
pub(crate) fn paragraphs(text: &str, most: usize) -> (String, bool) {
    let mut clean = String::with_capacity(text.len().min(most));
    for c in text.chars() {
        if c.is_control() && !matches!(c, '\n' | '\t') {
            continue;
        }
        if clean.len() + c.len_utf8() > most {
            return (clean, false);
        }
        clean.push(c);
    }
    clean.truncate(clean.trim_end().len());
    (clean, true)
}

/// What a caller sent, for a message about it.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", one_line(text, 120))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_bounded() {
        assert_eq!(one_line("  two\r\n\twords \u{1b}[31m\0 ", 80), "two words [31m");
        assert_eq!(one_line("äää äää", 5), "äää ä");
        assert_eq!(one_line("äää äää", 4), "äää");
        assert_eq!(one_line(&"x".repeat(1 << 20), 9).len(), 9);
        assert_eq!(one_line("", 9), "");
    }

    #[test]
    fn a_text_keeps_its_lines_and_nothing_that_acts() {
        assert_eq!(paragraphs("a\r\n\tb\0\u{1b}[2J\r\n\r\n", 99), ("a\n\tb[2J".to_owned(), true));
        assert_eq!(paragraphs("ää", 3), ("ä".to_owned(), false));
    }
}
