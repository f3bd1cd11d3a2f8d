//! Puts files into the inbox, each complete at the moment it appears, and wakes whoever watches
//! (contract 2.8).
//!
//! The agent's loop waits for a file that is created. A rename creates none, so a finished file gets a second
//! name by `link`, which also never takes the place of another file.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::home::{Home, sync_folder};
use super::names::Moments;

/// A file that is written and has not appeared yet.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) id: Uuid,
    temporary: PathBuf,
    /// Its name in the inbox, without the ending.
    stem: String,
}

pub(super) struct Inbox {
    home: Arc<Home>,
    moments: Moments,
    durable: bool,
    /// Whether this file system gave a file a second name, as far as is known.
    links: bool,
    /// How many of this instance's files may lie in it.
    most: usize,
    /// How many there are at most: as many as were counted, and those that appeared since. None: nobody counted.
    unread: Option<usize>,
}

impl Inbox {
    pub(super) fn new(home: Arc<Home>, durable: bool, most: usize) -> Self {
        Self { home, moments: Moments::default(), durable, links: true, most, unread: None }
    }

    /// As on a file system that gives no file a second name.
    #[cfg(test)]
    pub(super) fn without_links(mut self) -> Self {
        self.links = false;
        self
    }

    /// Refuses more files than may lie in it.
    pub(super) fn has_room(&mut self, files: usize) -> io::Result<()> {
        // The agent removes what it read, so only a number that seems too large is looked at.
        let is_too_much = |unread: usize| unread + files > self.most;
        if self.unread.is_some_and(|unread| !is_too_much(unread)) {
            return Ok(());
        }
        let unread = self.count()?;
        self.unread = Some(unread);
        // However few there may be, an empty inbox takes what came at once.
        if files == 0 || unread == 0 || !is_too_much(unread) {
            return Ok(());
        }
        let text = format!("the agent has {unread} messages to read, and there may be {}", self.most);
        Err(io::Error::new(ErrorKind::QuotaExceeded, text))
    }

    fn count(&self) -> io::Result<usize> {
        let mut count = 0;
        for entry in fs::read_dir(&self.home.inbox)? {
            count += usize::from(self.is_ours(&entry?.file_name()));
        }
        Ok(count)
    }

    /// Writes a file beside the inbox.
    pub(super) fn write(&mut self, id: Uuid, contents: &[u8]) -> io::Result<Pending> {
        let stem = self.stem(id);
        let temporary = self.home.temporary.join(format!("{stem}.{}.tmp", id.simple()));
        if let Err(error) = fill(&temporary, contents, self.durable) {
            let _ = fs::remove_file(&temporary);
            return Err(error);
        }
        Ok(Pending { id, temporary, stem })
    }

    /// What the file of a message is called, but for its ending.
    fn stem(&mut self, id: Uuid) -> String {
        let short: String = id.simple().to_string().chars().take(8).collect();
        format!("{}_{}_{short}", self.home.instance, self.moments.next())
    }

    /// Another file has that name, if it is one of this instance: names sort as their messages came.
    fn go_on_after(&mut self, stem: &str) {
        let stamp = self.stamp_of(stem).map(str::to_owned);
        stamp.iter().for_each(|stamp| self.moments.go_on_after(stamp));
    }

    /// The moment in the name of a file, if it is one of this instance: another's may begin as this one's does.
    fn stamp_of<'n>(&self, stem: &'n str) -> Option<&'n str> {
        let ours = stem.strip_prefix(self.home.instance.as_str())?.strip_prefix('_')?;
        // The moment and the beginning of the id.
        let (stamp, short) = ours.rsplit_once('_')?;
        (stamp.len() == "20260210_164500_126415".len() && short.len() == 8).then_some(stamp)
    }

    /// Whether a name is that of a message of this instance.
    fn is_ours(&self, name: &std::ffi::OsStr) -> bool {
        let stem = name.to_str().and_then(|name| name.strip_suffix(".json"));
        stem.is_some_and(|stem| self.stamp_of(stem).is_some())
    }

    /// Forgets a file that is not to appear.
    pub(super) fn discard(pending: &Pending) {
        let _ = fs::remove_file(&pending.temporary);
    }

    /// Makes sure that files which were written and haven't appeared are there after a loss of power.
    pub(super) fn settle(&self) -> io::Result<()> {
        if self.durable { sync_folder(&self.home.temporary) } else { Ok(()) }
    }

    /// Lets files appear. Those that did are taken out of the list.
    pub(super) fn publish(&mut self, pending: &mut Vec<Pending>) -> io::Result<()> {
        let mut done = 0;
        let mut result = Ok(());
        for one in &mut *pending {
            result = self.appear(one);
            if result.is_err() {
                break;
            }
            done += 1;
        }
        // Only then are their first names of no use.
        if self.durable && done > 0 {
            sync_folder(&self.home.inbox)?;
        }
        self.unread = self.unread.map(|unread| unread + done);
        for one in pending.drain(..done) {
            let _ = fs::remove_file(&one.temporary);
        }
        result
    }

    fn appear(&mut self, one: &mut Pending) -> io::Result<()> {
        if is_linked(&one.temporary)? {
            return Ok(());
        }
        loop {
            let path = self.home.inbox.join(format!("{}.json", one.stem));
            match self.second_name(&one.temporary, &path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    if same_contents(&one.temporary, &path)? {
                        return Ok(());
                    }
                    // Another one has the name, which takes a clock that was set back and much chance.
                    one.stem = self.stem(one.id);
                }
                other => return other,
            }
        }
    }

    fn second_name(&mut self, temporary: &Path, path: &Path) -> io::Result<()> {
        if self.links {
            match fs::hard_link(temporary, path) {
                Ok(()) => return Ok(()),
                Err(error) if knows_no_links(&error) => self.links = false,
                Err(error) => return Err(error),
            }
        }
        // The creation of the hidden file wakes the loop, which looks only after a while.
        if fs::symlink_metadata(path).is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let hidden = self.home.inbox.join(format!(".{name}.tmp"));
        let moved = fs::read(temporary)
            .and_then(|contents| fill(&hidden, &contents, self.durable))
            .and_then(|()| fs::rename(&hidden, path));
        if moved.is_err() {
            let _ = fs::remove_file(&hidden);
        }
        moved
    }

    /// The files that an earlier run wrote. Those that it had not remembered are removed: their messages come
    /// again. What comes from now on is named after all of them, also where the clock was set back since.
    pub(super) fn left(&mut self, is_remembered: impl Fn(&Uuid) -> bool) -> io::Result<Vec<Pending>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.home.temporary)? {
            let temporary = entry?.path();
            let name = temporary.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut parts = name.strip_suffix(".tmp").unwrap_or_default().rsplitn(2, '.');
            let id = parts.next().and_then(|id| Uuid::try_parse(id).ok());
            match (id, parts.next()) {
                (Some(id), Some(stem)) if is_remembered(&id) => {
                    self.go_on_after(stem);
                    found.push(Pending { id, temporary, stem: stem.to_owned() });
                }
                _ => {
                    let _ = fs::remove_file(&temporary);
                }
            }
        }
        let begin = format!(".{}_", self.home.instance);
        for entry in fs::read_dir(&self.home.inbox)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&begin) && name.ends_with(".tmp") {
                // One of an inbox without links, which was not finished.
                let _ = fs::remove_file(entry.path());
            } else if let Some(stem) = name.strip_suffix(".json") {
                self.go_on_after(stem);
            }
        }
        found.sort_by(|one, other| one.stem.cmp(&other.stem));
        Ok(found)
    }

    /// Whether a file of this instance has waited in the inbox for that long.
    pub(super) fn has_waiting(&self, since: Duration) -> io::Result<bool> {
        for entry in fs::read_dir(&self.home.inbox)? {
            let entry = entry?;
            if !self.is_ours(&entry.file_name()) {
                continue;
            }
            // The agent may take it at any moment.
            let Ok(modified) = entry.metadata().and_then(|found| found.modified()) else { continue };
            // A time that is yet to come is one of a clock that was set back.
            if modified.elapsed().map_or(true, |age| age >= since) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Wakes an agent that missed a file because it was busy when the file appeared.
    pub(super) fn wake(&self) -> io::Result<()> {
        let path = self.home.inbox.join(format!(".{}.wake", self.home.instance));
        File::create(&path)?;
        fs::remove_file(&path)
    }
}

/// Writes a whole file.
pub(super) fn fill(path: &Path, contents: &[u8], durable: bool) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(contents)?;
    if durable { file.sync_all() } else { Ok(()) }
}

/// Whether a file has a second name already.
#[cfg(unix)]
fn is_linked(path: &Path) -> io::Result<bool> {
    Ok(std::os::unix::fs::MetadataExt::nlink(&fs::metadata(path)?) > 1)
}

/// It is found by its contents.
#[cfg(not(unix))]
fn is_linked(_: &Path) -> io::Result<bool> {
    Ok(false)
}

fn knows_no_links(error: &io::Error) -> bool {
    // Linux says `EPERM` for a file system that has none.
    matches!(
        error.kind(),
        ErrorKind::Unsupported
            | ErrorKind::CrossesDevices
            | ErrorKind::PermissionDenied
            | ErrorKind::TooManyLinks
    )
}

fn same_contents(one: &Path, other: &Path) -> io::Result<bool> {
    match fs::read(other) {
        Ok(found) => Ok(found == fs::read(one)?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
