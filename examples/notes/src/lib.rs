//! A folder of Markdown notes as a connector.
//!
//! This file is all that a connector is: a struct of settings and a method for each thing it can do.
//! What the methods do stands in the modules, which know nothing of connectors but their errors and
//! their [`Context`].

use std::path::PathBuf;

#[cfg(feature = "watch")]
use connector_sdk::event::Events;
use connector_sdk::{Choice, Context, Result, connector};

use folder::Folder;

mod best;
mod file;
mod folder;
mod front_matter;
mod markdown;
mod name;
mod note;
mod search;
#[cfg(test)]
mod testing;
mod text;
#[cfg(feature = "watch")]
mod watch;
mod write;

pub use note::{Note, Summary};
pub use search::Hit;
#[cfg(feature = "watch")]
pub use watch::{Change, ChangeKind, Seen};
pub use write::Created;

/// A folder of Markdown notes.
#[connector(id = "notes", title = "Notes", category = "document-storage", auth = none)]
pub struct Notes {
    /// The folder that the notes are in.
    #[config(
        placeholder = "/home/me/notes",
        help = "Lists and searches leave out hidden and git-ignored files"
    )]
    root: PathBuf,
    #[cfg(feature = "watch")]
    #[state]
    told: watch::Told,
}

// The methods read their files in place and not on a thread for blocking work: files answer at once,
// so nothing would be won but a runtime with threads. In place, a call can't be interrupted from
// outside; so whatever goes through many files asks `ctx.check()` before each of them, which is
// where a cancelled call, or one past its deadline, ends.
#[connector]
impl Notes {
    /// List the notes, sorted by path.
    #[action(read, resource = "notes")]
    async fn list_notes(
        &self,
        ctx: &Context,
        /// At most this many.
        #[arg(default = 100, range = 1..=1000)]
        limit: u32,
        /// Only notes in this folder, relative to the root.
        folder: Option<String>,
    ) -> Result<Vec<Summary>> {
        note::list(&self.folder()?, folder.as_deref(), limit, ctx)
    }

    /// Read a note.
    #[action(read, resource = "notes")]
    async fn read_note(
        &self,
        /// Where the note is, relative to the root.
        #[arg(options = paths)]
        path: &str,
    ) -> Result<Note> {
        note::read(&self.folder()?, path)
    }

    /// Search the notes, the best hits first.
    #[action(read, resource = "notes")]
    async fn search_notes(
        &self,
        ctx: &Context,
        /// Words that must all occur, in any order and case.
        #[arg(length = 1..=200)]
        query: &str,
        /// At most this many hits.
        #[arg(default = 10, range = 1..=100)]
        limit: u32,
    ) -> Result<Vec<Hit>> {
        search::search(&self.folder()?, query, limit, ctx)
    }

    /// Make a note. No other note is ever overwritten.
    #[action(write, local, resource = "notes")]
    async fn create_note(
        &self,
        /// The title, which also names the file.
        #[arg(length = 1..=200)]
        title: &str,
        /// The text in Markdown.
        body: &str,
    ) -> Result<Created> {
        write::create(&self.folder()?, title, body)
    }

    /// Delete a note for good.
    #[action(destructive, local, resource = "notes")]
    async fn delete_note(
        &self,
        /// Where the note is, relative to the root.
        #[arg(options = paths)]
        path: &str,
    ) -> Result<()> {
        write::delete(&self.folder()?, path)
    }

    /// Notes to choose from.
    #[options]
    async fn paths(&self, ctx: &Context, query: &str) -> Result<Vec<Choice>> {
        let folder = self.folder()?;
        if query.trim().is_empty() {
            let notes = note::list(&folder, None, CHOICES, ctx)?;
            return Ok(notes.into_iter().map(|note| Choice::new(note.path, note.title)).collect());
        }
        let hits = search::search(&folder, query, CHOICES, ctx)?;
        Ok(hits.into_iter().map(|hit| Choice::new(hit.path, hit.title)).collect())
    }

    /// Notes that are created, changed or removed. What is removed while no process listens is never told.
    #[cfg(feature = "watch")]
    #[events]
    async fn changes(&self, ctx: &Context, since: Option<Seen>, out: &mut Events<Change>) -> Result<()> {
        watch::watch(&self.root, since, &self.told, out, ctx).await
    }

    /// Is the root a folder that can be read?
    #[health]
    async fn health(&self) -> Result<()> {
        self.folder().map(drop)
    }
}

/// As many as a person looks through.
const CHOICES: u32 = 50;

impl Notes {
    fn folder(&self) -> Result<Folder> {
        Folder::open(&self.root)
    }
}
