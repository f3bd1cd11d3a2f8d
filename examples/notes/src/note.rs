//! A note as callers see it: read in whole, or listed.

use connector_sdk::{Context, Result};
use schemars::JsonSchema;
use serde::Serialize;

use crate::best::Best;
use crate::file::NoteFile;
use crate::folder::Folder;
use crate::markdown::Markdown;

/// No more of a note is read or searched: 4 MiB.
pub(crate) const MOST_OF_A_NOTE: usize = 4 << 20;

/// No more is read to list it, which is plenty for a header and a heading: 64 KiB.
const MOST_OF_A_HEAD: usize = 64 << 10;

/// A note with its text.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Note {
    /// Where it is, relative to the folder.
    pub path: String,
    /// Its title: of the front matter, else the first heading, else the file's name.
    pub title: String,
    /// Its tags, from the front matter.
    pub tags: Vec<String>,
    /// Its text in Markdown, front matter included.
    pub text: String,
    /// Whether the text is only the start of the note, which is longer than 4 MiB.
    pub truncated: bool,
}

/// A note in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// Where it is, relative to the folder.
    pub path: String,
    /// Its title: of the front matter, else the first heading, else the file's name.
    pub title: String,
    /// Its tags, from the front matter.
    pub tags: Vec<String>,
}

pub(crate) fn read(folder: &Folder, path: &str) -> Result<Note> {
    let note = folder.note(path)?;
    let (text, truncated) = note.read(MOST_OF_A_NOTE)?;
    let Summary { path, title, tags } = Summary::of(note, &text);
    Ok(Note { path, title, tags, text, truncated })
}

/// The first notes by path. All are looked for, and only those that are returned are opened.
pub(crate) fn list(folder: &Folder, under: Option<&str>, limit: u32, ctx: &Context) -> Result<Vec<Summary>> {
    let under = under.map_or_else(|| Ok(folder.root().to_owned()), |path| folder.subfolder(path))?;
    let mut first = Best::new(limit);
    for note in folder.notes(&under, ctx) {
        let note = note?;
        first.offer(note.path.clone(), note);
    }
    let summaries = first.into_values().map(|note| {
        ctx.check()?;
        // A file that can't be read is a note all the same, and to read it says what is wrong.
        let (text, _) = note.read(MOST_OF_A_HEAD).unwrap_or_default();
        Ok(Summary::of(note, &text))
    });
    summaries.collect()
}

impl Summary {
    fn of(note: NoteFile, text: &str) -> Self {
        let markdown = Markdown::new(text);
        let title = markdown.title().unwrap_or_else(|| note.stem());
        Self { path: note.path, title, tags: markdown.tags().to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::ErrorKind;

    use super::*;
    use crate::testing::Sandbox;

    #[test]
    fn a_note_is_read_with_its_title_and_tags() {
        let text = "---\ntitle: Plan\ntags: [work]\ndate: today\n---\nText\r\n";
        let sandbox = Sandbox::new(&[("a/plan.md", text), ("bare.md", "no heading"), ("h.md", "## Head\n")]);
        let note = read(&sandbox.folder, "a/plan.md").unwrap();
        assert_eq!(
            (note.path.as_str(), note.title.as_str(), note.tags),
            ("a/plan.md", "Plan", vec!["work".into()])
        );
        assert_eq!((note.text.as_str(), note.truncated), (text, false));
        assert_eq!(read(&sandbox.folder, "bare.md").unwrap().title, "bare");
        assert_eq!(read(&sandbox.folder, "h.md").unwrap().title, "Head");
    }

    #[test]
    fn broken_front_matter_is_text() {
        for text in ["---\ntitle: open\n", "---\n\t: [}\n- : : \"\n---\nrest", "--- \n---", "---\n---\n"] {
            let sandbox = Sandbox::new(&[("a.md", text)]);
            let note = read(&sandbox.folder, "a.md").unwrap();
            assert_eq!((note.title.as_str(), note.text.as_str()), ("a", text));
        }
    }

    #[test]
    fn a_huge_note_is_cut_and_says_so() {
        let sandbox = Sandbox::new(&[("huge.md", "ab\n".repeat(2 << 20))]);
        let note = read(&sandbox.folder, "huge.md").unwrap();
        assert!(note.truncated);
        assert_eq!(note.text.len(), MOST_OF_A_NOTE);
        assert_eq!(list(&sandbox.folder, None, 5, &Context::new()).unwrap().len(), 1);
    }

    #[test]
    fn lists_are_sorted_and_bounded() {
        let sandbox = Sandbox::new(&[("b.md", "# B"), ("c/d.md", "x"), ("a.md", "a\0"), ("c/e/f.md", "")]);
        let paths = |under, limit| {
            let notes = list(&sandbox.folder, under, limit, &Context::new()).unwrap();
            notes.into_iter().map(|note| note.path).collect::<Vec<_>>()
        };
        assert_eq!(paths(None, 9), ["a.md", "b.md", "c/d.md", "c/e/f.md"]);
        assert_eq!(paths(None, 2), ["a.md", "b.md"]);
        assert_eq!(paths(Some("c"), 9), ["c/d.md", "c/e/f.md"]);
        assert_eq!(paths(Some("./c/e/"), 9), ["c/e/f.md"]);
        let error = list(&sandbox.folder, Some("none"), 9, &Context::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }

    #[test]
    fn ten_thousand_notes_are_listed() {
        let sandbox = Sandbox::empty();
        for number in 0..10_000 {
            std::fs::write(sandbox.path().join(format!("{number:05}.md")), format!("# Note {number}"))
                .unwrap();
        }
        let notes = list(&sandbox.folder, None, 3, &Context::new()).unwrap();
        let titles: Vec<_> = notes.iter().map(|note| note.title.as_str()).collect();
        assert_eq!(titles, ["Note 0", "Note 1", "Note 2"]);
        let hits = crate::search::search(&sandbox.folder, "note 9999", 5, &Context::new()).unwrap();
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].path, "09999.md");
    }
}
