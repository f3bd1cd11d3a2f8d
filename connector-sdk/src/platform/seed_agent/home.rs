//! The folders of an agent, and our own among them (contract 2.1).

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::names::check_instance;
use crate::{Error, Result};

/// The folders of one instance, which nobody else uses as long as this is there.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) instance: String,
    /// What the agent reads, of all instances.
    pub(super) inbox: PathBuf,
    /// Where this instance's files are written before they appear in the inbox.
    pub(super) temporary: PathBuf,
    /// What the agent writes to this instance.
    pub(super) outbox: PathBuf,
    /// What could not be delivered, of all instances.
    pub(super) failed: PathBuf,
    /// What this instance remembers.
    pub(super) state: PathBuf,
    /// Files that were taken out of the outbox, and of which nothing has begun.
    pub(super) claimed: PathBuf,
    /// Files whose delivery has begun.
    pub(super) sending: PathBuf,
    /// Held as long as it is open.
    _lock: File,
}

impl Home {
    /// Makes what isn't there and takes the instance.
    ///
    /// # Errors
    ///
    /// `usage` or `setup` when the name or the home can't be used, such as one whose outbox is on a disk of its own;
    /// `conflict` when another process has the instance.
    pub(super) fn open(home: &Path, instance: &str) -> Result<Self> {
        check_instance(instance)?;
        let shown = home.display();
        match fs::metadata(home) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(Error::setup(format!("the home `{shown}` is no folder; name the agent's"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::setup(format!("there is no home `{shown}`; name the agent's folder")));
            }
            Err(error) => return Err(Error::setup(format!("the home `{shown}` can't be read: {error}"))),
        }
        let messages = home.join("messages");
        let state = messages.join(".connectors").join(instance);
        let folder = |path: PathBuf, private: bool| match make(&path, private) {
            Ok(()) => Ok(path),
            Err(error) => {
                let shown = path.display();
                Err(unusable(
                    &error,
                    &format!("the folder `{shown}` can't be made"),
                    "let this program write to the agent's home",
                ))
            }
        };
        // The agent may be another user. A private folder that was made first would make those that it is in private.
        let inbox = folder(messages.join("inbox"), false)?;
        let temporary = folder(messages.join(".tmp").join(instance), false)?;
        let outbox = folder(messages.join("outbox").join(instance), false)?;
        let failed = folder(messages.join("failed"), false)?;
        let state = folder(state, true)?;
        movable(&outbox, &state)?;
        movable(&state, &failed)?;
        let lock = lock(&state.join("lock"), instance)?;
        Ok(Self {
            instance: instance.to_owned(),
            inbox,
            temporary,
            outbox,
            failed,
            claimed: folder(state.join("claimed"), true)?,
            sending: folder(state.join("sending"), true)?,
            state,
            _lock: lock,
        })
    }
}

/// What can't be used of a home, and what to do. A full disk may have room when this is tried again, all else
/// has to be mended by somebody.
pub(super) fn unusable(error: &io::Error, what: &str, remedy: &str) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Error::unavailable(format!("{what}: {error}; make room"))
        }
        _ => Error::setup(format!("{what}: {error}; {remedy}")),
    }
}

fn make(path: &Path, private: bool) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    }
    #[cfg(not(unix))]
    let _ = private;
    builder.create(path)
}

/// Makes sure that files can be moved from folder to folder, as messages are: a folder that is mounted, or leads, to
/// elsewhere would keep all of them where they are.
fn movable(from: &Path, to: &Path) -> Result<()> {
    if !are_apart(from, to) {
        return Ok(());
    }
    let (from, to) = (from.display(), to.display());
    Err(Error::setup(format!(
        "`{from}` and `{to}` are on different file systems or mounts, so no file can be moved from one to the other; \
         mount the agent's home, or its folder `messages`, as a whole"
    )))
}

#[cfg(unix)]
fn are_apart(from: &Path, to: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let disk = |path: &Path| fs::metadata(path).map(|found| found.dev());
    let are_other_disks = matches!((disk(from), disk(to)), (Ok(one), Ok(other)) if one != other);
    // Of two mounts of one disk only a move tells. Linux looks at that before it looks for the file, of which there is
    // none.
    let moved = fs::rename(from.join(".none"), to.join(".none"));
    are_other_disks || moved.is_err_and(|error| error.kind() == io::ErrorKind::CrossesDevices)
}

/// A move between disks is a copy there.
#[cfg(not(unix))]
fn are_apart(_: &Path, _: &Path) -> bool {
    false
}

fn lock(path: &Path, instance: &str) -> Result<File> {
    let shown = path.display();
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(|error| {
        unusable(&error, &format!("`{shown}` can't be written"), "let this program write there")
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::conflict(format!(
            "another process serves the instance `{instance}` of this home; stop it, or use another name"
        ))),
        Err(TryLockError::Error(error)) => Err(Error::setup(format!("`{shown}` can't be locked: {error}"))),
    }
}

/// Makes sure that the names in a folder outlive a loss of power.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    // Other systems know no such thing.
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}
