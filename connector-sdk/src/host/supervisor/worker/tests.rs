//! What becomes of events, over a connector that tells what it is given.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::super::{Change, supervise};
use super::*;
use crate::call::Redactor;
use crate::event::Emitter;
use crate::manifest::{Events, Manifest};
use crate::traces::folder;
use crate::{BoxFuture, Call, Connector, Context, Output as Payload, Run};

/// Longer than anything takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// Tells 1, 2, 3 and so on, each when it is wanted, or keeps its thread until that is over.
struct Teller {
    manifest: Manifest,
    wanted: Arc<Notify>,
    keeps: Option<Arc<AtomicBool>>,
}

impl Connector for Teller {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, _: Call<'a>) -> Result<Run<'a>> {
        Err(Error::usage("it has no actions"))
    }

    fn events<'a>(
        &'a self,
        _: Option<&'a str>,
        mut out: Emitter,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            while self.keeps.as_ref().is_some_and(|over| !over.load(Ordering::Relaxed)) {
                thread::sleep(Duration::from_millis(10));
            }
            for n in 1.. {
                self.wanted.notified().await;
                let n = n.to_string();
                out.emit(&n, &n, Payload::serialize(&n)?).await?;
            }
            Ok(())
        })
    }
}

struct Stage {
    home: tempfile::TempDir,
    shared: Shared,
    /// The states that were told of.
    told: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    fn new() -> Self {
        let home = folder();
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let listener = {
            let told = Arc::clone(&told);
            Box::new(move |change: &Change<'_>| {
                told.lock().expect("told").push(format!("{} {}", change.name, change.state));
            })
        };
        let file = fs::File::create(home.path().join("events.jsonl")).expect("a file");
        let output: Box<dyn Write + Send> = Box::new(file.try_clone().expect("the same file"));
        let shared = Shared {
            state: Arc::new(State::hold(&home.path().join("state")).expect("held")),
            board: Arc::new(Board::new(listener)),
            output: Arc::new(Mutex::new(output)),
            file: Some(Arc::new(file)),
            stop: CancellationToken::new(),
        };
        Self { home, shared, told }
    }

    /// A subscription, and what makes it tell.
    fn job(&self, name: &str, keeps: Option<&Arc<AtomicBool>>) -> (Job, Arc<Notify>) {
        let mut manifest = Manifest::new("teller", "Teller", "1.0.0");
        manifest.events = Some(Events::new("Numbers.", json!(true)));
        let wanted = Arc::new(Notify::new());
        let teller = Teller { manifest, wanted: Arc::clone(&wanted), keeps: keeps.cloned() };
        let [connector, workspace, connection] = ["teller", "default", "default"].map(str::to_owned);
        let whose = Whose { connector, workspace, connection };
        let place = self.shared.board.add(name, whose.clone());
        let connection = Connection::over("default", Box::new(teller), Redactor::new(&[]));
        let options = SubscribeOptions::new("test");
        let opener: Opener = Box::new(|| Box::pin(async { Err(Error::internal("nobody asked for that")) }));
        (Job { place, name: name.into(), whose, connection, opener, options, since: None }, wanted)
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().expect("told").clone()
    }

    /// The ids of the events that are in the file.
    fn ids(&self) -> Vec<String> {
        let text = fs::read_to_string(self.home.path().join("events.jsonl")).expect("events");
        let id = |line: &str| {
            serde_json::from_str::<Value>(line).expect("JSON")["id"].as_str().expect("an id").to_owned()
        };
        text.lines().map(id).collect()
    }

    async fn until(&self, is: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !is(self) {
            assert!(began.elapsed() < LONG, "it never comes: {:?}", self.told());
            sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn a_cursor_that_is_kept_again_is_well_again() {
    let stage = Stage::new();
    let (job, wanted) = stage.job("feed", None);
    // Nothing can be put where a folder is.
    let cursor = stage.home.path().join("state/feed.cursor.json");
    fs::create_dir_all(cursor.join("full")).expect("made");
    let shared = stage.shared.clone();
    let running = tokio::spawn(async move { supervise(vec![job], &shared).await });
    for n in 1..=3 {
        wanted.notify_one();
        stage.until(|stage| stage.ids().len() == n && stage.told().len() >= 2).await;
    }
    fs::remove_dir_all(&cursor).expect("removed");
    wanted.notify_one();
    stage.until(|stage| stage.told().len() >= 3 && cursor.is_file()).await;
    assert_eq!(stage.told(), ["feed running", "feed failed", "feed running"]);
    stage.shared.stop.cancel();
    running.await.expect("not its panic").expect("stopped");
    assert_eq!(stage.ids(), ["1", "2", "3", "4"]);
}

/// Tells one event after its cursor, where it is let in, and waits for ever then or is refused.
struct Guarded {
    manifest: Manifest,
    begun: Arc<Mutex<Vec<Option<String>>>>,
    let_in: bool,
    stays: bool,
}

impl Connector for Guarded {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, _: Call<'a>) -> Result<Run<'a>> {
        Err(Error::usage("it has no actions"))
    }

    fn events<'a>(
        &'a self,
        since: Option<&'a str>,
        mut out: Emitter,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.begun.lock().expect("begun").push(since.map(str::to_owned));
            if self.let_in {
                let n = (since.map_or(0, |n| n.parse::<u32>().expect("a number")) + 1).to_string();
                out.emit(&n, &n, Payload::serialize(&n)?).await?;
            }
            if self.stays { std::future::pending().await } else { Err(Error::auth("the token was revoked")) }
        })
    }
}

/// What is stored under its name may have been mended meanwhile, and a connection keeps what it was opened with.
#[tokio::test]
async fn a_connection_that_failed_is_opened_again_from_its_cursor() {
    let stage = Stage::new();
    let begun: Arc<Mutex<Vec<Option<String>>>> = Arc::default();
    let guarded = {
        let begun = Arc::clone(&begun);
        move |id: &str, let_in, stays| {
            let mut manifest = Manifest::new(id, "Guarded", "1.0.0");
            manifest.events = Some(Events::new("Numbers.", json!(true)));
            let guarded = Guarded { manifest, begun: Arc::clone(&begun), let_in, stays };
            Connection::over("default", Box::new(guarded), Redactor::new(&[]))
        }
    };
    let (mut job, _) = stage.job("feed", None);
    job.options.failed_wait = Duration::from_millis(10);
    job.connection = guarded("teller", true, false);
    let opened = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&opened);
    job.opener = Box::new(move || {
        let mut opened = counted.lock().expect("opened");
        *opened += 1;
        let connection = match *opened {
            1 => Err(Error::setup("nothing is stored")),
            2 => Ok(guarded("another", true, true)),
            3 => Ok(guarded("teller", false, false)),
            _ => Ok(guarded("teller", true, true)),
        };
        Box::pin(async { connection })
    });
    let shared = stage.shared.clone();
    let running = tokio::spawn(async move { supervise(vec![job], &shared).await });
    stage.until(|stage| stage.ids().len() == 2 && stage.told().len() >= 6).await;
    let failed = ["feed failed"; 4];
    assert_eq!(stage.told(), [&["feed running"][..], &failed, &["feed running"]].concat());
    let row = stage.shared.board.report().connectors.remove(0);
    assert_eq!(
        (row.failures, row.last_error.expect("an error").message),
        (4, "the token was revoked".into())
    );
    assert_eq!(*begun.lock().expect("begun"), [None, Some("1".to_owned()), Some("1".to_owned())]);
    assert_eq!((stage.ids(), *opened.lock().expect("opened")), (vec!["1".to_owned(), "2".to_owned()], 4));
    stage.shared.stop.cancel();
    running.await.expect("not its panic").expect("stopped");
    assert_eq!(stage.told().last().map(String::as_str), Some("feed stopped"));
}

/// It is waited for as long as somebody needs, and not when all is to end.
#[tokio::test]
async fn one_that_waits_to_be_mended_stops_with_the_rest() {
    let stage = Stage::new();
    let (mut job, _) = stage.job("feed", None);
    job.options.failed_wait = Duration::from_millis(10);
    let asked = Arc::new(AtomicBool::new(false));
    let is_asked = Arc::clone(&asked);
    job.opener = Box::new(move || {
        is_asked.store(true, Ordering::Relaxed);
        Box::pin(std::future::pending())
    });
    let mut manifest = Manifest::new("teller", "Guarded", "1.0.0");
    manifest.events = Some(Events::new("Numbers.", json!(true)));
    let guarded = Guarded { manifest, begun: Arc::default(), let_in: false, stays: false };
    job.connection = Connection::over("default", Box::new(guarded), Redactor::new(&[]));
    let shared = stage.shared.clone();
    let running = tokio::spawn(async move { supervise(vec![job], &shared).await });
    stage.until(|_| asked.load(Ordering::Relaxed)).await;
    stage.shared.stop.cancel();
    timeout(LONG, running).await.expect("in time").expect("not its panic").expect("stopped");
    assert_eq!(stage.told(), ["feed running", "feed failed", "feed stopped"]);
}

#[tokio::test]
async fn a_connector_that_keeps_its_thread_keeps_no_other() {
    let stage = Stage::new();
    let over = Arc::new(AtomicBool::new(false));
    let jobs = ["a", "b", "c"].map(|name| stage.job(name, Some(&over)).0);
    let (job, wanted) = stage.job("well", None);
    let shared = stage.shared.clone();
    let jobs = jobs.into_iter().chain([job]).collect();
    // A thread that is kept must not keep the test.
    let run = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(supervise(jobs, &shared))
    });
    let told = timeout(LONG / 4, async {
        for n in 1..=3 {
            wanted.notify_one();
            stage.until(|stage| stage.ids().len() == n).await;
        }
    });
    let told = told.await;
    over.store(true, Ordering::Relaxed);
    told.expect("it is told of");
    stage.shared.stop.cancel();
    run.join().expect("not its panic").expect("stopped");
}
