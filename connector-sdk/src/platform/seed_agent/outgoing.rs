//! From files in the outbox to delivered messages.
//!
//! A file is moved from folder to folder, each of which says what has happened: `claimed`, nothing; `sending`,
//! its delivery has begun. A delivered file is removed, one that can't be delivered goes to `failed`. So
//! whoever starts after a crash knows of each message whether it may be out already.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::failed::reject;
use super::home::{Home, sync_folder};
use super::letter::{Wrong, read};
use super::names::Moments;
use super::outbox::{Claimed, Outbox, SETTLED};
use super::queue::{Queue, Tried};
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

/// How long one attempt may take: what a client tries again within it takes its time as well.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(300);

/// How long a check may take that tells whether all messages fail as one did.
const LONGEST_CHECK: Duration = Duration::from_secs(30);

/// How many files may be taken out of the outbox at most, where those that were taken wait for one conversation.
const MOST_WAITING: usize = 20_000;

/// How long what is on its way may take once the mailbox is to stop.
const GRACE: Duration = Duration::from_millis(1500);

/// Why a message is not sent again that the service may have.
const MAY_BE_OUT: &str = "it may have arrived, and is not sent again because this connector can't tell a repetition \
                          (`--resend` does so all the same)";

/// Delivers messages.
pub(super) struct Delivery {
    connection: Arc<Connection>,
    home: Arc<Home>,
    caller: Caller,
    durable: bool,
    /// Whether what may have arrived is sent again.
    repeats: bool,
    moments: Mutex<Moments>,
    log: Arc<dyn Observer>,
}

/// What became of a message.
enum Outcome {
    /// It is delivered, or lies where somebody finds it.
    Done,
    /// It is tried again after that time; the file lies where it was, for the next run as well.
    Later(Duration),
    /// Nothing can be delivered any more.
    Fatal(Error),
}

/// Whether more is to be taken from the outbox: while much rests and lanes are free, something else may go out.
fn has_room(queue: &Queue, under_way: usize) -> bool {
    queue.len() < LANES || (queue.len() < MOST_WAITING && under_way < LANES && !queue.has_next())
}

/// What is to be done about a message whose delivery failed.
enum Verdict {
    Again,
    GiveUp,
    /// No message can be delivered.
    Stop,
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
        let idempotent = connection.manifest().delivery.as_ref().is_some_and(|way| way.idempotent);
        let (durable, repeats) = (options.durable, idempotent || options.resend);
        Self { connection, home, caller, durable, repeats, moments: Mutex::default(), log }
    }

    /// Delivers until it is told to stop or nothing can be delivered any more.
    pub(super) async fn run(self, stop: &CancellationToken) -> Result<()> {
        let this = Arc::new(self);
        let mut outbox = Outbox::new(Arc::clone(&this.home), Arc::clone(&this.log));
        let again = Arc::clone(&this);
        let mut queue = Queue::default();
        queue.extend(blocking(move || again.left()).await??);
        let mut under_way = JoinSet::new();
        let mut look_at = Instant::now();
        let mut fatal = None;
        while fatal.is_none() && !stop.is_cancelled() {
            if has_room(&queue, under_way.len()) && Instant::now() >= look_at {
                (outbox, look_at) = this.look(outbox, &mut queue).await?;
            }
            while under_way.len() < LANES
                && let Some(mut next) = queue.next()
            {
                let this = Arc::clone(&this);
                under_way.spawn(async move {
                    let end = this.deliver(&mut next).await;
                    (next, end)
                });
            }
            let looks = has_room(&queue, under_way.len());
            let due = queue.due().filter(|_| under_way.len() < LANES);
            tokio::select! {
                Some(ended) = under_way.join_next(), if !under_way.is_empty() => match ended {
                    Ok((tried, Ok(Outcome::Done))) => queue.done(&tried.claimed.conversation),
                    Ok((tried, Ok(Outcome::Later(wait)))) => queue.rest(tried, Instant::now() + wait),
                    Ok((_, Ok(Outcome::Fatal(error)) | Err(error))) => fatal = Some(error),
                    Err(error) => fatal = Some(Error::internal(format!("a delivery was lost: {error}"))),
                },
                () = sleep_until(look_at), if looks => {}
                () = sleep_until(due.unwrap_or(look_at)), if due.is_some() => {}
                () = stop.cancelled() => {}
            }
        }
        // Those that are on their way may arrive; what doesn't in time is dropped, as by a crash.
        let _ = timeout(GRACE, async { while under_way.join_next().await.is_some() {} }).await;
        fatal.map_or(Ok(()), Err)
    }

    /// Takes what has come into the outbox, and says when to look again.
    async fn look(&self, mut outbox: Outbox, queue: &mut Queue) -> Result<(Outbox, Instant)> {
        let (outbox, taken) = blocking(move || {
            let taken = outbox.take();
            (outbox, taken)
        })
        .await?;
        let wait = match taken {
            Ok((taken, more)) => {
                queue.extend(taken);
                if more { Duration::ZERO } else { POLL }
            }
            Err(error) => {
                let folder = self.home.outbox.display();
                self.log.log(Level::Warn, &format!("the outbox `{folder}` can't be read: {error}"));
                WAITS.1
            }
        };
        Ok((outbox, Instant::now() + wait))
    }

    /// The files of an earlier run, in their order.
    fn left(&self) -> Result<VecDeque<Claimed>> {
        let unreadable = |error: io::Error| {
            Error::setup(format!("what an earlier run took from the outbox can't be read: {error}"))
        };
        for path in files(&self.home.sending).map_err(unreadable)? {
            let Some(name) = path.file_name() else { continue };
            if self.repeats {
                fs::rename(&path, self.home.claimed.join(name)).map_err(unreadable)?;
            } else {
                self.fail(&path, &format!("the mailbox ended while this message was sent; {MAY_BE_OUT}"));
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

    /// Tries to deliver one message.
    async fn deliver(self: &Arc<Self>, tried: &mut Tried) -> Result<Outcome> {
        let name = &tried.claimed.name;
        let (claimed, sending) = (self.home.claimed.join(name), self.home.sending.join(name));
        let message = match self.message(&claimed, name).await? {
            Ok(message) => message,
            Err(why) => {
                self.give_up(claimed, why).await?;
                return Ok(Outcome::Done);
            }
        };
        tried.times += 1;
        let result = match self.moved(&claimed, &sending).await? {
            Ok(()) => self.send(&message).await,
            // Nothing has begun.
            Err(error) => Err(Error::unavailable(format!("its file can't be moved: {error}")).unsent()),
        };
        let Err(error) = result else {
            self.remove(sending).await?;
            return Ok(Outcome::Done);
        };
        let why = format!("{}: {}", error.kind().as_str(), error.message());
        // Nothing came of it, which must be known also where the process ends while something is looked at.
        if is_refused(error.kind()) {
            self.back(&sending, &claimed).await?;
        }
        let verdict = self.judge(&error, tried.times).await;
        if let Verdict::GiveUp = verdict {
            // Where it couldn't even be moved, it is still where it was.
            let path = if sending.exists() { sending } else { claimed };
            let why = match tried.times {
                1 => why,
                times => format!("{why} (tried {times} times)"),
            };
            let may_be_out = !error.is_unsent() && is_unknown(error.kind()) && !self.repeats;
            self.give_up(path, if may_be_out { format!("{why}; {MAY_BE_OUT}") } else { why }).await?;
            return Ok(Outcome::Done);
        }
        self.back(&sending, &claimed).await?;
        if let Verdict::Stop = verdict {
            return Ok(Outcome::Fatal(error));
        }
        let wait = WAITS.0.saturating_mul(1 << (tried.times - 1).min(16)).min(WAITS.1);
        let random = wait.mul_f64(0.5 + fastrand::f64() / 2.0);
        let pause = error.retry_after().map_or(random, |asked| asked.max(random)).min(LONGEST_ASKED);
        self.log.log(
            Level::Warn,
            &format!("message `{}`: {why}; trying again in {:.1} s", message.id, pause.as_secs_f64()),
        );
        Ok(Outcome::Later(pause))
    }

    async fn send(self: &Arc<Self>, message: &OutgoingMessage) -> Result<()> {
        let context = Context::new()
            .with_caller(CALLER)
            .with_observer(Arc::clone(&self.log))
            .with_timeout(LONGEST_ATTEMPT);
        let began = Instant::now();
        let result = self.connection.send(message, &self.caller, context).await;
        result.map(drop).map_err(|error| match began.elapsed() >= LONGEST_ATTEMPT {
            true => error.context(format!("after {} minutes", LONGEST_ATTEMPT.as_secs() / 60)),
            false => error,
        })
    }

    /// Says what becomes of a message that could not be delivered.
    async fn judge(&self, error: &Error, times: u32) -> Verdict {
        let again = if times < ATTEMPTS { Verdict::Again } else { Verdict::GiveUp };
        match error.kind() {
            // Nobody can tell whether others are refused as well.
            kind if is_refused(kind) && !self.connection.manifest().health => Verdict::Stop,
            // One message may be refused what others aren't, such as a channel that is closed to this account.
            kind if is_refused(kind) => match self.check().await {
                Ok(()) => Verdict::GiveUp,
                Err(found) if is_refused(found.kind()) => Verdict::Stop,
                // Nobody can tell now.
                Err(_) => again,
            },
            kind if error.is_unsent() && kind.is_retryable() => again,
            kind if self.repeats && (kind.is_retryable() || kind == ErrorKind::Cancelled) => again,
            _ => Verdict::GiveUp,
        }
    }

    /// Whether the connector works at all, as far as it can say.
    async fn check(&self) -> Result<()> {
        let context = Context::new().with_caller(CALLER).with_timeout(LONGEST_CHECK);
        self.connection.health(context).await
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

    /// Puts a file back of whose delivery nothing came, if it isn't there.
    async fn back(self: &Arc<Self>, sending: &Path, claimed: &Path) -> Result<()> {
        if sending.exists()
            && let Err(error) = self.moved(sending, claimed).await?
        {
            let text = format!("`{}` can't be moved back: {error}", sending.display());
            self.log.log(Level::Warn, &text);
        }
        Ok(())
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

/// Whether a failure may be that of every message: somebody has to mend something.
const fn is_refused(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Auth | ErrorKind::Setup)
}

/// Whether a failure leaves open what the service did.
const fn is_unknown(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unavailable | ErrorKind::Upstream | ErrorKind::Cancelled | ErrorKind::Internal)
}

/// The files of a folder by name.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}
