//! The audit trail: a file with a line for every call, those that were refused too.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use serde::{Deserialize, Serialize};

use crate::call::{Audit, AuditRecord, Decision};
use crate::credentials::{disk, location, lock};
use crate::manifest::Mode;
use crate::moment::{millis, timestamp};
use crate::{Error, ErrorKind, Result};

/// The variable that names another file.
const VARIABLE: &str = "CONNECTOR_AUDIT";
/// The file beside the store of connections.
const NAME: &str = "audit.jsonl";
/// A longer line is none of ours: what is in one is names, each of them bounded.
const LONGEST: u64 = 64 * 1024;

/// The file of an audit trail.
#[derive(Clone, Debug)]
pub(crate) struct AuditFile {
    path: PathBuf,
    /// Whether its folder is ours to make.
    is_default: bool,
}

/// What was done, or was to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Call,
    Connect,
    Disconnect,
}

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) event: String,
    pub(crate) workspace: String,
    pub(crate) connector: Option<String>,
    pub(crate) connection: String,
    pub(crate) action: Option<String>,
    pub(crate) caller: String,
    pub(crate) mode: String,
    pub(crate) decision: String,
    pub(crate) outcome: String,
    pub(crate) duration_ms: u64,
    pub(crate) input: Option<String>,
}

/// Which lines are wanted.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// At most so many, the last ones.
    pub(crate) limit: usize,
    pub(crate) connector: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) workspace: Option<String>,
    pub(crate) outcome: Option<String>,
}

/// What was read of a trail.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The last of those that were wanted, in the order of the file.
    pub(crate) lines: VecDeque<Line>,
    /// The numbers of the lines that are damaged, from 1: cut off, or not of this program.
    pub(crate) damaged: Vec<u64>,
}

impl AuditFile {
    /// The file by an environment.
    ///
    /// # Errors
    ///
    /// `setup` when the environment doesn't say where it is.
    pub(crate) fn of_environment(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Self> {
        if let Some(path) = variable(VARIABLE).filter(|path| !path.is_empty()) {
            return Ok(Self { path: path.into(), is_default: false });
        }
        let folder = location::folder(variable).ok_or_else(|| {
            Error::setup(format!(
                "the environment doesn't say where the audit trail is, without which nothing is called; set HOME, \
                 CONNECTOR_HOME or {VARIABLE}"
            ))
        })?;
        Ok(Self { path: folder.join(NAME), is_default: true })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens it for writing at its end, and makes it where there is none.
    ///
    /// # Errors
    ///
    /// `setup` when it can't be written, or others may read it.
    fn open(&self) -> Result<File> {
        if let (true, Some(folder)) = (self.is_default, self.path.parent()) {
            disk::make_folder(folder)?;
        }
        if let Ok(metadata) = fs::symlink_metadata(&self.path) {
            disk::check(&self.path, &metadata)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.path).map_err(|error| {
            let path = self.path.display();
            Error::setup(format!(
                "the audit trail `{path}` can't be written: {error}; nothing is called without a record of it"
            ))
        })
    }

    /// The last lines that are wanted; none where there is no file.
    ///
    /// # Errors
    ///
    /// `setup` when it can't be read.
    pub(crate) fn read(&self, wanted: &Wanted) -> Result<Read> {
        let mut read = Read::default();
        match fs::symlink_metadata(&self.path) {
            Ok(metadata) => disk::check(&self.path, &metadata)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(read),
            Err(error) => return Err(disk::wrong("look at", &self.path, &error)),
        }
        let wrong = |error: io::Error| disk::wrong("read", &self.path, &error);
        let file = File::open(&self.path).map_err(wrong)?;
        // To its end as it is while nobody writes; writers don't wait until all is read.
        lock::shared(&file, "the audit trail", &self.path.display().to_string())?;
        let length = file.metadata().map_err(wrong)?.len();
        file.unlock().map_err(wrong)?;
        let mut reader = BufReader::new(file.take(length));
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            let length = reader.by_ref().take(LONGEST).read_until(b'\n', &mut bytes).map_err(wrong)?;
            if length == 0 {
                break;
            }
            let is_whole = bytes.ends_with(b"\n");
            if !is_whole && length as u64 == LONGEST {
                reader.skip_until(b'\n').map_err(wrong)?;
            }
            match serde_json::from_slice::<Line>(&bytes) {
                Ok(line) if is_whole => {
                    if wanted.fits(&line) {
                        read.lines.push_back(line);
                    }
                }
                _ => read.damaged.push(number),
            }
            if read.lines.len() > wanted.limit {
                read.lines.pop_front();
            }
        }
        Ok(read)
    }
}

impl Wanted {
    fn fits(&self, line: &Line) -> bool {
        let same =
            |wanted: &Option<String>, found: Option<&str>| wanted.is_none() || wanted.as_deref() == found;
        same(&self.connector, line.connector.as_deref())
            && same(&self.action, line.action.as_deref())
            && same(&self.workspace, Some(&line.workspace))
            && same(&self.outcome, Some(&line.outcome))
    }
}

impl Event {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Connect => "connect",
            Self::Disconnect => "disconnect",
        }
    }
}

/// Writes the one line of one command, by whichever way it ends.
pub(crate) struct Recorder {
    /// Open from the beginning: what can't be recorded isn't done.
    file: Mutex<File>,
    path: PathBuf,
    line: Line,
    began: Instant,
    is_written: AtomicBool,
    failed: Mutex<Option<String>>,
}

/// What a [`Recorder`] is about.
pub(crate) struct Subject<'a> {
    pub(crate) event: Event,
    pub(crate) workspace: &'a str,
    pub(crate) connector: Option<&'a str>,
    pub(crate) connection: &'a str,
    pub(crate) action: Option<&'a str>,
    pub(crate) caller: &'a str,
    /// None: the caller named one that there is not.
    pub(crate) mode: Option<Mode>,
}

impl Recorder {
    /// Opens the file for one line.
    ///
    /// # Errors
    ///
    /// As [`AuditFile::open`].
    pub(crate) fn open(file: &AuditFile, subject: &Subject<'_>) -> Result<Self> {
        let line = Line {
            at: timestamp(SystemTime::now()),
            event: subject.event.as_str().to_owned(),
            workspace: bounded(subject.workspace),
            connector: subject.connector.map(bounded),
            connection: bounded(subject.connection),
            action: subject.action.map(bounded),
            caller: bounded(subject.caller),
            mode: subject.mode.map_or("unknown", Mode::as_str).to_owned(),
            decision: Decision::Undecided.as_str().to_owned(),
            outcome: String::new(),
            duration_ms: 0,
            input: None,
        };
        Ok(Self {
            file: Mutex::new(file.open()?),
            path: file.path.clone(),
            line,
            began: Instant::now(),
            is_written: AtomicBool::new(false),
            failed: Mutex::new(None),
        })
    }

    /// Writes how a command ended that never came to its call, or is none. Does nothing where the call wrote its own line.
    pub(crate) fn end(&self, decision: Decision, outcome: Result<(), ErrorKind>) {
        self.write(Line {
            decision: decision.as_str().to_owned(),
            outcome: outcome_of(outcome),
            duration_ms: millis(self.began.elapsed()),
            ..self.line.clone()
        });
    }

    /// Why the line could not be written, if it could not.
    pub(crate) fn failure(&self) -> Option<String> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn write(&self, line: Line) {
        if self.is_written.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = append(&mut file, &self.path, &line) {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.message().to_owned());
        }
    }
}

impl Audit for Recorder {
    fn record(&self, record: &AuditRecord<'_>) {
        self.write(Line {
            at: timestamp(record.at),
            action: record.action.map(bounded),
            decision: record.decision.as_str().to_owned(),
            outcome: outcome_of(record.outcome),
            duration_ms: millis(record.duration),
            input: Some(format!("sha256:{}", record.input)),
            ..self.line.clone()
        });
    }
}

/// What a stranger wrote may be as long as they like; a line may not.
fn bounded(text: &str) -> String {
    text.chars().take(200).collect()
}

/// Writes a line at the end, at once and under a lock, so that the lines of many programs don't mix.
fn append(file: &mut File, path: &Path, line: &Line) -> Result<()> {
    let wrong = |error: io::Error| {
        Error::setup(format!("the record of this call can't be written to `{}`: {error}", path.display()))
    };
    lock::exclusive(file, "the audit trail", &path.display().to_string())?;
    let written = (|| {
        let mut bytes = Vec::with_capacity(512);
        // After one that a crash or a full disk cut off, ours begins a line of its own.
        let length = file.metadata()?.len();
        if length > 0 {
            let mut last = [0];
            file.seek(SeekFrom::Start(length - 1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                bytes.push(b'\n');
            }
        }
        serde_json::to_writer(&mut bytes, line)?;
        bytes.push(b'\n');
        file.write_all(&bytes)
    })();
    let unlocked = file.unlock();
    written.and(unlocked).map_err(wrong)
}

fn outcome_of(outcome: Result<(), ErrorKind>) -> String {
    outcome.map_or_else(ErrorKind::as_str, |()| "ok").to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_name_without_an_end_leaves_a_line_that_is_read() {
        let path =
            std::env::temp_dir().join(format!("connector-sdk-audit-long-{}.jsonl", std::process::id()));
        let file = AuditFile { path: path.clone(), is_default: false };
        let long = "é".repeat(70_001);
        let subject = Subject {
            event: Event::Call,
            workspace: "default",
            connector: Some("shop"),
            connection: "default",
            action: Some(&long),
            caller: "test",
            mode: Some(Mode::Write),
        };
        let recorder = Recorder::open(&file, &subject).expect("a trail");
        recorder.record(&AuditRecord {
            at: SystemTime::now(),
            caller: "test",
            connection: "default",
            connector: "shop",
            action: Some(&long),
            input: crate::call::InputDigest::of("shop", "default", "a", b"{}"),
            decision: Decision::Allowed,
            outcome: Ok(()),
            duration: Duration::ZERO,
        });
        let wanted = Wanted { limit: 9, connector: None, action: None, workspace: None, outcome: None };
        let read = file.read(&wanted).expect("read");
        std::fs::remove_file(&path).expect("removed");
        assert!(read.damaged.is_empty() && recorder.failure().is_none());
        assert_eq!(read.lines[0].action.as_deref(), Some("é".repeat(200).as_str()));
    }
}
