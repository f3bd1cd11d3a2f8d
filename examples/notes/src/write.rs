//! Making and deleting notes: all at once or not at all, and never over another note.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use connector_sdk::{Error, Result};
use schemars::JsonSchema;
use serde::Serialize;

use crate::folder::{Folder, failed};
use crate::name::file_name;
use crate::note::MOST_OF_A_NOTE;
use crate::text::quoted;

/// A note that was made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Created {
    /// Where it is, relative to the root.
    pub path: String,
}

/// Makes a note of that title in the root.
pub(crate) fn create(folder: &Folder, title: &str, body: &str) -> Result<Created> {
    let title = title.trim();
    if title.is_empty() || title.contains(char::is_control) {
        return Err(Error::usage("a title is one line of text, and not empty; put the rest into the body"));
    }
    let text = compose(title, body);
    if text.len() > MOST_OF_A_NOTE {
        return Err(Error::usage("the body is longer than 4 MiB, the most that is read of a note; split it"));
    }
    let name = file_name(title);
    let fail = |error: io::Error| match error.kind() {
        ErrorKind::AlreadyExists => Error::conflict(format!(
            "there is a note {} already, and notes are not overwritten; choose another title",
            quoted(&name)
        )),
        _ => failed("write", &name, error),
    };
    let draft = Draft::write(folder.root(), text.as_bytes()).map_err(fail)?;
    draft.publish(&folder.root().join(&name)).map_err(fail)?;
    Ok(Created { path: name })
}

/// Deletes a note.
pub(crate) fn delete(folder: &Folder, path: &str) -> Result<()> {
    let note = folder.note(path)?;
    fs::remove_file(&note.file).map_err(|error| failed("delete", &note.path, error))
}

/// The title goes into the header, where it is kept as it is, whatever the file is called.
fn compose(title: &str, body: &str) -> String {
    let title = title.replace('\\', r"\\").replace('"', r#"\""#);
    let end = if body.is_empty() || body.ends_with('\n') { "" } else { "\n" };
    format!("---\ntitle: \"{title}\"\n---\n\n{body}{end}")
}

/// A complete note under a name that no walk shows, until it gets its own. Removed when dropped.
struct Draft(PathBuf);

impl Draft {
    fn write(folder: &Path, content: &[u8]) -> io::Result<Self> {
        let (draft, mut file) = Self::new(folder)?;
        file.write_all(content)?;
        // Before it gets its name, or a crash could leave that name with nothing in it.
        file.sync_all()?;
        Ok(draft)
    }

    fn new(folder: &Path) -> io::Result<(Self, File)> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!(".notes-{}-{number}.tmp", process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((Self(path), file)),
                // Left by a process of the same number that was killed.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives it its name, unless something has it.
    fn publish(self, target: &Path) -> io::Result<()> {
        // A link fails where a rename would replace what is there.
        match fs::hard_link(&self.0, target) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => self.claim(target),
            result => result,
        }
    }

    /// The same for file systems without hard links (a memory card, a share): takes the name with an
    /// empty file first. Who looks in between sees an empty note, never half of one.
    fn claim(&self, target: &Path) -> io::Result<()> {
        OpenOptions::new().write(true).create_new(true).open(target)?;
        fs::rename(&self.0, target).inspect_err(|_| {
            let _ = fs::remove_file(target);
        })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already when it was renamed; and nobody is left to tell when it can't be removed.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::ErrorKind as Kind;

    use super::*;
    use crate::note::read;
    use crate::testing::Sandbox;

    #[test]
    fn a_note_comes_back_as_it_was_made() {
        let sandbox = Sandbox::empty();
        for (title, body) in [
            ("Plain", "text"),
            (r#"Say "hi" \ to C:\ # it's"#, "---\ntitle: other\n---\n# Heading\n"),
            ("日本語 🎉: [x], {y}", ""),
            ("../../escape", "x"),
            ("- null", "x"),
        ] {
            let path = create(&sandbox.folder, title, body).unwrap().path;
            let note = read(&sandbox.folder, &path).unwrap();
            assert_eq!((note.title.as_str(), note.path), (title, path));
            assert!(note.text.trim_end().ends_with(body.trim_end()), "{}", note.text);
        }
        assert_eq!(
            sandbox.names().len(),
            5,
            "no draft is left and nothing went elsewhere: {:?}",
            sandbox.names()
        );
    }

    #[test]
    fn nothing_is_overwritten() {
        let sandbox = Sandbox::new(&[("Plan.md", "mine")]);
        fs::create_dir(sandbox.path().join("Dir.md")).unwrap();
        for title in ["Plan", " Plan ", "Plan?", "Dir"] {
            let error = create(&sandbox.folder, title, "other").unwrap_err();
            assert_eq!(error.kind(), Kind::Conflict, "{title}");
            assert!(error.message().contains(".md` already"), "{error}");
        }
        assert_eq!(fs::read_to_string(sandbox.path().join("Plan.md")).unwrap(), "mine");
        assert_eq!(sandbox.names(), ["Dir.md", "Plan.md"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_in_the_place_is_not_written_through() {
        let outside = Sandbox::empty();
        let sandbox = Sandbox::empty();
        std::os::unix::fs::symlink(outside.path().join("made.md"), sandbox.path().join("Trap.md")).unwrap();
        assert_eq!(create(&sandbox.folder, "Trap", "x").unwrap_err().kind(), Kind::Conflict);
        assert!(outside.names().is_empty());
    }

    #[test]
    fn without_hard_links_it_is_the_same() {
        let sandbox = Sandbox::new(&[("taken.md", "mine")]);
        let target = sandbox.path().join("free.md");
        Draft::write(sandbox.path(), b"new").unwrap().claim(&target).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        let draft = Draft::write(sandbox.path(), b"new").unwrap();
        let error = draft.claim(&sandbox.path().join("taken.md")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        drop(draft);
        assert_eq!(fs::read_to_string(sandbox.path().join("taken.md")).unwrap(), "mine");
        assert_eq!(sandbox.names(), ["free.md", "taken.md"]);
    }

    #[test]
    fn many_at_once_make_one() {
        let sandbox = Sandbox::empty();
        let folder = &sandbox.folder;
        let made = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|n| scope.spawn(move || create(folder, "Same", &n.to_string()).is_ok())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(|made| *made).count()
        });
        assert_eq!(made, 1);
        assert_eq!(sandbox.names(), ["Same.md"]);
    }

    #[test]
    fn titles_and_bodies_that_cannot_be_kept_are_refused() {
        let sandbox = Sandbox::empty();
        for title in ["", "  ", "two\nlines", "bell\u{7}", "nul\0"] {
            assert_eq!(create(&sandbox.folder, title, "x").unwrap_err().kind(), Kind::Usage, "{title:?}");
        }
        let error = create(&sandbox.folder, "Long", &"x".repeat(MOST_OF_A_NOTE)).unwrap_err();
        assert!(error.kind() == Kind::Usage && error.message().contains("4 MiB"), "{error}");
        assert!(sandbox.names().is_empty());
    }

    #[test]
    fn only_notes_are_deleted() {
        let sandbox = Sandbox::new(&[("a.md", ""), ("b.txt", ""), ("dir/c.md", ""), ("dir.md/x", "")]);
        delete(&sandbox.folder, "a.md").unwrap();
        assert_eq!(delete(&sandbox.folder, "a.md").unwrap_err().kind(), Kind::NotFound);
        for path in ["b.txt", "dir", "dir.md", "../x.md", "dir.md/x"] {
            assert_eq!(delete(&sandbox.folder, path).unwrap_err().kind(), Kind::Usage, "{path}");
        }
        delete(&sandbox.folder, "dir/c.md").unwrap();
        assert_eq!(sandbox.names(), ["b.txt", "dir", "dir.md"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_to_a_note_elsewhere_is_not_deleted_through() {
        let outside = Sandbox::new(&[("kept.md", "kept")]);
        let sandbox = Sandbox::empty();
        std::os::unix::fs::symlink(outside.path(), sandbox.path().join("out")).unwrap();
        assert_eq!(delete(&sandbox.folder, "out/kept.md").unwrap_err().kind(), Kind::Usage);
        assert_eq!(outside.names(), ["kept.md"]);
    }
}
