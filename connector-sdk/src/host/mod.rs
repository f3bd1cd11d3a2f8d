//! Many connectors in one program: some are linked into it, others are files in a folder.
//!
//! [`main`] makes a command line of a [`Builder`]: `list`, `connect`, `status`, `call`, `audit`, with the options,
//! envelopes and exit codes of a connector's own binary. [`Host`] is the same for programs that have
//! another face.
//!
//! ```no_run
//! # mod notes {
//! #     use connector_sdk::prelude::*;
//! #     /// Notes.
//! #     #[connector(id = "notes")]
//! #     pub struct Notes;
//! #     #[connector]
//! #     impl Notes {
//! #         /// Count them.
//! #         #[action(read)]
//! #         async fn count(&self) -> Result<u32> { Ok(0) }
//! #     }
//! # }
//! use std::process::ExitCode;
//!
//! use connector_sdk::connectors;
//! use connector_sdk::host::{self, Host};
//!
//! fn main() -> ExitCode {
//!     host::main(Host::builder().connectors(connectors![notes::Notes]).folder("connectors"))
//! }
//! ```
#![doc = include_str!("../../docs/host.md")]

mod audit;
mod folder;
#[cfg(feature = "supervisor")]
pub(crate) mod supervisor;

use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) use audit::{AuditFile, Event, Recorder, Subject, Wanted};

use crate::call::Connection;
pub use crate::cli::host::{main, run};
use crate::platform::pocketpaw::Note;
use crate::similar::{excerpt, listed, nearest};
use crate::{Error, Factory, Result, Settings};

/// Lists connectors that are linked into a program, for [`Builder::connectors`].
///
/// ```
/// # mod greeter {
/// #     use connector_sdk::prelude::*;
/// #     /// Greets.
/// #     #[connector(id = "greeter")]
/// #     pub struct Greeter;
/// #     #[connector]
/// #     impl Greeter {
/// #         /// Greet.
/// #         #[action(read)]
/// #         async fn greet(&self) -> Result<String> { Ok("hello".to_owned()) }
/// #     }
/// # }
/// let linked = connector_sdk::connectors![greeter::Greeter];
/// assert_eq!(linked[0].manifest().id, "greeter");
/// ```
#[macro_export]
macro_rules! connectors {
    ($($connector:ty),* $(,)?) => {
        ::std::vec![$(::std::boxed::Box::new($crate::factory::<$connector>())
            as ::std::boxed::Box<dyn $crate::Factory>),*]
    };
}

/// The connectors of a program.
pub struct Host {
    entries: Vec<Entry>,
    failures: Vec<Failure>,
    folder: Option<PathBuf>,
}

/// Says which connectors a [`Host`] has.
#[derive(Default)]
pub struct Builder {
    linked: Vec<Box<dyn Factory>>,
    folder: Option<PathBuf>,
    must_be_there: bool,
}

/// One connector of a host.
pub struct Entry {
    /// Makes its connections.
    pub(crate) factory: Box<dyn Factory>,
    /// The file that it comes from; none: it is linked.
    file: Option<PathBuf>,
    notes: Vec<Note>,
}

/// A file that is no connector of the host, and why.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The file.
    pub file: PathBuf,
    /// The connector that it would be, where that is known.
    pub id: Option<String>,
    /// The line of the first fault, from 1, where it has one.
    pub line: Option<u64>,
    /// Its column, from 1.
    pub column: Option<u64>,
    /// What is wrong, with the file, and what to do.
    pub message: String,
}

impl Builder {
    /// Links connectors, in this order: see [`connectors!`](crate::connectors).
    #[must_use]
    pub fn connectors(mut self, linked: impl IntoIterator<Item = Box<dyn Factory>>) -> Self {
        self.linked.extend(linked);
        self
    }

    /// Reads PocketPaw's connector files (`*.yaml`, `*.yml`) of a folder, not of those in it. Where no such folder
    /// is, there are none.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self.must_be_there = false;
        self
    }

    /// As [`folder`](Self::folder), for one that somebody named: that it isn't there is an error.
    #[must_use]
    pub fn existing_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self.must_be_there = true;
        self
    }

    /// Reads the files. One that can't be used is among the [failures](Host::failures), and the others are
    /// connectors all the same.
    ///
    /// # Errors
    ///
    /// `internal` when two linked connectors have one id; `setup` when the folder can't be read.
    pub fn build(self) -> Result<Host> {
        let mut entries: Vec<Entry> = Vec::with_capacity(self.linked.len());
        for factory in self.linked {
            let id = &factory.manifest().id;
            if entries.iter().any(|entry| entry.id() == id) {
                return Err(Error::internal(format!(
                    "two connectors with the id `{id}` are linked into this program; link one of them"
                )));
            }
            entries.push(Entry::linked(factory));
        }
        let mut failures = Vec::new();
        if let Some(folder) = &self.folder {
            folder::read(folder, self.must_be_there, &mut entries, &mut failures)?;
        }
        Ok(Host { entries, failures, folder: self.folder })
    }
}

impl Host {
    /// A host without connectors yet.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// All connectors: the linked ones in their order, then those of files by the files' names.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The files that are no connectors.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The folder of the files.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The connector of that id; `_` is the same as `-`.
    ///
    /// # Errors
    ///
    /// `setup` when a file that is wrong would be it, else `usage` with the nearest id.
    pub fn find(&self, id: &str) -> Result<&Entry> {
        let same = |known: &str| is_called(known, id);
        if let Some(entry) = self.entries.iter().find(|entry| same(entry.id())) {
            return Ok(entry);
        }
        let failed = self.failures.iter().find(|failure| {
            let stem = failure.file.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
            failure.id.as_deref().is_some_and(same) || same(&stem)
        });
        Err(match failed {
            Some(failure) => Error::setup(failure.message.clone()),
            None => self.unknown(id),
        })
    }

    /// Opens a connection of that name to a connector, see [`Connection::open`].
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find) and [`Connection::open`].
    pub fn connect(&self, id: &str, name: &str, settings: &Settings) -> Result<Connection> {
        let entry = self.find(id)?;
        Connection::open(name, &*entry.factory, settings).map_err(|error| entry.named(error))
    }

    #[cold]
    fn unknown(&self, id: &str) -> Error {
        let shown = excerpt(id);
        let ids = self.entries.iter().map(Entry::id);
        Error::usage(match (nearest(id, ids.clone()), self.entries.is_empty()) {
            (Some(near), _) => format!("there is no connector `{shown}`; did you mean `{near}`?"),
            (None, false) => format!("there is no connector `{shown}`; there is {}", listed(ids)),
            (None, true) => format!("there is no connector `{shown}`, and no other"),
        })
    }
}

/// Whether a connector of that id is meant; `_` is the same as `-`.
pub(crate) fn is_called(id: &str, name: &str) -> bool {
    id == name || id.replace('_', "-") == name.replace('_', "-")
}

impl Entry {
    pub(crate) fn linked(factory: Box<dyn Factory>) -> Self {
        Self { factory, file: None, notes: Vec::new() }
    }

    /// The connector's id.
    pub fn id(&self) -> &str {
        &self.factory.manifest().id
    }

    /// Makes its connections, and has its manifest.
    pub fn factory(&self) -> &dyn Factory {
        &*self.factory
    }

    /// The file that it comes from; none where it is linked.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Says which file would send credentials elsewhere.
    pub(crate) fn named(&self, error: Error) -> Error {
        match &self.file {
            Some(file) if error.details().contains_key(crate::bound::SENT_TO) => {
                error.context(format_args!("`{}`", file.display()))
            }
            _ => error,
        }
    }

    /// What whoever wrote or uses the file should know.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("entries", &self.entries)
            .field("failures", &self.failures)
            .field("folder", &self.folder)
            .finish()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let linked: Vec<&str> = self.linked.iter().map(|factory| factory.manifest().id.as_str()).collect();
        f.debug_struct("Builder")
            .field("linked", &linked)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("id", &self.id()).field("file", &self.file).finish_non_exhaustive()
    }
}
