//! What a method may know of the call that it serves.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::{Error, Result};

/// The call that a method serves: who calls, how long it may take, where progress and logs go.
///
/// Any method of a connector may take a `&Context` parameter.
pub struct Context {
    caller: Option<Arc<str>>,
    connection: Option<Arc<str>>,
    deadline: Option<Instant>,
    idempotency_key: Option<Box<str>>,
    /// Made when somebody first asks for it: most calls are over before anybody could cancel them.
    cancellation: OnceLock<CancellationToken>,
    observer: Option<Arc<dyn Observer>>,
    /// It asks whether all is well, and somebody waits for it.
    is_check: bool,
}

/// How much somebody wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// For those who look for a fault.
    Debug,
    /// What went as it should.
    Info,
    /// What somebody may want to look at.
    Warn,
}

impl Level {
    /// `debug`, `info` or `warn`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
        }
    }
}

/// Sees what a running method reports. What it gets is free of the connection's secrets.
pub trait Observer: Send + Sync {
    /// A line of the method's log.
    fn log(&self, level: Level, message: &str) {
        let _ = (level, message);
    }

    /// How far the method is: `done` of `total`, in units of the method's own.
    fn progress(&self, done: u64, total: Option<u64>) {
        let _ = (done, total);
    }
}

impl Context {
    /// A call by nobody in particular, without a deadline.
    pub fn new() -> Self {
        Self {
            caller: None,
            connection: None,
            deadline: None,
            idempotency_key: None,
            cancellation: OnceLock::new(),
            observer: None,
            is_check: false,
        }
    }

    /// Names the caller.
    #[must_use]
    pub fn with_caller(mut self, caller: impl Into<Arc<str>>) -> Self {
        self.caller = Some(caller.into());
        self
    }

    /// Names the connection.
    #[must_use]
    pub fn with_connection(mut self, connection: impl Into<Arc<str>>) -> Self {
        self.connection = Some(connection.into());
        self
    }

    /// Ends the call at that time, unless it must end earlier already.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(self.deadline.map_or(deadline, |earlier| earlier.min(deadline)));
        self
    }

    /// Ends the call after that time, unless it must end earlier already.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        match Instant::now().checked_add(timeout) {
            Some(deadline) => self.with_deadline(deadline),
            // So far away that it is the same as none.
            None => self,
        }
    }

    /// Names the call so that the service can tell a repetition from a new call.
    #[must_use]
    pub fn with_idempotency_key(mut self, key: impl Into<Box<str>>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Lets the holder of the token end the call.
    #[must_use]
    pub fn with_cancellation(mut self, token: CancellationToken) -> Self {
        self.cancellation = token.into();
        self
    }

    /// Sends progress and logs somewhere.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Who calls.
    pub fn caller(&self) -> &str {
        self.caller.as_deref().unwrap_or("unknown")
    }

    /// The name of the connection.
    pub fn connection(&self) -> &str {
        self.connection.as_deref().unwrap_or("default")
    }

    /// When the call ends, done or not.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// How much time is left; none where there is no deadline.
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// What the service may tell a repetition by.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    /// The token that ends the call. The future of a method is dropped when the call ends; the token
    /// is for work that was handed to another task or thread.
    pub fn cancellation(&self) -> &CancellationToken {
        self.cancellation.get_or_init(CancellationToken::new)
    }

    /// The token, if anybody has asked for it.
    pub(crate) fn token(&self) -> Option<&CancellationToken> {
        self.cancellation.get()
    }

    /// Whether the call has been cancelled or is past its deadline.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled), for a `?` inside a long loop.
    pub fn check(&self) -> Result<()> {
        // No clock where there is nothing to compare it with.
        if self.deadline.is_some() { self.check_at(Instant::now()) } else { self.check_token() }
    }

    /// As [`check`](Self::check), at a time that is known.
    pub(crate) fn check_at(&self, now: Instant) -> Result<()> {
        self.check_token()?;
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            return Err(Error::cancelled("the call ran out of time"));
        }
        Ok(())
    }

    fn check_token(&self) -> Result<()> {
        if self.token().is_some_and(CancellationToken::is_cancelled) {
            return Err(Error::cancelled("the call was cancelled"));
        }
        Ok(())
    }

    /// Writes a line to the call's log.
    pub fn log(&self, level: Level, message: impl fmt::Display) {
        if let Some(observer) = &self.observer {
            observer.log(level, &message.to_string());
        }
    }

    /// Says how far the method is: `done` of `total`, in units of its own.
    pub fn progress(&self, done: u64, total: Option<u64>) {
        if let Some(observer) = &self.observer {
            observer.progress(done, total);
        }
    }

    /// Marks it as a check, which is over soon whatever the service does.
    pub(crate) fn checking(mut self) -> Self {
        self.is_check = true;
        self
    }

    /// Whether it is a check.
    #[cfg(feature = "http")]
    pub(crate) const fn is_check(&self) -> bool {
        self.is_check
    }

    /// Says which connection serves the call, and for whom; what is reported goes through `wrap` first.
    pub(crate) fn enter(
        &mut self,
        connection: &Arc<str>,
        caller: Option<&Arc<str>>,
        wrap: impl FnOnce(Arc<dyn Observer>) -> Arc<dyn Observer>,
    ) {
        self.connection = Some(Arc::clone(connection));
        if let Some(caller) = caller {
            self.caller = Some(Arc::clone(caller));
        }
        if let Some(observer) = self.observer.take() {
            self.observer = Some(wrap(observer));
        }
    }
}

impl Clone for Context {
    /// The clone is cancelled by the same token.
    fn clone(&self) -> Self {
        Self {
            caller: self.caller.clone(),
            connection: self.connection.clone(),
            deadline: self.deadline,
            idempotency_key: self.idempotency_key.clone(),
            cancellation: self.cancellation().clone().into(),
            observer: self.observer.clone(),
            is_check: self.is_check,
        }
    }
}

impl Default for Context {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("caller", &self.caller())
            .field("connection", &self.connection())
            .field("deadline", &self.deadline)
            .field("idempotency_key", &self.idempotency_key)
            .finish_non_exhaustive()
    }
}
