//! How the connectors of a supervisor fare.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::state::Whose;
use crate::moment::{millis, timestamp};
use crate::{Error, ErrorKind};

/// What one of them does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Condition {
    /// It is subscribed to.
    Running,
    /// It failed, and is started again by itself.
    Retrying,
    /// It failed, and somebody has to do something. It is tried again every few minutes.
    Failed,
    /// It could not be started at all.
    Unusable,
    /// It was stopped with the rest.
    Stopped,
}

impl Condition {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Retrying => "retrying",
            Self::Failed => "failed",
            Self::Unusable => "unusable",
            Self::Stopped => "stopped",
        }
    }
}

/// What is known of one of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) whose: Whose,
    pub(crate) state: Condition,
    /// Since when it is in that state.
    pub(crate) since: String,
    /// How many events were written.
    pub(crate) events: u64,
    pub(crate) last_event: Option<LastEvent>,
    /// How often it failed.
    pub(crate) failures: u64,
    pub(crate) last_error: Option<LastError>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LastEvent {
    pub(crate) at: String,
    pub(crate) id: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LastError {
    pub(crate) at: String,
    pub(crate) kind: String,
    pub(crate) message: String,
}

/// What is written for others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) version: u32,
    pub(crate) pid: u32,
    pub(crate) started_at: String,
    pub(crate) updated_at: String,
    pub(crate) connectors: Vec<Row>,
}

/// A change that somebody may want to hear of.
#[derive(Debug, Serialize)]
pub(crate) struct Change<'a> {
    pub(crate) at: String,
    pub(crate) name: &'a str,
    pub(crate) state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<&'a str>,
    /// After how long it is started again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_in_ms: Option<u64>,
}

/// Hears of changes.
pub(crate) type Listener = Box<dyn Fn(&Change<'_>) + Send + Sync>;

/// What is known of all of them.
pub(crate) struct Board {
    rows: Mutex<Vec<Row>>,
    started_at: String,
    listener: Listener,
    /// Something changed since it was written.
    pub(super) changed: Notify,
}

impl Board {
    pub(crate) fn new(listener: Listener) -> Self {
        Self { rows: Mutex::default(), started_at: now(), listener, changed: Notify::new() }
    }

    /// Adds one, which hasn't begun.
    pub(crate) fn add(&self, name: &str, whose: Whose) -> usize {
        let mut rows = self.lock();
        rows.push(Row {
            name: name.to_owned(),
            whose,
            state: Condition::Stopped,
            since: now(),
            events: 0,
            last_event: None,
            failures: 0,
            last_error: None,
        });
        rows.len() - 1
    }

    /// It goes well, or is over.
    pub(crate) fn set_state(&self, place: usize, state: Condition) {
        self.set(place, state, None, None);
    }

    /// Whether it is in that state.
    pub(crate) fn is(&self, place: usize, state: Condition) -> bool {
        self.lock().get(place).is_some_and(|row| row.state == state)
    }

    /// It could not be started.
    pub(crate) fn refuse(&self, place: usize, error: &Error) {
        self.set(place, Condition::Unusable, Some((error.kind(), error.message())), None);
    }

    /// It failed.
    pub(crate) fn fail(
        &self,
        place: usize,
        state: Condition,
        failure: (ErrorKind, &str),
        wait: Option<Duration>,
    ) {
        self.set(place, state, Some(failure), wait);
    }

    /// Events were written, of which that is the last.
    pub(crate) fn count(&self, place: usize, events: usize, last: &str) {
        if let Some(row) = self.lock().get_mut(place) {
            row.events += events as u64;
            row.last_event = Some(LastEvent { at: now(), id: last.to_owned() });
        }
        self.changed.notify_one();
    }

    fn set(
        &self,
        place: usize,
        state: Condition,
        failure: Option<(ErrorKind, &str)>,
        wait: Option<Duration>,
    ) {
        let mut rows = self.lock();
        let Some(row) = rows.get_mut(place) else { return };
        let at = now();
        if row.state == state && failure.is_none() {
            return;
        }
        if row.state != state {
            row.since.clone_from(&at);
            row.state = state;
        }
        if let Some((kind, message)) = failure {
            row.failures += 1;
            let (kind, message) = (kind.as_str().to_owned(), message.to_owned());
            row.last_error = Some(LastError { at: at.clone(), kind, message });
        }
        let name = row.name.clone();
        drop(rows);
        (self.listener)(&Change {
            at,
            name: &name,
            state: state.as_str(),
            kind: failure.map(|(kind, _)| kind.as_str()),
            message: failure.map(|(_, message)| message),
            retry_in_ms: wait.map(millis),
        });
        self.changed.notify_one();
    }

    /// All of it.
    pub(crate) fn report(&self) -> Report {
        Report {
            version: 1,
            pid: std::process::id(),
            started_at: self.started_at.clone(),
            updated_at: now(),
            connectors: self.lock().clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Row>> {
        // Nothing in here panics halfway.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> String {
    timestamp(SystemTime::now())
}
