//! From files in the outbox to delivered messages.
//!
//! A file is moved from folder to folder, each of which says what has happened: `claimed`, nothing; `sending`,
//! its delivery has begun. A delivered file is removed, one that can't be delivered goes to `failed`. So
//! whoever starts after a crash knows of each message whether it may be out already.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::failed::reject;
use super::home::{Home, sync_folder};
use super::letter::{Wrong, read};
use super::names::Moments;
use super::outbox::{Claimed, Outbox, SETTLED};
use super::{CALLER, blocking};
use crate::call::{Caller, Connection};
use crate::manifest::Mode;
use crate::message::OutgoingMessage;
use crate::{Context, Error, ErrorKind, Level, Observer, Result};

/// How often somebody looks into the outbox.
const POLL: Duration = Duration::from_millis(500);

/// How many messages are on their way at once, each of another conversation.
const LANES: usize = 8;

/// How often a message is tried that may be delivered later.
const ATTEMPTS: u32 = 8;

/// The first and the longest wait between two of them, unless the service asks for longer.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// The longest that a service's own wish is waited for.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// How many files may be taken out of the outbox at most, where those that were taken wait for one conversation.
const MOST_WAITING: usize = 20_000;

/// How long what is on its way may take once the mailbox is to stop.
const GRACE: Duration = Duration::from_millis(1500);

/// Delivers messages.
pub(super) struct Delivery {
    connection: Arc<Connection>,
    home: Arc<Home>,
    caller: Caller,
    durable: bool,
    resend: bool,
    moments: Mutex<Moments>,
    log: Arc<dyn Observer>,
}

/// What became of a message.
enum End {
    /// It is delivered, or lies where somebody finds it.
    Done,
    /// The mailbox is to stop; the file lies where the next run finds it.
    Stopped,
    /// No message can be delivered.
    Fatal(Error),
}

impl Delivery {
    pub(super) fn new(
        connection: Arc<Connection>,
        home: Arc<Home>,
        options: &super::Options,
        log: Arc<dyn Observer>,
    ) -> Self {
        // Whoever lets an agent write into the folder has let it send.
        let caller = Caller::new(CALLER, Mode::Write).without_asking();
        let (durable, moments) = (options.durable, Mutex::default());
        Self { connection, home, caller, durable, resend: options.resend, moments, log }
    }

    /// Delivers until it is told to stop or nothing can be delivered any more.
    pub(super) async fn run(self, stop: &CancellationToken) -> Result<()> {
        let this = Arc::new(self);
        let mut outbox = Outbox::new(Arc::clone(&this.home), Arc::clone(&this.log));
        let again = Arc::clone(&this);
        let mut waiting: VecDeque<Claimed> = blocking(move || again.left()).await??;
        let mut lanes: HashSet<String> = HashSet::new();
        let mut under_way = JoinSet::new();
        let mut names: HashMap<tokio::task::Id, String> = HashMap::new();
        let mut look_at = Instant::now();
        let mut fatal = None;
        while fatal.is_none() && !stop.is_cancelled() {
            // Fewer on their way than there could be: what waits, waits for those.
            let looks = waiting.len() < LANES
                || (under_way.len() < LANES
                    && waiting.len() < MOST_WAITING
                    && next_of(&waiting, &lanes).is_none());
            if looks && Instant::now() >= look_at {
                let (back, taken) = blocking(move || {
                    let taken = outbox.take();
                    (outbox, taken)
                })
                .await?;
                outbox = back;
                look_at = Instant::now() + POLL;
                match taken {
                    Ok((taken, more)) => {
                        waiting.extend(taken);
                        if more {
                            look_at = Instant::now();
                        }
                    }
                    Err(error) => {
                        let folder = this.home.outbox.display();
                        this.log.log(Level::Warn, &format!("the outbox `{folder}` can't be read: {error}"));
                        look_at += WAITS.1;
                    }
                }
            }
            while under_way.len() < LANES
                && let Some(next) = next(&mut waiting, &lanes)
            {
                lanes.insert(next.conversation.clone());
                let conversation = next.conversation.clone();
                let (this, stop) = (Arc::clone(&this), stop.clone());
                let task = under_way.spawn(async move { this.deliver(&next.name, &stop).await });
                names.insert(task.id(), conversation);
            }
            let looks = waiting.len() < LANES || (under_way.len() < LANES && waiting.len() < MOST_WAITING);
            tokio::select! {
                ended = under_way.join_next_with_id(), if !under_way.is_empty() => {
                    let (id, end) = match ended {
                        Some(Ok((id, end))) => (id, end?),
                        Some(Err(error)) => {
                            let problem = Error::internal(format!("a delivery was lost: {error}"));
                            (error.id(), End::Fatal(problem))
                        }
                        None => continue,
                    };
                    if let Some(conversation) = names.remove(&id) {
                        lanes.remove(&conversation);
                    }
                    if let End::Fatal(error) = end {
                        fatal = Some(error);
                    }
                }
                () = tokio::time::sleep_until(look_at), if looks => {}
                () = stop.cancelled() => {}
            }
        }
        // Those that are on their way may arrive; what doesn't in time is dropped, as by a crash.
        let _ = timeout(GRACE, async { while under_way.join_next().await.is_some() {} }).await;
        fatal.map_or(Ok(()), Err)
    }

    /// The files of an earlier run, in their order.
    fn left(&self) -> Result<VecDeque<Claimed>> {
        let unreadable = |error: io::Error| {
            Error::setup(format!("what an earlier run took from the outbox can't be read: {error}"))
        };
        let again =
            self.resend || self.connection.manifest().delivery.as_ref().is_some_and(|way| way.idempotent);
        for path in files(&self.home.sending).map_err(unreadable)? {
            let Some(name) = path.file_name() else { continue };
            if again {
                fs::rename(&path, self.home.claimed.join(name)).map_err(unreadable)?;
            } else {
                self.fail(
                    &path,
                    "the mailbox ended while this message was sent, so it may have arrived; it is not sent again \
                     because this connector can't tell (`--resend` does so all the same)",
                );
            }
        }
        let mut waiting = VecDeque::new();
        for path in files(&self.home.claimed).map_err(unreadable)? {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            match read(&path, &self.home.instance, name) {
                Ok(message) => waiting
                    .push_back(Claimed { name: name.to_owned(), conversation: message.conversation_id }),
                Err(Wrong::Unfinished(why) | Wrong::For(why)) => self.fail(&path, &why),
                Err(Wrong::Gone) => {}
            }
        }
        Ok(waiting)
    }

    /// Delivers one message, however often that has to be tried.
    async fn deliver(self: &Arc<Self>, name: &str, stop: &CancellationToken) -> Result<End> {
        let (claimed, sending) = (self.home.claimed.join(name), self.home.sending.join(name));
        let message = match self.message(&claimed, name).await? {
            Ok(message) => message,
            Err(why) => {
                self.give_up(claimed, why).await?;
                return Ok(End::Done);
            }
        };
        let mut wait = WAITS.0;
        for attempt in 1.. {
            let result = match self.moved(&claimed, &sending).await? {
                Ok(()) => {
                    let context = Context::new().with_caller(CALLER).with_observer(Arc::clone(&self.log));
                    self.connection.send(&message, &self.caller, context).await.map(drop)
                }
                // Nothing has begun.
                Err(error) => Err(Error::unavailable(format!("its file can't be moved: {error}"))),
            };
            let error = match result {
                Ok(()) => {
                    self.remove(sending).await?;
                    return Ok(End::Done);
                }
                Err(error) => error,
            };
            let why = format!("{}: {}", error.kind().as_str(), error.message());
            let fatal = matches!(error.kind(), ErrorKind::Auth | ErrorKind::Setup);
            if !fatal && (!error.kind().is_retryable() || attempt >= ATTEMPTS) {
                let tried = if attempt > 1 { format!(" (tried {attempt} times)") } else { String::new() };
                // Where it couldn't even be moved, it is still where it was.
                let path = if sending.exists() { sending } else { claimed };
                self.give_up(path, format!("{why}{tried}")).await?;
                return Ok(End::Done);
            }
            if sending.exists()
                && let Err(error) = self.moved(&sending, &claimed).await?
            {
                let text = format!("`{}` can't be moved back: {error}", sending.display());
                self.log.log(Level::Warn, &text);
            }
            if fatal {
                return Ok(End::Fatal(error));
            }
            let random = wait.mul_f64(0.5 + fastrand::f64() / 2.0);
            let pause = error.retry_after().map_or(random, |asked| asked.max(random)).min(LONGEST_ASKED);
            self.log.log(
                Level::Warn,
                &format!("message `{}`: {why}; trying again in {:.1} s", message.id, pause.as_secs_f64()),
            );
            wait = wait.saturating_mul(2).min(WAITS.1);
            tokio::select! {
                () = sleep(pause) => {}
                () = stop.cancelled() => return Ok(End::Stopped),
            }
        }
        Ok(End::Done)
    }

    /// Reads what was taken. Somebody may have gone on writing while it was.
    async fn message(self: &Arc<Self>, path: &Path, name: &str) -> Result<Result<OutgoingMessage, String>> {
        let mut settled = false;
        loop {
            let (path, name, this) = (path.to_owned(), name.to_owned(), Arc::clone(self));
            let found = blocking(move || read(&path, &this.home.instance, &name)).await?;
            return Ok(match found {
                Ok(message) => Ok(message),
                Err(Wrong::Unfinished(_)) if !settled => {
                    settled = true;
                    sleep(SETTLED).await;
                    continue;
                }
                Err(Wrong::Unfinished(why) | Wrong::For(why)) => Err(why),
                Err(Wrong::Gone) => Err("it is gone".to_owned()),
            });
        }
    }

    async fn moved(self: &Arc<Self>, from: &Path, to: &Path) -> Result<io::Result<()>> {
        let (from, to, this) = (from.to_owned(), to.to_owned(), Arc::clone(self));
        blocking(move || {
            fs::rename(from, to)?;
            // After a loss of power, too, it must be known that the delivery has begun.
            if this.durable { sync_folder(&this.home.sending) } else { Ok(()) }
        })
        .await
    }

    async fn remove(self: &Arc<Self>, path: PathBuf) -> Result<()> {
        let this = Arc::clone(self);
        blocking(move || {
            if let Err(error) = fs::remove_file(&path) {
                let text = format!("`{}` is delivered and can't be removed: {error}", path.display());
                this.log.log(Level::Warn, &text);
            }
        })
        .await
    }

    async fn give_up(self: &Arc<Self>, path: PathBuf, why: String) -> Result<()> {
        let this = Arc::clone(self);
        blocking(move || this.fail(&path, &why)).await
    }

    fn fail(&self, path: &Path, why: &str) {
        let mut moments = self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        let text = match reject(&self.home, &mut moments, path, why) {
            Ok(to) => format!("a message is not delivered: {why}; it is now `{}`", to.display()),
            // It stays in our folders, and the next run finds it.
            Err(error) => {
                let path = path.display();
                format!(
                    "a message is not delivered: {why}; it stays `{path}`, since it can't be moved: {error}"
                )
            }
        };
        self.log.log(Level::Warn, &text);
    }
}

/// The first that belongs to no conversation that something is on its way to.
fn next(waiting: &mut VecDeque<Claimed>, lanes: &HashSet<String>) -> Option<Claimed> {
    let place = next_of(waiting, lanes)?;
    waiting.remove(place)
}

fn next_of(waiting: &VecDeque<Claimed>, lanes: &HashSet<String>) -> Option<usize> {
    waiting.iter().position(|claimed| !lanes.contains(&claimed.conversation))
}

/// The files of a folder by name.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}
