//! Finding notes by words, the best first.
//!
//! A note is a hit when every word occurs in it somewhere, whatever its case. What counts most is
//! where: in the title, in a heading or in the path, in the body, and whether a word begins there.
//! One note is in memory at a time, and no more hits than are asked for.

use std::cmp::Reverse;

use connector_sdk::{Context, Error, Level, Result};
use schemars::JsonSchema;
use serde::Serialize;

use crate::best::Best;
use crate::file::NoteFile;
use crate::folder::Folder;
use crate::markdown::{Line, Markdown, Place};
use crate::note::MOST_OF_A_NOTE;
use crate::text::{around, fold_into};

/// How long a line of context may get, in characters.
const CONTEXT: usize = 160;

/// A note that has all the words.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Hit {
    /// Where the note is, relative to the folder.
    pub path: String,
    /// Its title: of the front matter, else the first heading, else the file's name.
    pub title: String,
    /// The line with the most of the words, counted from 1.
    pub line: usize,
    /// What that line says, cut where it is long.
    pub context: String,
}

pub(crate) fn search(folder: &Folder, query: &str, limit: u32, ctx: &Context) -> Result<Vec<Hit>> {
    let query = Query::new(query)?;
    let mut best = Best::new(limit);
    for (searched, note) in (0..).zip(folder.notes(folder.root(), ctx)) {
        let note = note?;
        if searched % 1000 == 0 {
            ctx.progress(searched, None);
        }
        match note.read(MOST_OF_A_NOTE) {
            Ok((text, _)) => {
                if let Some((rank, hit)) = query.rank(note, &Markdown::new(&text)) {
                    best.offer((Reverse(rank), hit.path.clone()), hit);
                }
            }
            // One file that can't be read is no reason not to find the others.
            Err(error) => ctx.log(Level::Warn, format_args!("skipped: {error}")),
        }
    }
    Ok(best.into_values().collect())
}

/// The words that are looked for, each once and folded.
struct Query(Vec<String>);

/// How well a note fits: the weight of its words, then how many lines have one.
type Rank = (u32, u32);

impl Query {
    fn new(query: &str) -> Result<Self> {
        let mut folded = String::new();
        fold_into(query, &mut folded);
        let mut words: Vec<String> = folded.split_whitespace().map(str::to_owned).collect();
        words.sort();
        words.dedup();
        if words.is_empty() {
            return Err(Error::usage("the query has no words; say what to look for"));
        }
        Ok(Self(words))
    }

    fn rank(&self, note: NoteFile, markdown: &Markdown<'_>) -> Option<(Rank, Hit)> {
        let title = markdown.title();
        // The path is searched like a line, but a line is what a hit shows.
        let place = if title.is_some() { Place::Heading } else { Place::Title };
        let mut tally = Tally { weights: vec![0; self.0.len()], folded: String::new(), lines: 0 };
        tally.count(self, place, &note.path);
        let mut shown: Option<(Score, Line<'_>, usize)> = None;
        for line in markdown.lines() {
            let Some((score, at)) = tally.count(self, line.place, &line.text) else { continue };
            tally.lines += 1;
            if shown.as_ref().is_none_or(|(best, ..)| score > *best) {
                shown = Some((score, line, at));
            }
        }
        if tally.weights.contains(&0) {
            return None;
        }
        let (line, context) = match shown {
            Some((_, line, at)) => (line.number, around(&line.text, at, CONTEXT)),
            None => first_words(markdown),
        };
        let title = title.unwrap_or_else(|| note.stem());
        let rank = (tally.weights.iter().sum(), tally.lines);
        Some((rank, Hit { path: note.path, title, line, context }))
    }
}

/// How much a line shows: how many of the words, and whether that is more than the title, which a
/// hit has anyway.
type Score = (usize, bool);

/// What has been found in one note so far.
struct Tally {
    /// The weight of each word at its best place; 0 where it was not found yet.
    weights: Vec<u32>,
    lines: u32,
    /// The line that is looked at, kept for its memory.
    folded: String,
}

impl Tally {
    /// Looks for the words in a line; where it has any, says how much it shows and where to look,
    /// in characters.
    fn count(&mut self, query: &Query, place: Place, text: &str) -> Option<(Score, usize)> {
        fold_into(text, &mut self.folded);
        let (mut words, mut first) = (0, usize::MAX);
        for (word, best) in query.0.iter().zip(&mut self.weights) {
            let Some((at, begins)) = find(&self.folded, word) else { continue };
            *best = weight(place, begins).max(*best);
            words += 1;
            first = first.min(at);
        }
        let before = self.folded.get(..first)?;
        Some(((words, place < Place::Title), before.chars().count()))
    }
}

/// Where the word occurs, and whether a word begins there, which is preferred.
fn find(text: &str, word: &str) -> Option<(usize, bool)> {
    let begins = |at: usize| !text[..at].ends_with(char::is_alphanumeric);
    let mut found = text.match_indices(word).map(|(at, _)| (at, begins(at)));
    let first = found.next()?;
    if first.1 { Some(first) } else { found.find(|(_, begins)| *begins).or(Some(first)) }
}

/// Each place outweighs the one below it, even where a word begins there.
fn weight(place: Place, begins: bool) -> u32 {
    let weight = match place {
        Place::Body => 1,
        Place::Heading => 4,
        Place::Title => 16,
    };
    if begins { weight * 2 } else { weight }
}

/// What a note shows that was found by its path alone.
fn first_words(markdown: &Markdown<'_>) -> (usize, String) {
    let line = markdown.lines().find(|line| !line.text.trim().is_empty());
    line.map_or((1, String::new()), |line| (line.number, around(&line.text, 0, CONTEXT)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use connector_sdk::ErrorKind;

    use super::*;
    use crate::testing::Sandbox;

    fn hits(sandbox: &Sandbox, query: &str) -> Vec<Hit> {
        search(&sandbox.folder, query, 100, &Context::new()).unwrap()
    }

    fn paths(sandbox: &Sandbox, query: &str) -> Vec<String> {
        hits(sandbox, query).into_iter().map(|hit| hit.path).collect()
    }

    #[test]
    fn the_better_place_comes_first() {
        let sandbox = Sandbox::new(&[
            ("a.md", "# A\nunpaired, body, inside a word\n"),
            ("b.md", "# B\npair in the body\n"),
            ("c.md", "# C\n## Unpaired\n"),
            ("d.md", "# D\n## Pair of gloves\n"),
            ("e.md", "# Unpaired\n"),
            ("f.md", "# One pair\n"),
            ("g.md", "# G\nnothing\n"),
        ]);
        assert_eq!(paths(&sandbox, "pair"), ["f.md", "e.md", "d.md", "c.md", "b.md", "a.md"]);
    }

    #[test]
    fn titles_tags_and_paths_of_every_kind_count() {
        let sandbox = Sandbox::new(&[
            ("1.md", "---\ntitle: Garden\n---\n"),
            ("2.md", "---\ntags: [garden]\n---\ntext"),
            ("3.md", "---\nplace: garden\n---\ntext"),
            ("garden.md", "untitled"),
            ("garden/4.md", "# Titled\n"),
        ]);
        let found = hits(&sandbox, "garden");
        let order: Vec<_> = found.iter().map(|hit| (hit.path.as_str(), hit.line)).collect();
        assert_eq!(order, [("1.md", 2), ("garden.md", 1), ("2.md", 2), ("garden/4.md", 1), ("3.md", 2)]);
        assert_eq!(found[1].context, "untitled");
        assert_eq!(paths(&sandbox, "tags"), [""; 0], "a key of the header that is understood is no text");
    }

    #[test]
    fn all_words_must_occur_somewhere() {
        let sandbox = Sandbox::new(&[
            ("both.md", "# Red\n\nfiller\n\na blue line\n"),
            ("line.md", "# X\nred\nblue and red\n"),
            ("one.md", "# Red\n"),
        ]);
        assert_eq!(paths(&sandbox, "blue red"), ["both.md", "line.md"]);
        let found = hits(&sandbox, "RED  blue red");
        assert_eq!((found[0].line, found[0].context.as_str()), (5, "a blue line"));
        assert_eq!((found[1].line, found[1].context.as_str()), (3, "blue and red"));
        assert!(paths(&sandbox, "red green").is_empty());
    }

    #[test]
    fn more_lines_then_the_path_decide() {
        let sandbox = Sandbox::new(&[("z.md", "oak\noak\n"), ("b.md", "oak\n"), ("a.md", "oak\n")]);
        assert_eq!(paths(&sandbox, "oak"), ["z.md", "a.md", "b.md"]);
        let two = search(&sandbox.folder, "oak", 2, &Context::new()).unwrap();
        assert_eq!(two.iter().map(|hit| hit.path.as_str()).collect::<Vec<_>>(), ["z.md", "a.md"]);
    }

    #[test]
    fn case_is_no_matter_in_any_script() {
        let sandbox = Sandbox::new(&[("a.md", "ÜBER ΟΔΟΣ ДОМ İstanbul")]);
        for query in ["über", "Οδος", "οδοσ", "дом", "istanbul İSTANBUL", "bul"] {
            let expected: &[&str] = if query.starts_with("istanbul") { &[] } else { &["a.md"] };
            assert_eq!(paths(&sandbox, query), expected, "{query}");
        }
    }

    #[test]
    fn context_is_one_short_line_around_the_hit() {
        let long = format!("{} needle {}\n", "ä".repeat(2000), "b ".repeat(2000));
        let sandbox = Sandbox::new(&[("a.md", long.as_str()), ("b.md", "\u{1b}[31mneedle\tx\r\n")]);
        let found = hits(&sandbox, "needle");
        let contexts: Vec<_> = found.iter().map(|hit| hit.context.as_str()).collect();
        assert!(
            contexts[0].contains(" needle ") && contexts[0].chars().count() <= CONTEXT + 2,
            "{contexts:?}"
        );
        assert_eq!(contexts[1], "[31mneedle x");
    }

    #[test]
    fn what_cannot_be_searched_is_passed_over() {
        let mut huge = format!("filler {}\n", "x".repeat(1000)).repeat(4_200);
        assert!(huge.len() > MOST_OF_A_NOTE);
        huge.push_str("word\n");
        let sandbox =
            Sandbox::new(&[("bin.md", "word\0"), ("huge.md", &huge), ("ok.md", "word"), ("no.txt", "word")]);
        assert_eq!(paths(&sandbox, "word"), ["ok.md"]);
        assert_eq!(paths(&sandbox, "filler"), ["huge.md"], "the start of a huge note is searched");
    }

    #[test]
    fn a_query_needs_a_word() {
        let sandbox = Sandbox::empty();
        for query in ["", " \t\n"] {
            let error = search(&sandbox.folder, query, 1, &Context::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage);
        }
        assert!(paths(&sandbox, "( [ \\ . * + é \0").is_empty());
    }

    #[test]
    fn a_search_ends_with_its_deadline() {
        let sandbox = Sandbox::new(&[("a.md", "word")]);
        let ctx = Context::new().with_timeout(Duration::ZERO);
        assert_eq!(search(&sandbox.folder, "word", 1, &ctx).unwrap_err().kind(), ErrorKind::Cancelled);
    }
}
