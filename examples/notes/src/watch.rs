//! What happens to the notes, as it happens, and what happened while nobody listened.
//!
//! The system only says that something moved somewhere below the root; what it was is found by looking at all
//! notes and comparing with what was there before. So a lost notice, a rename, and an editor that writes
//! another file in place of the old one are all the same, and what lists leave out is left out here too.
//!
//! The cursor is the time and path of the latest change. The time of a file is that of its last change where the
//! system tells it, as Unix does, and else that of its content: so a note that is moved in, copied with its time or
//! unpacked counts as new when it comes. A note whose file is newer than the cursor is told, whenever that was. So the
//! first look of a process tells besides, as changed, each note whose owner, mode, links or attributes alone changed
//! since the cursor, whether or not somebody listened then: after a backup by hard links those are all of them.
//!
//! The id of a change is the path with the time and length of the content, which nothing of that touches: what was
//! told and not acknowledged comes again by the same id. Where the content is older than the cursor, it may have been
//! told before it went away, so there the file's time is in the id as well, and the id is another once that changes.
//!
//! What changed without a note's file being newer is told by the process that sees it and by no other: a note that is
//! gone, one that came with the folder around it, one that lists leave out no longer, and, where the system tells no
//! more than the time of the content, one that came with an old time. The process remembers what it has told when the
//! root is gone for a while or the subscription begins again; but when it ends before a host has acknowledged such a
//! change, or wasn't there, nobody hears of it.
//!
//! A cursor that is yet to come is one of a clock that was set back. By it nothing could be told from what is new, so
//! all notes are told once more, under the ids that they had unless they came with an old time. What can't be known: a note that was written by the clock
//! that was behind, while nobody listened, where the clock is past the cursor again before somebody does.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use connector_sdk::event::{Event, Events};
use connector_sdk::{Context, Level, Result};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::folder::Folder;

/// One save is several notices, and a checkout is thousands: no look before it has been that long.
const SETTLE: Duration = Duration::from_millis(200);

/// Not every file system gives notice, such as one of another machine: no longer than that without a look.
const LONGEST: Duration = Duration::from_secs(60);

/// What happened to a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// What it was.
    pub kind: ChangeKind,
    /// Where the note is or was, relative to the folder.
    pub path: String,
}

/// A kind of change. A note that is moved is removed and created; one that is moved in while nobody listens is changed,
/// and after a restart so is one whose owner, mode, links or attributes alone are others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It wasn't there before.
    Created,
    /// It is another than before.
    Changed,
    /// It is gone.
    Removed,
}

/// The latest change that was told.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seen {
    /// In nanoseconds since 1970.
    time: u64,
    /// Of several changes at one time, those of lesser paths come first.
    path: String,
}

/// Tells what changed since then, and goes on.
pub(crate) async fn watch(
    root: &Path,
    since: Option<Seen>,
    told: &Told,
    out: &mut Events<Change>,
    ctx: &Context,
) -> Result<()> {
    let folder = Folder::open(root)?;
    let moved = Arc::new(Notify::new());
    // Before the first look, so that nothing falls between.
    let watcher = notice(folder.root(), Arc::clone(&moved));
    if let Err(error) = &watcher {
        ctx.log(Level::Warn, format_args!("looking every {} s: {error}", LONGEST.as_secs()));
    }
    let is_first = since.is_none();
    let (mut notes, news) = Notes::first(&folder, since, told.get(), ctx)?;
    if is_first {
        out.checkpoint(&notes.latest)?;
    }
    tell(news, out).await?;
    told.set(&notes.known);
    loop {
        // Either way it is time to look.
        let _ = tokio::time::timeout(LONGEST, moved.notified()).await;
        tokio::time::sleep(SETTLE).await;
        // A folder that is gone is an error, and not a folder whose notes are all removed.
        let news = notes.look(&Folder::open(root)?, None, ctx)?;
        tell(news, out).await?;
        told.set(&notes.known);
    }
}

type News = Vec<Event<Change, Seen>>;

async fn tell(news: News, out: &mut Events<Change>) -> Result<()> {
    for event in news {
        out.emit(event).await?;
    }
    Ok(())
}

/// Gives notice whenever something is not as it was, until it is dropped.
fn notice(root: &Path, moved: Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let config = notify::Config::default().with_follow_symlinks(false);
    let tell = move |event: notify::Result<notify::Event>| {
        // To look is to open files, which would be another reason to look.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            moved.notify_one();
        }
    };
    let mut watcher = RecommendedWatcher::new(tell, config)?;
    watcher.watch(root, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// A note's file.
#[derive(Clone, Copy)]
struct State {
    /// When its content was written, and how long that is. While these are the same, it hasn't changed.
    content: (u64, u64),
    /// Its time when it was found to be so.
    time: u64,
    /// Its content was older than the cursor then.
    is_old: bool,
}

impl State {
    fn of(file: &fs::Metadata) -> Self {
        let written = file.modified().map_or(0, nanoseconds);
        Self { content: (written, file.len()), time: written.max(changed(file)), is_old: false }
    }

    /// The id of what happened to the note when it was found to be so.
    fn id(&self, path: &str) -> String {
        let (written, length) = self.content;
        let id = format!("{path}@{written}-{length}");
        // It may have been told when it was written.
        if self.is_old { format!("{id}@{}", self.time) } else { id }
    }
}

/// When anything of the file changed, such as its name. No program can set it.
#[cfg(unix)]
fn changed(file: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;

    let (Ok(seconds), Ok(rest)) = (u64::try_from(file.ctime()), u64::try_from(file.ctime_nsec())) else {
        return 0;
    };
    seconds.saturating_mul(1_000_000_000).saturating_add(rest)
}

#[cfg(not(unix))]
fn changed(_: &fs::Metadata) -> u64 {
    0
}

/// The notes by their paths.
type Known = Arc<HashMap<String, State>>;

/// The notes as they were when all changes had been told, for a run of the method after another.
#[derive(Default)]
pub(crate) struct Told(Mutex<Option<Known>>);

impl Told {
    fn get(&self) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, known: &Known) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(known));
    }
}

/// The notes as they were at the last look.
struct Notes {
    known: Known,
    latest: Seen,
}

impl Notes {
    /// The first look, with what is newer than the cursor, and what is otherwise than an earlier run told it. Without
    /// a cursor all that is there is known.
    fn first(
        folder: &Folder,
        since: Option<Seen>,
        told: Option<Known>,
        ctx: &Context,
    ) -> Result<(Self, News)> {
        let since = since.map(|since| not_to_come(since, ctx));
        let mut notes = Self { known: Known::default(), latest: since.clone().unwrap_or_default() };
        let Some(since) = since else {
            notes.look(folder, None, ctx)?;
            return Ok((notes, Vec::new()));
        };
        if let Some(told) = told {
            notes.known = told;
            let news = notes.look(folder, Some(&since), ctx)?;
            return Ok((notes, news));
        }
        let news = notes.look(folder, None, ctx)?.into_iter().filter_map(|mut event| {
            // Of a file without a time of its birth it isn't known whether it is new.
            let born = fs::symlink_metadata(folder.root().join(&event.payload.path))
                .and_then(|file| file.created())
                .is_ok_and(|born| nanoseconds(born) > since.time);
            event.payload.kind = if born { ChangeKind::Created } else { ChangeKind::Changed };
            (event.cursor > since).then_some(event)
        });
        let news = news.collect();
        Ok((notes, news))
    }

    /// Looks at all notes, and returns what changed since the last look, and what did before but after the cursor, in
    /// the order of cursors.
    fn look(&mut self, folder: &Folder, since: Option<&Seen>, ctx: &Context) -> Result<News> {
        let now = nanoseconds(SystemTime::now());
        let mut found = HashMap::new();
        let mut written = Vec::new();
        for note in folder.notes(folder.root(), ctx) {
            let note = note?;
            // One that is gone since it was listed is found to be so at the next look.
            let Ok(file) = fs::symlink_metadata(&note.file) else { continue };
            let mut state = State::of(&file);
            let mut kind = Some(ChangeKind::Created);
            if let Some(known) = self.known.get(&note.path) {
                kind = Some(ChangeKind::Changed);
                if known.content == state.content {
                    state = *known;
                    kind = None;
                }
            }
            if kind.is_some() {
                state.is_old = Seen { time: state.content.0, path: note.path.clone() } <= self.latest;
            }
            // A time that is yet to come would hide all that changes until then.
            let seen = Seen { time: state.time.min(now), path: note.path.clone() };
            // It was told and is so again by the same id, as the host may not have got it.
            if kind.is_none() && since.is_some_and(|since| seen > *since) {
                kind = Some(ChangeKind::Changed);
            }
            if let Some(kind) = kind {
                written.push((seen, state, kind));
            }
            found.insert(note.path, state);
        }
        let mut removed: Vec<String> = Vec::new();
        for (path, state) in self.known.iter() {
            if found.contains_key(path) {
                continue;
            }
            match fs::symlink_metadata(folder.root().join(path)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => removed.push(path.clone()),
                // It can't be looked at for now.
                Err(_) => drop(found.insert(path.clone(), *state)),
                // It is hidden, ignored or no file any more, which lists leave out.
                Ok(_) => {}
            }
        }
        self.known = Arc::new(found);
        removed.sort();
        let mut news = News::new();
        for path in removed {
            let id = format!("{path}@{now}-removed");
            news.push(Event {
                id,
                cursor: self.latest.clone(),
                payload: Change { kind: ChangeKind::Removed, path },
            });
        }
        written.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        for (seen, state, kind) in written {
            let path = seen.path.clone();
            let mut id = state.id(&path);
            if seen > self.latest {
                self.latest = seen;
            } else {
                // One that comes with an old time doesn't lead back, and it may have been told at that time.
                id = format!("{id}@{now}");
            }
            news.push(Event { id, cursor: self.latest.clone(), payload: Change { kind, path } });
        }
        Ok(news)
    }
}

/// The cursor, or the beginning where it is yet to come.
fn not_to_come(since: Seen, ctx: &Context) -> Seen {
    if since.time <= nanoseconds(SystemTime::now()) {
        return since;
    }
    ctx.log(
        Level::Warn,
        "the latest change that was told is yet to come, so the clock was set back: all notes are told once more",
    );
    Seen::default()
}

fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use connector_sdk::Observer;

    use super::ChangeKind::{Changed, Created, Removed};
    use super::*;
    use crate::testing::Sandbox;

    /// Writes a note, as if it had been that many seconds ago, and later than all before.
    fn write(sandbox: &Sandbox, path: &str, text: &str, ago: u64) {
        // Times of files go by steps of some milliseconds.
        std::thread::sleep(Duration::from_millis(20));
        let file = sandbox.path().join(path);
        fs::write(&file, text).unwrap();
        dated(&file, ago);
    }

    fn dated(file: &Path, ago: u64) {
        let file = fs::File::options().write(true).open(file).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(ago)).unwrap();
    }

    fn first(sandbox: &Sandbox, since: Option<Seen>) -> (Notes, News) {
        Notes::first(&sandbox.folder, since, None, &Context::new()).unwrap()
    }

    /// Another run of the method of the same process.
    fn again(sandbox: &Sandbox, since: &Seen, notes: &Notes) -> News {
        let told = Some(Arc::clone(&notes.known));
        Notes::first(&sandbox.folder, Some(since.clone()), told, &Context::new()).unwrap().1
    }

    fn look(notes: &mut Notes, sandbox: &Sandbox) -> News {
        notes.look(&sandbox.folder, None, &Context::new()).unwrap()
    }

    fn told(news: &News) -> Vec<(ChangeKind, &str)> {
        assert!(news.is_sorted_by_key(|event| &event.cursor), "in the order of cursors: {news:?}");
        news.iter().map(|event| (event.payload.kind, event.payload.path.as_str())).collect()
    }

    #[test]
    fn what_happens_is_told_and_nothing_else() {
        let sandbox = Sandbox::new(&[(".gitignore", "no.md"), ("a.md", "a"), ("b/c.md", "c")]);
        let (mut notes, news) = first(&sandbox, None);
        assert_eq!(told(&news), [], "what is there is known");
        for path in ["no.md", ".hidden.md", "a.txt"] {
            fs::write(sandbox.path().join(path), "x").unwrap();
        }
        assert_eq!(told(&look(&mut notes, &sandbox)), []);
        write(&sandbox, "a.md", "longer", 5);
        write(&sandbox, "new.md", "new", 0);
        fs::remove_file(sandbox.path().join("b/c.md")).unwrap();
        let news = look(&mut notes, &sandbox);
        assert_eq!(told(&news), [(Removed, "b/c.md"), (Changed, "a.md"), (Created, "new.md")]);
        assert_eq!(told(&look(&mut notes, &sandbox)), []);
    }

    #[test]
    fn what_changed_while_nobody_listened_is_found() {
        let sandbox = Sandbox::new(&[("a.md", "a"), ("b.md", "b"), ("c.md", "c")]);
        for path in ["a.md", "b.md", "c.md"] {
            write(&sandbox, path, "old", 90);
        }
        let (notes, _) = first(&sandbox, None);
        write(&sandbox, "c.md", "c", 60);
        write(&sandbox, "b.md", "b", 30);
        fs::remove_file(sandbox.path().join("a.md")).unwrap();
        let (_, news) = first(&sandbox, Some(notes.latest));
        let paths: Vec<&str> = told(&news).into_iter().map(|(_, path)| path).collect();
        assert_eq!(paths, ["c.md", "b.md"]);
        // From the cursor of each, those after it.
        let (_, rest) = first(&sandbox, Some(news[0].cursor.clone()));
        assert_eq!(rest.iter().map(|event| &event.id).collect::<Vec<_>>(), [&news[1].id], "the same id");
        assert_eq!(told(&first(&sandbox, Some(news[1].cursor.clone())).1), []);
    }

    #[test]
    fn notes_of_one_time_are_told_one_after_the_other() {
        let sandbox = Sandbox::new(&[("c.md", "")]);
        // Names of one file have its times.
        for path in ["a.md", "b.md"] {
            fs::hard_link(sandbox.path().join("c.md"), sandbox.path().join(path)).unwrap();
        }
        let (_, news) = first(&sandbox, Some(Seen::default()));
        let paths: Vec<&str> = told(&news).into_iter().map(|(_, path)| path).collect();
        assert_eq!(paths, ["a.md", "b.md", "c.md"]);
        let (_, rest) = first(&sandbox, Some(news[1].cursor.clone()));
        assert_eq!(rest.len(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn a_note_that_comes_with_an_old_time_is_found_later_too() {
        let (sandbox, elsewhere) = (Sandbox::empty(), Sandbox::empty());
        write(&elsewhere, "b.md", "b", 9999);
        write(&sandbox, "a.md", "a", 0);
        let (mut notes, _) = first(&sandbox, None);
        let before = notes.latest.clone();
        std::thread::sleep(Duration::from_millis(20));
        fs::rename(elsewhere.path().join("b.md"), sandbox.path().join("b.md")).unwrap();
        let news = look(&mut notes, &sandbox);
        assert_eq!(told(&news), [(Created, "b.md")]);
        // The host got it and died before it stored that.
        let (_, later) = first(&sandbox, Some(before));
        assert_eq!((told(&later), &later[0].id), (vec![(Changed, "b.md")], &news[0].id));
        assert_eq!(told(&first(&sandbox, Some(news[0].cursor.clone())).1), []);
    }

    #[test]
    #[cfg(unix)]
    fn a_note_of_another_mode_is_no_other_note() {
        use std::os::unix::fs::PermissionsExt as _;

        let sandbox = Sandbox::empty();
        let (mut notes, _) = first(&sandbox, None);
        let before = notes.latest.clone();
        write(&sandbox, "a.md", "a", 9999);
        let news = look(&mut notes, &sandbox);
        std::thread::sleep(Duration::from_millis(20));
        fs::set_permissions(sandbox.path().join("a.md"), fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(told(&look(&mut notes, &sandbox)), []);
        assert_eq!(told(&again(&sandbox, &notes.latest, &notes)), []);
        assert_eq!(
            again(&sandbox, &before, &notes)[0].id,
            news[0].id,
            "what isn't acknowledged, by the same id"
        );
    }

    #[test]
    #[cfg(unix)]
    fn a_change_comes_again_by_its_id_though_the_file_s_mode_is_another() {
        use std::os::unix::fs::PermissionsExt as _;

        let sandbox = Sandbox::new(&[("a.md", "a")]);
        let (mut notes, _) = first(&sandbox, None);
        let before = notes.latest.clone();
        write(&sandbox, "a.md", "longer", 0);
        write(&sandbox, "b.md", "b", 0);
        let news = look(&mut notes, &sandbox);
        std::thread::sleep(Duration::from_millis(20));
        fs::set_permissions(sandbox.path().join("a.md"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::hard_link(sandbox.path().join("b.md"), sandbox.path().join("b.away")).unwrap();
        // The host got both and died before it stored that.
        let (_, later) = first(&sandbox, Some(before));
        let ids = |news: &News| news.iter().map(|event| event.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&later), ids(&news));
        // It can't be known that this was no other content with an old time.
        let (_, stored) = first(&sandbox, Some(notes.latest));
        assert_eq!(told(&stored), [(Changed, "a.md"), (Changed, "b.md")]);
        assert!(stored.iter().all(|event| !ids(&news).contains(&event.id)), "{stored:?}");
    }

    #[test]
    fn what_happens_between_two_runs_of_a_process_is_told() {
        let sandbox = Sandbox::new(&[("a.md", "a"), ("b.md", "b"), ("c.md", "c")]);
        let (notes, _) = first(&sandbox, None);
        fs::remove_file(sandbox.path().join("a.md")).unwrap();
        // By its time it is older than what was told.
        fs::write(sandbox.path().join("b.md"), "longer").unwrap();
        dated(&sandbox.path().join("b.md"), 9999);
        write(&sandbox, "d.md", "d", 0);
        let news = again(&sandbox, &notes.latest, &notes);
        assert_eq!(told(&news), [(Removed, "a.md"), (Changed, "b.md"), (Created, "d.md")]);
    }

    #[test]
    fn a_note_that_comes_back_is_another_event() {
        let sandbox = Sandbox::new(&[("a.md", "a")]);
        let (mut notes, news) = first(&sandbox, Some(Seen::default()));
        let away = sandbox.path().join("a.away");
        fs::rename(sandbox.path().join("a.md"), &away).unwrap();
        assert_eq!(told(&look(&mut notes, &sandbox)), [(Removed, "a.md")]);
        fs::rename(&away, sandbox.path().join("a.md")).unwrap();
        let back = look(&mut notes, &sandbox);
        assert_eq!(told(&back), [(Created, "a.md")]);
        assert_ne!(back[0].id, news[0].id);
    }

    #[derive(Default)]
    struct Log(Mutex<Vec<String>>);

    impl Observer for Log {
        fn log(&self, _: Level, message: &str) {
            self.0.lock().unwrap().push(message.to_owned());
        }
    }

    #[test]
    fn a_clock_that_was_set_back_hides_nothing() {
        let sandbox = Sandbox::empty();
        write(&sandbox, "a.md", "a", 60);
        write(&sandbox, "b.md", "b", 30);
        let (_, before) = first(&sandbox, Some(Seen::default()));
        let later = nanoseconds(SystemTime::now() + Duration::from_secs(9999));
        let log = Arc::new(Log::default());
        let ctx = Context::new().with_observer(Arc::clone(&log) as _);
        let ahead = Seen { time: later, path: "a.md".to_owned() };
        let (mut notes, news) = Notes::first(&sandbox.folder, Some(ahead), None, &ctx).unwrap();
        let ids = |news: &News| news.iter().map(|event| event.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&news), ids(&before), "all of them, as they were told before");
        let log = log.0.lock().unwrap();
        assert!(log.len() == 1 && log[0].contains("the clock was set back"), "{log:?}");
        // From there on as ever.
        write(&sandbox, "c.md", "c", 0);
        let news = look(&mut notes, &sandbox);
        assert_eq!(told(&news), [(Created, "c.md")]);
        assert_eq!(told(&first(&sandbox, Some(news[0].cursor.clone())).1), []);
    }

    #[test]
    fn a_time_to_come_hides_nothing() {
        let sandbox = Sandbox::empty();
        let (mut notes, _) = first(&sandbox, None);
        fs::write(sandbox.path().join("a.md"), "").unwrap();
        let file = fs::File::options().write(true).open(sandbox.path().join("a.md")).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(9999)).unwrap();
        let cursor = look(&mut notes, &sandbox).remove(0).cursor;
        std::thread::sleep(Duration::from_millis(20));
        fs::write(sandbox.path().join("b.md"), "").unwrap();
        let (_, news) = first(&sandbox, Some(cursor));
        assert!(told(&news).iter().any(|(_, path)| *path == "b.md"), "{news:?}");
    }
}
