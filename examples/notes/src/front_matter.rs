//! The YAML between two `---` lines at the start of a note, as far as a note needs it.
//!
//! Two keys are wanted and nothing in a note may break the reading of it, so this goes by lines and
//! has no errors: what it doesn't understand, it leaves. A YAML parser would refuse a whole header
//! for one odd line, and would have to be guarded against headers that grow when they are parsed.

use std::ops::Range;

use connector_sdk::serde_json;

use crate::text::one_line;

/// A header that hasn't ended after that many lines is none.
const MOST_LINES: usize = 1_000;
const MOST_TAGS: usize = 50;
/// In characters, for titles and tags.
pub(crate) const LONGEST_TITLE: usize = 200;

/// What the header says. Lines are counted from 0, the opening `---`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct FrontMatter {
    pub(crate) title: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) title_at: Range<usize>,
    pub(crate) tags_at: Range<usize>,
    /// How many lines it takes with both `---`; 0 where there is none.
    pub(crate) lines: usize,
}

impl FrontMatter {
    pub(crate) fn read(content: &str) -> Self {
        let mut found = Self::default();
        let mut lines = content.lines();
        if lines.next().map(str::trim_end) != Some("---") {
            return found;
        }
        let is_end = |line: &str| matches!(line.trim_end(), "---" | "...");
        let Some(length) = lines.take(MOST_LINES).position(is_end) else { return found };
        found.lines = length + 2;
        let mut header = content.lines().enumerate().skip(1).take(length).peekable();
        while let Some((start, line)) = header.next() {
            let (mut value, mut end) = (Value::default(), start + 1);
            while let Some((_, more)) = header.next_if(|(_, line)| belongs_to_the_line_before(line)) {
                value.more.push(more.trim());
                end += 1;
            }
            let Some((key, rest)) = line.split_once(':') else { continue };
            value.first = rest.trim();
            if key.trim_end().eq_ignore_ascii_case("title") && found.title.is_none() {
                (found.title, found.title_at) = (value.text(), start..end);
            } else if key.trim_end().eq_ignore_ascii_case("tags") && found.tags.is_empty() {
                (found.tags, found.tags_at) = (value.list(), start..end);
            }
        }
        found
    }
}

fn belongs_to_the_line_before(line: &str) -> bool {
    line.starts_with([' ', '\t']) || line.starts_with("- ") || line.trim_end() == "-"
}

/// What stands after a key, on its line and on the lines that belong to it.
#[derive(Default)]
struct Value<'a> {
    first: &'a str,
    more: Vec<&'a str>,
}

impl Value<'_> {
    fn text(&self) -> Option<String> {
        let text = if self.first.starts_with(['|', '>']) {
            self.more.join(" ")
        } else {
            scalar(&self.joined(), &[]).0
        };
        let text = one_line(&text, LONGEST_TITLE);
        (!matches!(text.as_str(), "" | "~" | "null")).then_some(text)
    }

    fn list(&self) -> Vec<String> {
        let mut tags = Tags::default();
        let joined = self.joined();
        if let Some(mut rest) = joined.strip_prefix('[') {
            while !rest.is_empty() && !rest.starts_with(']') && tags.0.len() < MOST_TAGS {
                let (tag, after) = scalar(rest, &[',', ']']);
                tags.add(&tag);
                // What stands behind a quoted tag, such as the b of `"a" b`, belongs to no tag.
                let after = after.find([',', ']']).map_or("", |stop| &after[stop..]);
                rest = after.strip_prefix(',').unwrap_or(after);
            }
        } else if self.first.is_empty() {
            for item in self.more.iter().filter_map(|line| line.strip_prefix('-')).take(MOST_TAGS) {
                tags.add(&scalar(item, &[]).0);
            }
        } else {
            let text = scalar(&joined, &[]).0;
            let separator = |c: char| if text.contains(',') { c == ',' } else { c.is_whitespace() };
            text.split(separator).take(MOST_TAGS).for_each(|tag| tags.add(tag));
        }
        tags.0
    }

    fn joined(&self) -> String {
        let mut joined = self.first.to_owned();
        for line in &self.more {
            joined.push(' ');
            joined.push_str(line);
        }
        joined.trim_start().to_owned()
    }
}

#[derive(Default)]
struct Tags(Vec<String>);

impl Tags {
    fn add(&mut self, tag: &str) {
        let tag = one_line(tag.trim().trim_start_matches('#'), LONGEST_TITLE);
        if !tag.is_empty() && !self.0.contains(&tag) {
            self.0.push(tag);
        }
    }
}

/// One value, quoted or plain, and what stands behind it. A plain one ends at a comment or a stop.
fn scalar<'a>(text: &'a str, stops: &[char]) -> (String, &'a str) {
    let text = text.trim_start();
    if let Some(quoted) = double_quoted(text).or_else(|| single_quoted(text)) {
        return quoted;
    }
    let end = text.find(stops).unwrap_or(text.len());
    let plain = &text[..end];
    let comment = if plain.starts_with('#') { Some(0) } else { plain.find(" #") };
    // In a list, `#work` is how many people write a tag.
    let plain = if stops.is_empty() { &plain[..comment.unwrap_or(end)] } else { plain };
    (plain.trim().to_owned(), &text[end..])
}

fn double_quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut escaped = false;
    let end = inner.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    // YAML's escapes are JSON's and a few rare ones, with which the text stays as it is written.
    let value = serde_json::from_str(&text[..end + 2]).unwrap_or_else(|_| inner[..end].to_owned());
    Some((value, &inner[end + 1..]))
}

fn single_quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('\'')?;
    let mut from = 0;
    loop {
        let end = from + inner[from..].find('\'')?;
        if inner[end + 1..].starts_with('\'') {
            from = end + 2;
        } else {
            return Some((inner[..end].replace("''", "'"), &inner[end + 1..]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(yaml: &str) -> FrontMatter {
        FrontMatter::read(&format!("---\n{yaml}\n---\nbody\n"))
    }

    fn title(yaml: &str) -> Option<String> {
        header(yaml).title
    }

    fn tags(yaml: &str) -> Vec<String> {
        header(yaml).tags
    }

    #[test]
    fn titles_of_every_spelling() {
        assert_eq!(title("title: Plain words"), Some("Plain words".into()));
        assert_eq!(title("title: Plain # a comment"), Some("Plain".into()));
        assert_eq!(title("title: C# in a day"), Some("C# in a day".into()));
        assert_eq!(title("title: 10:30 meeting: notes"), Some("10:30 meeting: notes".into()));
        assert_eq!(title(r#"title: "Say \"hi\" \\ \u00e9" # c"#), Some(r#"Say "hi" \ é"#.into()));
        assert_eq!(title("title: 'It''s # here'"), Some("It's # here".into()));
        assert_eq!(title("Title: Other case"), Some("Other case".into()));
        assert_eq!(title("title: >-\n  folded\n  over lines"), Some("folded over lines".into()));
        assert_eq!(title("title: one\n  two"), Some("one two".into()));
        assert_eq!(title("title: first\ntitle: second"), Some("first".into()));
        assert_eq!(title("date: today\ntitle: after"), Some("after".into()));
    }

    #[test]
    fn no_title_is_no_title() {
        for yaml in ["title:", "title: ~", "title: null", "title: \"\"", "titles: x", "x: title: y", ""] {
            assert_eq!(title(yaml), None, "{yaml}");
        }
        assert_eq!(FrontMatter::read("title: no header"), FrontMatter::default());
        assert_eq!(FrontMatter::read("\n---\ntitle: too late\n---\n"), FrontMatter::default());
        assert_eq!(FrontMatter::read(""), FrontMatter::default());
    }

    #[test]
    fn tags_of_every_spelling() {
        for yaml in [
            "tags: [a, b c, d]",
            "tags: [ 'a' , \"b c\", d, ]",
            "tags: [a,\n  b c,\n  d]",
            "tags:\n  - a\n  - \"b c\" # comment\n  - d",
            "tags:\n- a\n- b c\n- d",
            "tags: a, b c, d",
            "tags: [#a, '#b c', d, a]",
        ] {
            assert_eq!(tags(yaml), ["a", "b c", "d"], "{yaml}");
        }
        assert_eq!(tags("tags: a d"), ["a", "d"]);
        assert_eq!(tags("tags: [\"a\" b, c]"), ["a", "c"]);
        for nothing in ["tags:", "tags: []", "tags: [,,]", "tags:\n  -", "tags: {}\nfoo"] {
            assert!(tags(nothing).iter().all(|tag| tag == "{}"), "{nothing}");
        }
    }

    #[test]
    fn it_knows_where_it_stands() {
        let found = header("a: b\ntitle: t\n  u\ntags:\n- x");
        assert_eq!((found.title_at, found.tags_at, found.lines), (2..4, 4..6, 7));
        let crlf = FrontMatter::read("---\r\ntitle: t\r\n...\r\nbody");
        assert_eq!((crlf.title.as_deref(), crlf.lines), (Some("t"), 3));
    }

    #[test]
    fn hostile_headers_end_and_stay_small() {
        assert_eq!(FrontMatter::read("---\ntitle: never closed\nbody"), FrontMatter::default());
        let endless = format!("---\n{}---\n", "a: b\n".repeat(MOST_LINES + 1));
        assert_eq!(FrontMatter::read(&endless), FrontMatter::default());
        let many: String = (0..100_000).map(|n| format!("t{n},")).collect();
        assert_eq!(tags(&format!("tags: [{many}]")).len(), MOST_TAGS);
        assert_eq!(tags(&format!("tags: {many}")).len(), MOST_TAGS);
        assert_eq!(title(&format!("title: {}", "x".repeat(1 << 20))).map(|t| t.len()), Some(203));
        for broken in [
            "title: \"never closed",
            "title: 'never closed",
            "title: \"\\",
            "title: \"\\x\"",
            "title: |",
            "tags: [",
            "tags: [[[[[[",
            "tags: [\"a",
            "tags: ['",
            "tags: ]",
            "tags: [\"a\"\"b\"]",
            ": : :",
            "\t- - -",
            "title: *alias\ntags: &anchor [*alias, <<: *alias]",
            "é: ü\u{0}",
        ] {
            assert_eq!(header(broken).lines, broken.lines().count() + 2, "{broken}");
        }
    }
}
