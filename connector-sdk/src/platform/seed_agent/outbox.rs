//! Takes files out of the outbox, in the order of their names, whatever lies there (contract 2.4, 2.10).

use std::collections::{BinaryHeap, HashMap};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::failed::reject;
use super::home::Home;
use super::letter::{Shape, Wrong, read};
use super::names::{Moments, kept_name};
use crate::{Level, Observer};

/// How long a file that can't be read has to be left alone before it counts as finished.
pub(super) const SETTLED: Duration = Duration::from_secs(2);

/// How many files are taken at once. All others stay where they are, so that as many as there are need no
/// memory and the first is sent at once.
const BATCH: usize = 1000;

/// How often the place is looked at where an agent's prompt may have it write.
const LOOK_FOR_STRAYS: Duration = Duration::from_secs(60);

/// A file that was taken.
#[derive(Clone, Debug)]
pub(super) struct Claimed {
    /// Its name in our folders.
    pub(super) name: String,
    /// What its place among the others depends on.
    pub(super) conversation: String,
}

/// A file that stays where it is for now.
struct Held {
    shape: Option<Shape>,
    since: Instant,
    /// Whether it was said.
    told: bool,
    /// Whether it was there at the last look.
    found: bool,
}

pub(super) struct Outbox {
    home: Arc<Home>,
    log: Arc<dyn Observer>,
    pub(super) moments: Moments,
    held: HashMap<OsString, Held>,
    /// When messages in the wrong place are looked for; never again once it was told of any.
    strays: Option<Instant>,
}

impl Outbox {
    pub(super) fn new(home: Arc<Home>, log: Arc<dyn Observer>) -> Self {
        let strays = Some(Instant::now());
        Self { home, log, moments: Moments::default(), held: HashMap::new(), strays }
    }

    /// Takes the next files. Says also whether there may be more.
    pub(super) fn take(&mut self) -> io::Result<(Vec<Claimed>, bool)> {
        self.tell_of_strays();
        // The first by name, without keeping the names of all.
        let mut first: BinaryHeap<OsString> = BinaryHeap::new();
        let mut more = false;
        self.held.values_mut().for_each(|held| held.found = false);
        for entry in fs::read_dir(&self.home.outbox)? {
            let Ok(entry) = entry else { continue };
            let name = entry.file_name();
            let bytes = name.as_encoded_bytes();
            if !bytes.ends_with(b".json") || bytes.starts_with(b".") {
                continue;
            }
            if let Some(held) = self.held.get_mut(&name) {
                held.found = true;
                if !held.is_due(&entry.path()) {
                    continue;
                }
            }
            first.push(name);
            if first.len() > BATCH {
                more = true;
                first.pop();
            }
        }
        self.held.retain(|_, held| held.found);
        let mut taken = Vec::new();
        for name in first.into_sorted_vec() {
            taken.extend(self.take_one(&name));
        }
        Ok((taken, more))
    }

    /// The agent's own prompt teaches to write to the folder above, of which nobody can tell whose its messages
    /// are (contract 2.3).
    fn tell_of_strays(&mut self) {
        let now = Instant::now();
        let (Some(outer), true) =
            (self.home.outbox.parent(), self.strays.is_some_and(|look_at| look_at <= now))
        else {
            return;
        };
        self.strays = Some(now + LOOK_FOR_STRAYS);
        let is_message = |entry: io::Result<fs::DirEntry>| {
            entry
                .is_ok_and(|entry| Path::new(&entry.file_name()).extension().is_some_and(|end| end == "json"))
        };
        if fs::read_dir(outer).is_ok_and(|mut entries| entries.any(is_message)) {
            self.strays = None;
            let (outer, ours) = (outer.display(), self.home.outbox.display());
            self.log.log(
                Level::Warn,
                &format!("there are messages in `{outer}`, where no connector looks; tell the agent to write to `{ours}`"),
            );
        }
    }

    fn take_one(&mut self, name: &OsString) -> Option<Claimed> {
        let path = self.home.outbox.join(name);
        let shape = Shape::of(&path)?;
        let (ours, to) = self.place(&path);
        let why = match read(&path, &self.home.instance, &ours) {
            Ok(message) => {
                return match fs::rename(&path, &to) {
                    Ok(()) => {
                        self.held.remove(name);
                        Some(Claimed { name: ours, conversation: message.conversation_id })
                    }
                    Err(error) => {
                        self.hold(name, shape, &format!("can't be taken: {error}"));
                        None
                    }
                };
            }
            Err(Wrong::Gone) => return None,
            Err(Wrong::Unfinished(why)) => match self.held.get(name) {
                Some(held) if held.shape == Some(shape) && held.since.elapsed() >= SETTLED => why,
                _ => {
                    self.wait_for(name, shape);
                    return None;
                }
            },
            Err(Wrong::For(why)) => why,
        };
        match reject(&self.home, &mut self.moments, &path, &why) {
            Ok(to) => {
                self.held.remove(name);
                let (from, to) = (path.display(), to.display());
                self.log.log(Level::Warn, &format!("`{from}` is no message: {why}; it is now `{to}`"));
            }
            Err(error) => self.hold(name, shape, &format!("is no message, and can't be moved: {error}")),
        }
        None
    }

    /// A name in our folders that is not taken.
    fn place(&mut self, path: &Path) -> (String, PathBuf) {
        loop {
            let name = format!("{}.json", kept_name(&self.moments.next(), path));
            let to = self.home.claimed.join(&name);
            let is_free = |path: &Path| fs::symlink_metadata(path).is_err();
            if is_free(&to) && is_free(&self.home.sending.join(&name)) {
                return (name, to);
            }
        }
    }

    /// Somebody may be writing it.
    fn wait_for(&mut self, name: &OsString, shape: Shape) {
        let held = Held { shape: Some(shape), since: Instant::now(), told: false, found: true };
        match self.held.get_mut(name) {
            Some(known) if known.shape == held.shape => {}
            Some(known) => *known = held,
            None => {
                self.held.insert(name.clone(), held);
            }
        }
    }

    /// Nothing can be done about it but by somebody else.
    fn hold(&mut self, name: &OsString, shape: Shape, why: &str) {
        let told = self.held.get(name).is_some_and(|held| held.told);
        if !told {
            let path = self.home.outbox.join(name);
            self.log.log(Level::Warn, &format!("`{}` {why}", path.display()));
        }
        let held = Held { shape: Some(shape), since: Instant::now(), told: true, found: true };
        self.held.insert(name.clone(), held);
    }
}

impl Held {
    /// Whether it is time to look at the file again: it changed, or was left alone for long enough.
    fn is_due(&self, path: &Path) -> bool {
        let wait = if self.told { SETTLED * 15 } else { SETTLED };
        self.since.elapsed() >= wait || (!self.told && Shape::of(path) != self.shape)
    }
}
