//! One record a call, whatever became of it.

use std::time::{Duration, Instant, SystemTime};

use super::{Connection, InputDigest};
use crate::manifest::Action;
use crate::{Context, ErrorKind};

/// Keeps records of calls.
pub trait Audit: Send + Sync {
    /// Keeps one record. It is called once a call, before the caller has the answer.
    fn record(&self, record: &AuditRecord<'_>);
}

/// Who did what, whether they were allowed to, and what became of it. Never the input itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuditRecord<'a> {
    /// When the call began.
    pub at: SystemTime,
    /// Who called.
    pub caller: &'a str,
    /// The connection's name.
    pub connection: &'a str,
    /// The connector's id.
    pub connector: &'a str,
    /// The action's name; none where there is no such action.
    pub action: Option<&'a str>,
    /// What the input was, as a digest.
    pub input: InputDigest,
    /// Who let it pass.
    pub decision: Decision,
    /// How it ended.
    pub outcome: Result<(), ErrorKind>,
    /// How long it took.
    pub duration: Duration,
}

/// Whether a call was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// It never came to a decision: no such action, bad input.
    Undecided,
    /// The caller's mode was enough.
    Allowed,
    /// Somebody agreed to it.
    Approved,
    /// The mode was too low, or nobody agreed.
    Denied,
}

impl Decision {
    /// The decision in snake_case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Allowed => "allowed",
            Self::Approved => "approved",
            Self::Denied => "denied",
        }
    }
}

/// A record in the making. Dropped before its end (the caller went away), it is written as cancelled:
/// the method may have had an effect by then.
pub(super) struct Trail<'a> {
    connection: &'a Connection,
    context: &'a Context,
    input: &'a [u8],
    action: Option<(usize, &'a Action)>,
    digest: Option<InputDigest>,
    decision: Decision,
    /// When the call began; none once there is nothing to write, or nobody to write it.
    at: Option<SystemTime>,
    began: Instant,
}

impl<'a> Trail<'a> {
    pub(super) fn begin(connection: &'a Connection, input: &'a [u8], context: &'a Context) -> Self {
        let at = connection.audit.is_some().then(SystemTime::now);
        let (action, digest, decision) = (None, None, Decision::Undecided);
        Self { connection, context, input, action, digest, decision, at, began: Instant::now() }
    }

    pub(super) fn began(&self) -> Instant {
        self.began
    }

    pub(super) fn found(&mut self, place: usize, action: &'a Action) {
        self.action = Some((place, action));
    }

    pub(super) fn decided(&mut self, decision: Decision) {
        self.decision = decision;
    }

    pub(super) fn digest(&mut self) -> InputDigest {
        let Self { connection, input, action, digest, .. } = self;
        *digest.get_or_insert_with(|| match action.and_then(|(place, _)| connection.prefixes.get(place)) {
            Some(prefix) => prefix.digest(input),
            None => {
                let name = action.map_or("", |(_, action)| &action.name);
                InputDigest::of(&connection.manifest().id, connection.name(), name, input)
            }
        })
    }

    pub(super) fn end(mut self, outcome: Result<(), ErrorKind>) {
        self.write(outcome);
    }

    fn write(&mut self, outcome: Result<(), ErrorKind>) {
        let (Some(audit), Some(at)) = (&self.connection.audit, self.at.take()) else { return };
        let input = self.digest();
        audit.record(&AuditRecord {
            at,
            caller: self.context.caller(),
            connection: self.connection.name(),
            connector: &self.connection.manifest().id,
            action: self.action.map(|(_, action)| action.name.as_str()),
            input,
            decision: self.decision,
            outcome,
            duration: self.began.elapsed(),
        });
    }
}

impl Drop for Trail<'_> {
    fn drop(&mut self) {
        self.write(Err(ErrorKind::Cancelled));
    }
}
