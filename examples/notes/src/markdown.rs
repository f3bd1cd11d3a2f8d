//! A note's lines and what each of them is, for its title and for the ranking of a search.

use std::borrow::Cow;

use crate::front_matter::FrontMatter;
use crate::text::one_line;

/// A note's text, with its header read.
pub(crate) struct Markdown<'a> {
    content: &'a str,
    front_matter: FrontMatter,
}

/// One line.
#[derive(Debug, PartialEq)]
pub(crate) struct Line<'a> {
    /// Counted from 1.
    pub(crate) number: usize,
    pub(crate) place: Place,
    /// The words of the line: a heading's without its marks, a title's as it is meant.
    pub(crate) text: Cow<'a, str>,
}

/// What a line is to its note, from the least to the most telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Body,
    /// A heading, or the tags.
    Heading,
    Title,
}

impl<'a> Markdown<'a> {
    pub(crate) fn new(content: &'a str) -> Self {
        Self { content, front_matter: FrontMatter::read(content) }
    }

    /// The title of the header, else the first heading.
    pub(crate) fn title(&self) -> Option<String> {
        let title = self.lines().find(|line| line.place == Place::Title)?;
        Some(one_line(&title.text, crate::front_matter::LONGEST_TITLE))
    }

    pub(crate) fn tags(&self) -> &[String] {
        &self.front_matter.tags
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.header_lines().chain(self.body_lines())
    }

    fn header_lines(&self) -> impl Iterator<Item = Line<'_>> {
        let header = &self.front_matter;
        let inside = 1..header.lines.saturating_sub(1);
        self.content.lines().enumerate().take(inside.end).skip(inside.start).filter_map(|(index, text)| {
            // A title or list of tags over several lines counts once, where it begins.
            let (place, text) = if header.title_at.contains(&index) && header.title.is_some() {
                let title = header.title.as_deref().filter(|_| index == header.title_at.start)?;
                (Place::Title, Cow::Borrowed(title))
            } else if header.tags_at.contains(&index) && !header.tags.is_empty() {
                let first = index == header.tags_at.start;
                (Place::Heading, first.then(|| header.tags.join(", ").into())?)
            } else {
                (Place::Body, Cow::Borrowed(text))
            };
            Some(Line { number: index + 1, place, text })
        })
    }

    fn body_lines(&self) -> impl Iterator<Item = Line<'_>> {
        let mut lines = self.content.lines().enumerate().skip(self.front_matter.lines).peekable();
        let mut fence: Option<Fence> = None;
        let mut titled = self.front_matter.title.is_some();
        std::iter::from_fn(move || {
            let (index, text) = lines.next()?;
            let was_code = fence.is_some();
            match (&fence, Fence::of(text)) {
                (None, opened) => fence = opened,
                (Some(open), Some(other)) if other.closes(open) => fence = None,
                _ => {}
            }
            let next = lines.peek().map_or("", |(_, next)| *next);
            let heading = if was_code || fence.is_some() { None } else { heading(text, next) };
            let place = match heading {
                Some(_) if !std::mem::replace(&mut titled, true) => Place::Title,
                Some(_) => Place::Heading,
                None => Place::Body,
            };
            Some(Line { number: index + 1, place, text: heading.unwrap_or(text).into() })
        })
    }
}

/// The words of a heading: `# so` or underlined by the next line.
fn heading<'a>(line: &'a str, next: &str) -> Option<&'a str> {
    let text = unindented(line)?.trim_end();
    let marks = text.len() - text.trim_start_matches('#').len();
    if marks > 0 {
        let words = &text[marks..];
        if marks > 6 || !(words.is_empty() || words.starts_with([' ', '\t'])) {
            return None;
        }
        let closed = words.trim_end_matches('#');
        let words = if closed.ends_with([' ', '\t']) { closed } else { words };
        return Some(words.trim()).filter(|words| !words.is_empty());
    }
    // A list item, a quote or a row of a table above a rule is no heading.
    let is_paragraph = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '*' | '`' | '[' | '"'))
        && !text.starts_with("* ");
    (is_paragraph && is_underline(next)).then_some(text)
}

fn is_underline(line: &str) -> bool {
    let marks = unindented(line).unwrap_or("").trim_end();
    marks.len() >= 2 && (marks.bytes().all(|b| b == b'=') || marks.bytes().all(|b| b == b'-'))
}

/// The line without its indentation; none where that is deep enough to make it code.
fn unindented(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    (line.len() - text.len() <= 3 && !text.starts_with('\t')).then_some(text)
}

/// The line that opens or closes a block of code, in which `# so` is a comment.
struct Fence {
    mark: char,
    length: usize,
    bare: bool,
}

impl Fence {
    fn of(line: &str) -> Option<Self> {
        let text = unindented(line)?;
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let rest = text.trim_start_matches(mark);
        let length = text.len() - rest.len();
        // Three backticks with more of them behind are code inside a line.
        (length >= 3 && !(mark == '`' && rest.contains('`'))).then(|| Self {
            mark,
            length,
            bare: rest.trim().is_empty(),
        })
    }

    fn closes(&self, open: &Self) -> bool {
        self.bare && self.mark == open.mark && self.length >= open.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(content: &str) -> Option<String> {
        Markdown::new(content).title()
    }

    fn headings(content: &str) -> Vec<String> {
        let markdown = Markdown::new(content);
        markdown.lines().filter(|line| line.place > Place::Body).map(|line| line.text.into_owned()).collect()
    }

    #[test]
    fn the_header_wins_then_the_first_heading() {
        assert_eq!(title("---\ntitle: A\n---\n# B\n"), Some("A".into()));
        assert_eq!(title("---\ndate: x\n---\ntext\n\n## B ##\n# C\n"), Some("B".into()));
        assert_eq!(title("Underlined\n===\n"), Some("Underlined".into()));
        assert_eq!(title("only text\n"), None);
        assert_eq!(title(""), None);
        assert_eq!(title("# C#\n"), Some("C#".into()));
    }

    #[test]
    fn what_looks_like_a_heading_and_is_none() {
        assert_eq!(title("#hashtag\n####### seven\n    # code\n\t# code\n#\n# #\n"), None);
        assert_eq!(
            title("```sh\n# comment\n```\n~~~\n# comment\n```\n# still\n~~~\n# real"),
            Some("real".into())
        );
        assert_eq!(title("```never closed\n# comment"), None);
        assert_eq!(title("````md\n```\n# inside\n````\n# real"), Some("real".into()));
        assert_eq!(title("```\n```\n---\n"), None);
        assert_eq!(title("``` `code` ```\n# real"), Some("real".into()));
        assert_eq!(title("- item\n---\n| a | b |\n---\n> quote\n---\n"), None);
    }

    #[test]
    fn headings_keep_their_line_numbers() {
        let markdown =
            Markdown::new("---\r\ntitle: A\r\ntags: [x, y]\r\nother: z\r\n---\r\n\r\n# B\r\ntext\r\n");
        let lines: Vec<_> = markdown.lines().map(|l| (l.number, l.place, l.text.into_owned())).collect();
        assert_eq!(
            lines,
            [
                (2, Place::Title, "A".into()),
                (3, Place::Heading, "x, y".into()),
                (4, Place::Body, "other: z".into()),
                (6, Place::Body, String::new()),
                (7, Place::Heading, "B".into()),
                (8, Place::Body, "text".into()),
            ]
        );
    }

    #[test]
    fn a_rule_at_the_top_is_no_header() {
        assert_eq!(headings("---\n# Title\ntext\n\n## Part\n"), ["Title", "Part"]);
    }
}
