//! What an instance remembers: the ids of the messages that it has written, and the cursor after them.
//!
//! One file of lines that is only added to: `m <uuid>` and `c <cursor as JSON>` after a first line that says
//! whose it is. A last line without an end was cut by a crash and is none. Once most of the file is of no use
//! it is written anew.
//!
//! All that came since the cursor may come again, and a connector may have one cursor for as much as it likes, such as
//! all of a gap. So ids are forgotten once another cursor is saved and not before, unless they are a million.

use std::collections::{HashSet, VecDeque};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::home::{self, sync_folder};
use crate::{Error, Result};

/// How many ids are remembered of a connector whose cursor never moves: some 50 MB of memory.
const MOST: usize = 1_000_000;

pub(super) struct Seen {
    path: PathBuf,
    file: File,
    owner: String,
    /// Up to where the file is whole.
    length: u64,
    lines: usize,
    /// How many ids are remembered, the latest, besides those since the cursor.
    kept: usize,
    durable: bool,
    ids: HashSet<Uuid>,
    order: VecDeque<Uuid>,
    /// How many of them were there when the cursor was saved: the first ones.
    before: usize,
    pub(super) cursor: Option<String>,
}

impl Seen {
    /// Reads what is remembered of an instance: its cursor, the ids since, and that many of the latest in all.
    ///
    /// # Errors
    ///
    /// `setup` when the file is another connector's or can't be understood. To begin anew by itself would
    /// bring every message once more. `unavailable` when the disk is full.
    pub(super) fn open(folder: &Path, connector: &str, kept: usize, durable: bool) -> Result<Self> {
        let path = folder.join("seen");
        let unusable = |problem: String| {
            let shown = path.display();
            Error::setup(format!("what is remembered in `{shown}` {problem}; remove the file to begin anew"))
        };
        let unreadable = |error: io::Error| {
            let what = format!("what is remembered in `{}` can't be used", path.display());
            home::unusable(&error, &what, "let this program read and write it")
        };
        let mut file =
            File::options().read(true).append(true).create(true).open(&path).map_err(unreadable)?;
        let bytes = fs::read(&path).map_err(unreadable)?;
        let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
        let text = std::str::from_utf8(&bytes[..whole]).map_err(|_| unusable("is no text".to_owned()))?;
        let owner = format!("connector-sdk 1 {connector}\n");
        let mut lines = text.lines();
        match lines.next() {
            None => {
                file.set_len(0).and_then(|()| file.write_all(owner.as_bytes())).map_err(unreadable)?;
            }
            Some(first) if owner.trim_end() == first => {
                file.set_len(whole as u64).map_err(unreadable)?;
            }
            Some(_) => return Err(unusable(format!("is not of the connector `{connector}`"))),
        }
        let mut seen = Self {
            file,
            length: whole.max(owner.len()) as u64,
            owner,
            lines: 0,
            kept,
            durable,
            ids: HashSet::new(),
            order: VecDeque::new(),
            before: 0,
            cursor: None,
            path: path.clone(),
        };
        for line in lines {
            seen.lines += 1;
            match line.split_at_checked(2) {
                Some(("m ", id)) => {
                    let id = Uuid::try_parse(id).map_err(|_| unusable("is damaged".to_owned()))?;
                    seen.remember(id);
                }
                Some(("c ", cursor)) => {
                    let cursor =
                        serde_json::from_str(cursor).map_err(|_| unusable("is damaged".to_owned()))?;
                    seen.begin_after(cursor);
                }
                _ => return Err(unusable("is damaged".to_owned())),
            }
        }
        Ok(seen)
    }

    pub(super) fn contains(&self, id: &Uuid) -> bool {
        self.ids.contains(id)
    }

    /// Remembers messages, for good once it returns.
    pub(super) fn add(&mut self, ids: &[Uuid]) -> io::Result<()> {
        let mut text = String::with_capacity(ids.len() * 36);
        for id in ids {
            text.push_str(&format!("m {}\n", id.simple()));
        }
        self.append(&text, self.durable)?;
        self.lines += ids.len();
        ids.iter().for_each(|id| self.remember(*id));
        self.tidy();
        Ok(())
    }

    /// Remembers where to begin the next time. That an older one is found after a crash does no harm.
    pub(super) fn save_cursor(&mut self, cursor: &str) -> io::Result<()> {
        if self.cursor.as_deref() == Some(cursor) {
            return Ok(());
        }
        self.append(&cursor_line(cursor), false)?;
        self.lines += 1;
        self.begin_after(cursor.to_owned());
        self.tidy();
        Ok(())
    }

    /// What comes again from now on comes after that cursor, or a little before it.
    fn begin_after(&mut self, cursor: String) {
        self.cursor = Some(cursor);
        self.forget_beyond(self.kept);
        self.before = self.order.len();
    }

    fn forget_beyond(&mut self, most: usize) {
        let old = self.order.len().saturating_sub(most);
        for id in self.order.drain(..old) {
            self.ids.remove(&id);
        }
        self.before = self.before.saturating_sub(old);
    }

    fn append(&mut self, text: &str, sync: bool) -> io::Result<()> {
        let written = self.file.write_all(text.as_bytes());
        let written = written.and_then(|()| if sync { self.file.sync_data() } else { Ok(()) });
        match written {
            Ok(()) => {
                self.length += text.len() as u64;
                Ok(())
            }
            Err(error) => {
                // Half a line would spoil the next one.
                self.file.set_len(self.length)?;
                Err(error)
            }
        }
    }

    fn remember(&mut self, id: Uuid) {
        if self.ids.insert(id) {
            self.order.push_back(id);
            self.forget_beyond(MOST.max(self.kept));
        }
    }

    /// Writes the file anew where most of it is of no use. Where that fails, the old one goes on.
    fn tidy(&mut self) {
        if self.lines > 4 * self.kept.max(self.order.len()) {
            let _ = self.rewrite();
        }
    }

    fn rewrite(&mut self) -> io::Result<()> {
        let mut text = self.owner.clone();
        let mut ids = self.order.iter().map(|id| format!("m {}\n", id.simple()));
        text.extend(ids.by_ref().take(self.before));
        text.extend(self.cursor.as_deref().map(cursor_line));
        text.extend(ids);
        let temporary = self.path.with_extension("tmp");
        fs::write(&temporary, &text)?;
        let file = File::options().append(true).open(&temporary)?;
        if self.durable {
            file.sync_all()?;
        }
        fs::rename(&temporary, &self.path)?;
        self.file = file;
        self.length = text.len() as u64;
        self.lines = self.order.len() + 1;
        match self.path.parent() {
            Some(folder) if self.durable => sync_folder(folder),
            _ => Ok(()),
        }
    }
}

fn cursor_line(cursor: &str) -> String {
    format!("c {}\n", serde_json::Value::from(cursor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn it_is_remembered_over_a_restart_even_where_the_last_line_was_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut seen = Seen::open(folder.path(), "chat", 10, true).expect("new");
        seen.add(&[id(1), id(2)]).expect("written");
        seen.save_cursor("a \"b\"\nc").expect("written");
        drop(seen);
        let path = folder.path().join("seen");
        let mut file = File::options().append(true).open(&path).expect("there");
        file.write_all(b"m 0000").expect("written");
        let mut seen = Seen::open(folder.path(), "chat", 10, true).expect("read");
        assert_eq!(seen.cursor.as_deref(), Some("a \"b\"\nc"));
        assert!(seen.contains(&id(2)) && !seen.contains(&id(3)));
        seen.add(&[id(3)]).expect("written");
        assert!(Seen::open(folder.path(), "chat", 10, true).expect("read").contains(&id(3)));
    }

    #[test]
    fn what_is_of_another_connector_or_damaged_is_not_the_beginning() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(Seen::open(folder.path(), "chat", 10, false).expect("new"));
        let error = Seen::open(folder.path(), "mail", 10, false).err().expect("another's");
        assert_eq!(error.kind(), crate::ErrorKind::Setup);
        let path = folder.path().join("seen");
        for rest in [&b"x\n"[..], b"m 12\n", b"c {\n", b"\xff\n"] {
            fs::write(&path, [b"connector-sdk 1 chat\n", rest].concat()).expect("written");
            Seen::open(folder.path(), "chat", 10, false).err().expect("damaged");
        }
    }

    #[test]
    fn the_file_stays_small_and_keeps_the_latest() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut seen = Seen::open(folder.path(), "chat", 10, false).expect("new");
        for n in 0..1000 {
            seen.add(&[id(n)]).expect("written");
            seen.save_cursor(&n.to_string()).expect("written");
        }
        let length = fs::metadata(folder.path().join("seen")).expect("there").len();
        assert!(length < 41 * 36, "{length}");
        let seen = Seen::open(folder.path(), "chat", 10, false).expect("read");
        assert_eq!(seen.cursor.as_deref(), Some("999"));
        assert!(seen.contains(&id(999)) && seen.contains(&id(990)) && !seen.contains(&id(900)));
    }

    #[test]
    fn all_that_came_since_the_cursor_is_known_and_not_written_again_and_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || Seen::open(folder.path(), "chat", 10, false).expect("read");
        let path = folder.path().join("seen");
        let mut seen = open();
        seen.add(&[id(1000), id(1001)]).expect("written");
        seen.save_cursor("a").expect("written");
        let first = File::open(&path).expect("there");
        for n in 0..100 {
            seen.add(&[id(n)]).expect("written");
            seen.save_cursor("a").expect("written");
        }
        let length = |file: &File| file.metadata().expect("there").len();
        assert_eq!(length(&first), fs::metadata(&path).expect("there").len(), "it is the same file");
        let all = |seen: &Seen| (0..100).all(|n| seen.contains(&id(n))) && seen.contains(&id(1000));
        assert!(all(&seen) && all(&open()));
        // Also where it was written anew in between.
        seen.rewrite().expect("written");
        assert_eq!(open().cursor.as_deref(), Some("a"));
        assert!(all(&open()));
        seen.save_cursor("b").expect("written");
        for seen in [seen, open()] {
            assert!(seen.contains(&id(99)) && seen.contains(&id(90)) && !seen.contains(&id(89)));
        }
    }
}
