//! Files that only their owner may see, and that are replaced at once or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The most that is read or written; thousands of connections are less.
pub(super) const MOST: u64 = 64 * 1024 * 1024;

/// Makes the folder, for its owner alone. One that is there already must not be open to others for writing.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| wrong("make the folder", folder, &error))?;
    check_folder(folder)
}

/// Refuses a folder in which others could put something in the place of what is ours.
pub(super) fn check_folder(folder: &Path) -> Result<()> {
    let metadata = fs::metadata(folder).map_err(|error| wrong("look at", folder, &error))?;
    let path = folder.display();
    if others_may(&metadata, 0o022) {
        return Err(Error::setup(format!(
            "the folder `{path}` can be written to by others; run `chmod 700 {path}`"
        )));
    }
    Ok(())
}

/// Whether something is at a path, or may be: in a folder that can't be looked into, which whoever reads it is told. What
/// can't be looked at because of the folders above that one isn't ours.
pub(super) fn is_there(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(_) => path.parent().is_some_and(|folder| fs::symlink_metadata(folder).is_ok()),
    }
}

/// Reads a file that nobody else may read; none where there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    // Looked at before it is opened: opening a pipe would wait for its other end.
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong("look at", path, &error)),
    };
    check(path, &metadata)?;
    let file = File::open(path).map_err(|error| wrong("read", path, &error))?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(MOST)).unwrap_or_default());
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(|error| wrong("read", path, &error))?;
    if bytes.len() as u64 > MOST {
        return Err(Error::setup(format!(
            "`{}` is larger than 64 MiB, so it is none of ours; move it away",
            path.display()
        )));
    }
    Ok(Some(bytes))
}

/// Refuses what is no file, and a file that others may see. `metadata` follows no link.
pub(crate) fn check(path: &Path, metadata: &fs::Metadata) -> Result<()> {
    let shown = path.display();
    if !metadata.is_file() {
        return Err(Error::setup(format!("`{shown}` is not a file; move it away")));
    }
    if others_may(metadata, 0o077) {
        return Err(Error::setup(format!(
            "`{shown}` can be read or written by others; run `chmod 600 {shown}`, and think of who may have read it"
        )));
    }
    Ok(())
}

/// Opens a file for locking; none where there is none.
pub(super) fn open_lock(path: &Path) -> Result<Option<File>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => {
            File::open(path).map(Some).map_err(|error| wrong("open", path, &error))
        }
        Ok(_) => Err(Error::setup(format!("`{}` is not a file; move it away", path.display()))),
        Err(_) => Ok(None),
    }
}

/// Opens a file for locking, and makes it where there is none.
pub(crate) fn make_lock(path: &Path) -> Result<File> {
    lock_file(path)?.map_err(|error| wrong("open", path, &error))
}

/// The same; none where nobody can make one, because the folder can only be read.
pub(super) fn make_lock_if_writable(path: &Path) -> Result<Option<File>> {
    match lock_file(path)? {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
            ) =>
        {
            Ok(None)
        }
        opened => opened.map(Some).map_err(|error| wrong("open", path, &error)),
    }
}

fn lock_file(path: &Path) -> Result<io::Result<File>> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(Error::setup(format!("`{}` is not a file; move it away", path.display())));
    }
    // For writing, which some network file systems want of whoever locks.
    Ok(private().create(true).truncate(false).open(path))
}

/// Puts a file in the place of another one. The caller holds the lock, so the temporary file is its own.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = temporary(path);
    put(path, &temporary, bytes, || fs::rename(&temporary, path))
}

/// Makes a file that is not there.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = temporary(path);
    put(path, &temporary, bytes, || {
        // Fails where something is, also where the file system knows no locks. Not all know links.
        match fs::hard_link(&temporary, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) => fs::rename(&temporary, path),
            Ok(()) => fs::remove_file(&temporary),
        }
    })
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(wrong("remove", path, &error)),
        _ => Ok(()),
    }
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn put(path: &Path, temporary: &Path, bytes: &[u8], place: impl FnOnce() -> io::Result<()>) -> Result<()> {
    if bytes.len() as u64 > MOST {
        return Err(Error::usage("the credential store would be larger than 64 MiB; store less"));
    }
    // What a writer left that crashed.
    remove(temporary)?;
    let written = (|| {
        let mut file = private().create_new(true).open(temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        place()?;
        sync_folder(path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(temporary);
    }
    written.map_err(|error| wrong("write", path, &error))
}

/// Makes a rename last through a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// Options of a file that is its owner's from the moment it is there.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn others_may(metadata: &fs::Metadata, what: u32) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & what != 0
}

/// Elsewhere the folders of a user are closed to others by their access lists.
#[cfg(not(unix))]
fn others_may(_: &fs::Metadata, _: u32) -> bool {
    false
}

#[cold]
pub(crate) fn wrong(doing: &str, path: &Path, error: &io::Error) -> Error {
    Error::setup(format!("can't {doing} `{}`: {error}", path.display()))
}
