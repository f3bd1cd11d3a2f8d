//! The one folder that the connector works in, and no way out of it.
//!
//! Paths come from whoever calls, often a model that read them somewhere. So a path is taken apart
//! and only plain names are put behind the root, and symbolic links are not followed, wherever they
//! point: a note is a real file of this folder. Who may put links into the folder while a call runs
//! has the folder anyway; against them the checks here are no lock.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use connector_sdk::{Context, Error, ErrorKind, Level, Result};
use ignore::WalkBuilder;

use crate::file::{NoteFile, is_note};
use crate::text::quoted;

/// The folder of the setting `root`.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Opens the folder. The folder itself may be reached by links; what is inside may not.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        let unusable = |error: io::Error| {
            // A host starts this wherever it is itself.
            let whole = if root.is_relative() { ", by its whole path" } else { "" };
            let root = quoted(&root.to_string_lossy());
            Error::setup(format!(
                "the notes folder {root} can't be used: {}; set `root` (NOTES_ROOT) to a folder that can be \
                 read{whole}",
                reason(&error)
            ))
            .with_source(error)
        };
        let root = root.canonicalize().map_err(unusable)?;
        fs::read_dir(&root).map_err(unusable)?;
        if !has_usable_rules(&root) {
            return Err(unusable(io::Error::other("its .gitignore is not a file, or longer than 1 MiB")));
        }
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The note that a caller names.
    pub(crate) fn note(&self, path: &str) -> Result<NoteFile> {
        let file = self.resolve(path)?;
        if file.is_dir() {
            return Err(Error::usage(format!(
                "{} is a folder; give the path of a note in it, as listed",
                quoted(path)
            )));
        }
        // Only files: to open a pipe or a device would wait for somebody.
        if !is_note(&file) || !file.is_file() {
            return Err(Error::usage(format!(
                "{} is not a note; notes are files that end in `.md` or `.markdown`",
                quoted(path)
            )));
        }
        let path = self.relative(&file).unwrap_or_else(|| path.to_owned());
        Ok(NoteFile { path, file })
    }

    /// The folder inside this one that a caller names.
    pub(crate) fn subfolder(&self, path: &str) -> Result<PathBuf> {
        let folder = self.resolve(path)?;
        if folder.is_dir() {
            return Ok(folder);
        }
        Err(Error::usage(format!(
            "{} is not a folder; give a folder of notes, or none for all",
            quoted(path)
        )))
    }

    /// All notes below `under`, in no order. Hidden files, and those that a `.gitignore` in the folder
    /// names, are not among them, nor are those whose names no text can hold.
    pub(crate) fn notes(&self, under: &Path, ctx: &Context) -> impl Iterator<Item = Result<NoteFile>> {
        let under = under.to_owned();
        // The walk begins at the root even for a part of it, since the root's `.gitignore` counts
        // there too; those above the root do not, nor does it matter whether this is a checkout.
        let walk = WalkBuilder::new(&self.root)
            .parents(false)
            .git_global(false)
            .git_exclude(false)
            .ignore(false)
            .require_git(false)
            .filter_entry(move |entry| {
                let path = entry.path();
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                (path.starts_with(&under) || under.starts_with(path))
                    && (!is_folder || has_usable_rules(path))
            })
            .build();
        walk.filter_map(move |entry| {
            if let Err(ended) = ctx.check() {
                return Some(Err(ended));
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    ctx.log(Level::Warn, format_args!("skipped: {error}"));
                    return None;
                }
            };
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            let file = entry.into_path();
            (is_file && is_note(&file))
                .then(|| self.relative(&file).map(|path| Ok(NoteFile { path, file })))?
        })
    }

    /// Puts a caller's path behind the root, part by part.
    fn resolve(&self, path: &str) -> Result<PathBuf> {
        if path.is_empty() || path.contains('\0') {
            let wrong = if path.is_empty() { "is empty" } else { "has a NUL character in it" };
            return Err(Error::usage(format!("the path {wrong}; give that of a note, as listed")));
        }
        // The whole path first, so that a wrong one learns nothing of what exists.
        let parts = Path::new(path).components().filter(|part| *part != Component::CurDir);
        if parts.clone().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(Error::usage(format!(
                "{} leads out of the notes folder; give a path inside it, as listed",
                quoted(path)
            )));
        }
        let mut full = self.root.clone();
        for part in parts {
            full.push(part);
            let found = fs::symlink_metadata(&full).map_err(|error| failed("find", path, error))?;
            if found.is_symlink() {
                return Err(Error::usage(format!(
                    "{} goes through a symbolic link, and links are not followed; give the path of the file itself",
                    quoted(path)
                )));
            }
        }
        Ok(full)
    }

    fn relative(&self, file: &Path) -> Option<String> {
        let parts = file.strip_prefix(&self.root).ok()?.components();
        Some(parts.map(|part| part.as_os_str().to_str()).collect::<Option<Vec<_>>>()?.join("/"))
    }
}

/// Whether the `.gitignore` of a folder, if there is one, can be read into memory: the walk opens it
/// whatever it is, and would wait for ever at a pipe.
fn has_usable_rules(folder: &Path) -> bool {
    fs::metadata(folder.join(".gitignore")).map_or(true, |rules| rules.is_file() && rules.len() <= 1 << 20)
}

/// What the file system said, about a path that the caller knows.
pub(crate) fn failed(what: &str, path: &str, error: io::Error) -> Error {
    let path = quoted(path);
    let (kind, message) = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => (
            ErrorKind::NotFound,
            format!("there is no {path} in the notes folder; list the notes to see what there is"),
        ),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => (
            ErrorKind::Denied,
            format!(
                "the system doesn't let this program {what} {path}: {}; change its permissions",
                reason(&error)
            ),
        ),
        _ => (ErrorKind::Unavailable, format!("can't {what} {path}: {}", reason(&error))),
    };
    Error::new(kind, message).with_source(error)
}

/// The system's words without its number: `no such file or directory`.
fn reason(error: &io::Error) -> String {
    let mut text = error.to_string();
    text.truncate(text.find(" (os error").unwrap_or(text.len()));
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use connector_sdk::CancellationToken;

    use super::*;
    use crate::testing::Sandbox;

    fn listed(sandbox: &Sandbox) -> Vec<String> {
        let folder = &sandbox.folder;
        let mut paths: Vec<_> =
            folder.notes(folder.root(), &Context::new()).map(|note| note.unwrap().path).collect();
        paths.sort();
        paths
    }

    fn refused(sandbox: &Sandbox, path: &str) -> (ErrorKind, String) {
        let error = sandbox.folder.note(path).map(|note| note.file).unwrap_err();
        (error.kind(), error.message().to_owned())
    }

    #[test]
    fn paths_that_lead_out_are_refused() {
        let sandbox = Sandbox::new(&[("in/a.md", "in"), ("out.md", "out")]);
        let inner = Folder::open(&sandbox.path().join("in")).unwrap();
        let absolute = sandbox.path().join("in/a.md");
        for path in [
            "../out.md",
            "a.md/../../out.md",
            "./../out.md",
            "x/../a.md",
            "/",
            "..",
            absolute.to_str().unwrap(),
        ] {
            let error = inner.note(path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage, "{path}");
            assert!(error.message().contains("out of the notes folder"), "{path}: {error}");
            assert_eq!(inner.subfolder(path).unwrap_err().kind(), ErrorKind::Usage, "{path}");
        }
        assert_eq!(inner.note("./a.md").unwrap().path, "a.md");
    }

    #[test]
    fn paths_that_name_no_note_say_why() {
        let sandbox = Sandbox::new(&[("dir.md/a.md", ""), ("b.txt", ""), ("c.md", "")]);
        for (path, kind, says) in [
            ("", ErrorKind::Usage, "is empty"),
            ("a\0.md", ErrorKind::Usage, "NUL"),
            (".", ErrorKind::Usage, "is a folder"),
            ("dir.md", ErrorKind::Usage, "is a folder"),
            ("dir.md/", ErrorKind::Usage, "is a folder"),
            ("b.txt", ErrorKind::Usage, "is not a note"),
            ("none.md", ErrorKind::NotFound, "there is no `none.md`"),
            ("c.md/d.md", ErrorKind::NotFound, "there is no"),
            (" ", ErrorKind::NotFound, "there is no"),
        ] {
            let (was, message) = refused(&sandbox, path);
            assert!(was == kind && message.contains(says), "{path:?}: {was:?} {message}");
        }
        let (kind, message) = refused(&sandbox, &"x".repeat(100_000));
        assert_eq!(kind, ErrorKind::NotFound);
        assert!(message.len() < 300, "{}", message.len());
        let (_, message) = refused(&sandbox, "a\u{1b}[2Jb");
        assert!(!message.contains('\u{1b}'), "{message}");
        assert_eq!(sandbox.folder.subfolder("c.md").unwrap_err().kind(), ErrorKind::Usage);
    }

    #[test]
    #[cfg(unix)]
    fn links_are_not_followed() {
        use std::os::unix::fs::symlink;

        let outside = Sandbox::new(&[("secret.md", "secret")]);
        let sandbox = Sandbox::new(&[("real/a.md", "a")]);
        symlink(outside.path().join("secret.md"), sandbox.path().join("file.md")).unwrap();
        symlink(outside.path(), sandbox.path().join("parent")).unwrap();
        symlink("real", sandbox.path().join("inside")).unwrap();
        symlink(".", sandbox.path().join("loop")).unwrap();
        symlink("nowhere.md", sandbox.path().join("dangling.md")).unwrap();
        for path in ["file.md", "parent/secret.md", "inside/a.md", "loop/loop/real/a.md", "dangling.md"] {
            let (kind, message) = refused(&sandbox, path);
            assert_eq!(kind, ErrorKind::Usage, "{path}");
            assert!(message.contains("symbolic link"), "{path}: {message}");
        }
        assert_eq!(sandbox.folder.subfolder("parent").unwrap_err().kind(), ErrorKind::Usage);
        assert_eq!(listed(&sandbox), ["real/a.md"]);
        // The folder itself may be one.
        let linked = Folder::open(&sandbox.path().join("inside")).unwrap();
        assert_eq!(linked.note("a.md").unwrap().path, "a.md");
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_is_not_waited_for() {
        let pipe = |path: PathBuf| {
            assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
        };
        let sandbox = Sandbox::new(&[("a/b.md", ""), ("c.md", "")]);
        pipe(sandbox.path().join("pipe.md"));
        pipe(sandbox.path().join("a/.gitignore"));
        assert_eq!(refused(&sandbox, "pipe.md").0, ErrorKind::Usage);
        assert_eq!(listed(&sandbox), ["c.md"]);
        let error = Folder::open(&sandbox.path().join("a")).unwrap_err();
        assert!(error.message().contains(".gitignore"), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn odd_names_are_names() {
        let names =
            ["-rf.md", " a.md", "a b.MD", "emoji 🎉.md", "it's \"so\".markdown", "ü.md", "..a.md", "a:b.md"];
        let sandbox = Sandbox::new(&names.map(|name| (name, name)));
        for name in names {
            assert_eq!(sandbox.folder.note(name).unwrap().read(100).unwrap().0, name);
        }
        let hidden = ["..a.md"];
        let mut visible = names.to_vec();
        visible.retain(|name| !hidden.contains(name));
        visible.sort();
        assert_eq!(listed(&sandbox), visible);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn names_that_are_no_text_are_passed_over() {
        use std::os::unix::ffi::OsStrExt;

        let sandbox = Sandbox::new(&[("a.md", "")]);
        fs::write(sandbox.path().join(std::ffi::OsStr::from_bytes(b"\xff.md")), "").unwrap();
        let dir = sandbox.path().join(std::ffi::OsStr::from_bytes(b"dir\xfe"));
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("b.md"), "").unwrap();
        assert_eq!(listed(&sandbox), ["a.md"]);
    }

    #[test]
    fn what_is_hidden_or_ignored_is_not_listed() {
        let sandbox = Sandbox::new(&[
            (".gitignore", "/target\ndrafts/*.md\n!drafts/keep.md\n"),
            (".git/x.md", ""),
            (".hidden.md", ""),
            ("target/x.md", ""),
            ("drafts/x.md", ""),
            ("drafts/keep.md", ""),
            ("a.md", ""),
            ("a.txt", ""),
            (".md", ""),
        ]);
        assert_eq!(listed(&sandbox), ["a.md", "drafts/keep.md"]);
        let drafts = sandbox.folder.subfolder("drafts").unwrap();
        let paths: Vec<_> = sandbox.folder.notes(&drafts, &Context::new()).map(|n| n.unwrap().path).collect();
        assert_eq!(paths, ["drafts/keep.md"], "the root's rules count in a part of it");
        // Rules above the folder are somebody else's.
        let inner = Folder::open(&sandbox.path().join("drafts")).unwrap();
        assert_eq!(inner.notes(inner.root(), &Context::new()).count(), 2);
        let no_checkout = Sandbox::new(&[(".gitignore", "x.md"), ("x.md", ""), ("y.md", "")]);
        assert_eq!(listed(&no_checkout), ["y.md"]);
    }

    #[test]
    fn a_walk_ends_when_the_call_does() {
        let sandbox = Sandbox::new(&[("a.md", ""), ("b.md", "")]);
        let token = CancellationToken::new();
        let ctx = Context::new().with_cancellation(token.clone());
        let mut notes = sandbox.folder.notes(sandbox.folder.root(), &ctx);
        assert!(notes.next().unwrap().is_ok());
        token.cancel();
        assert_eq!(notes.next().unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    }

    #[test]
    fn a_folder_that_is_none_is_a_matter_of_settings() {
        let sandbox = Sandbox::new(&[("a.md", "")]);
        let relative = PathBuf::from("none of these");
        for root in [sandbox.path().join("none"), sandbox.path().join("a.md"), PathBuf::new(), relative] {
            let error = Folder::open(&root).unwrap_err();
            assert_eq!(error.message().contains("by its whole path"), root.is_relative(), "{error}");
            assert_eq!(error.kind(), ErrorKind::Setup, "{root:?}");
            assert!(
                error.message().contains("used: no") && error.message().contains("NOTES_ROOT"),
                "{error}"
            );
        }
    }
}
