//! The folder that a supervisor keeps: a lock, a cursor for each name, and what its status was last.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::status::Report;
use crate::credentials::{disk, lock};
use crate::{Error, Result};

const LOCK: &str = "lock";
const STATUS: &str = "status.json";

/// How long a lock may be held before it is another supervisor's, and not of somebody who [asks](read_status) whether it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// The folder, held by one supervisor at a time.
pub(crate) struct State {
    folder: PathBuf,
    _lock: File,
}

/// Whose cursor it is: another connector's would lead nowhere, or elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Whose {
    pub(crate) connector: String,
    pub(crate) workspace: String,
    pub(crate) connection: String,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    whose: Whose,
    cursor: String,
}

impl State {
    /// Makes the folder where there is none, and holds it.
    ///
    /// # Errors
    ///
    /// `conflict` when another supervisor holds it, `setup` when it can't be used.
    pub(crate) fn hold(folder: &Path) -> Result<Self> {
        disk::make_folder(folder)?;
        let path = folder.join(LOCK);
        let file = disk::make_lock(&path)?;
        let held = || {
            Error::conflict(format!(
                "another `run` keeps its cursors in `{}`; stop it, or name another folder by `state`",
                folder.display()
            ))
        };
        lock::wait(PATIENCE, held, &path.display().to_string(), || file.try_lock())?;
        Ok(Self { folder: folder.to_owned(), _lock: file })
    }

    /// The cursor that is kept under a name.
    ///
    /// # Errors
    ///
    /// `setup` when it is another connection's, or can't be read: to begin anew would bring everything once more.
    pub(crate) fn cursor(&self, name: &str, whose: &Whose) -> Result<Option<String>> {
        let path = self.path(name);
        let Some(bytes) = disk::read(&path)? else { return Ok(None) };
        let shown = path.display();
        let kept: Kept = serde_json::from_slice(&bytes).map_err(|error| {
            Error::setup(format!(
                "the cursor in `{shown}` can't be read: {error}; remove the file to begin anew"
            ))
        })?;
        if kept.whose != *whose {
            let Whose { connector, workspace, connection } = kept.whose;
            return Err(Error::setup(format!(
                "the cursor in `{shown}` is of the connection `{connection}` of `{connector}` in the workspace \
                 `{workspace}`; give this one another name, or remove the file to begin anew"
            )));
        }
        Ok(Some(kept.cursor))
    }

    /// Keeps a cursor, so that it is there after a power cut.
    ///
    /// # Errors
    ///
    /// `setup` when it can't be written; the one before is there then.
    pub(crate) fn keep(&self, name: &str, whose: &Whose, cursor: &str) -> Result<()> {
        let kept = Kept { whose: whose.clone(), cursor: cursor.to_owned() };
        disk::replace(&self.path(name), &serde_json::to_vec(&kept)?)
    }

    /// Writes what others may read of the status, all of it or nothing.
    ///
    /// # Errors
    ///
    /// `setup` when it can't be written.
    pub(crate) fn tell(&self, report: &Report) -> Result<()> {
        let path = self.folder.join(STATUS);
        let new = self.folder.join("status.json.new");
        // It says what was true a moment ago, so nobody needs it after a power cut.
        fs::write(&new, serde_json::to_vec(report)?)
            .and_then(|()| fs::rename(&new, &path))
            .map_err(|error| disk::wrong("write", &path, &error))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.cursor.json"))
    }
}

/// What a supervisor wrote last, and whether it still runs; none: it never ran there.
///
/// # Errors
///
/// `setup` when it can't be read.
pub(crate) fn read_status(folder: &Path) -> Result<Option<(Report, bool)>> {
    let path = folder.join(STATUS);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(disk::wrong("read", &path, &error)),
    };
    let report = serde_json::from_slice(&bytes).map_err(|error| {
        Error::setup(format!("the status in `{}` can't be read: {error}; remove the file", path.display()))
    })?;
    // Whoever runs holds it, and lets go however they end.
    let runs = match File::open(folder.join(LOCK)) {
        Ok(lock) => matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)),
        Err(_) => false,
    };
    Ok(Some((report, runs)))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::ErrorKind;
    use crate::traces::folder;

    fn whose(connection: &str) -> Whose {
        let [connector, workspace, connection] = ["feed", "default", connection].map(str::to_owned);
        Whose { connector, workspace, connection }
    }

    #[test]
    fn a_cursor_is_kept_for_the_connection_that_it_is_of() {
        let home = folder();
        let state = State::hold(&home.path().join("a/state")).expect("held");
        assert_eq!(state.cursor("feed", &whose("work")).expect("none"), None);
        for cursor in ["1", "{\"a\":\"\\n\"}", ""] {
            state.keep("feed", &whose("work"), cursor).expect("kept");
            assert_eq!(state.cursor("feed", &whose("work")).expect("read").as_deref(), Some(cursor));
        }
        assert_eq!(state.cursor("other", &whose("work")).expect("none"), None);
        let error = state.cursor("feed", &whose("home")).expect_err("another's");
        assert!(error.message().contains("is of the connection `work` of `feed`"), "{error}");
        fs::write(home.path().join("a/state/feed.cursor.json"), "{\"cur").expect("written");
        let error = state.cursor("feed", &whose("work")).expect_err("cut");
        assert_eq!(error.kind(), ErrorKind::Setup);
    }

    #[test]
    fn one_supervisor_at_a_time() {
        let home = folder();
        let state = State::hold(home.path()).expect("held");
        let error = State::hold(home.path()).err().expect("held already");
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(read_status(home.path()).expect("read").is_none());
        state.tell(&Report::default()).expect("written");
        assert!(read_status(home.path()).expect("read").expect("told").1, "it runs");
        drop(state);
        assert!(!read_status(home.path()).expect("read").expect("told").1, "it ran");
        State::hold(home.path()).expect("free");
    }

    #[test]
    fn whoever_asks_for_a_status_keeps_nobody_from_running() {
        let home = folder();
        drop(State::hold(home.path()).expect("held"));
        let lock = File::open(home.path().join(LOCK)).expect("a lock");
        lock.try_lock_shared().expect("free");
        let asking = thread::spawn(move || {
            thread::sleep(PATIENCE / 5);
            drop(lock);
        });
        State::hold(home.path()).expect("held in the end");
        asking.join().expect("asked");
    }
}
