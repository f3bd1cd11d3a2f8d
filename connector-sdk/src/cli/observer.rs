//! What `--verbose` shows: logs, progress and the audit trail, as lines on standard error.
//!
//! Whatever arrives here went through the connection's redactor before.

use std::sync::Arc;

use super::process::{Sink, say};
use super::show::clean_line;
use crate::call::{Audit, AuditRecord};
use crate::{Level, Observer};

pub(super) struct Lines(pub(super) Sink);

impl Observer for Lines {
    fn log(&self, level: Level, message: &str) {
        say(&self.0, &format!("[{}] {}", level.as_str(), clean_line(message)));
    }

    fn progress(&self, done: u64, total: Option<u64>) {
        match total {
            Some(total) => say(&self.0, &format!("[progress] {done} of {total}")),
            None => say(&self.0, &format!("[progress] {done}")),
        }
    }
}

/// The log alone. Progress is none of a method without an end.
#[cfg(any(feature = "puffer", feature = "seed-agent"))]
pub(super) struct Log(pub(super) Lines);

#[cfg(any(feature = "puffer", feature = "seed-agent"))]
impl Observer for Log {
    fn log(&self, level: Level, message: &str) {
        self.0.log(level, message);
    }
}

impl Audit for Lines {
    fn record(&self, record: &AuditRecord<'_>) {
        let outcome = match record.outcome {
            Ok(()) => "ok",
            Err(kind) => kind.as_str(),
        };
        say(
            &self.0,
            &format!(
                "[audit] caller={} connection={} connector={} action={} input=sha256:{} decision={} \
                 outcome={outcome} duration_ms={}",
                clean_line(record.caller),
                clean_line(record.connection),
                record.connector,
                record.action.unwrap_or("none"),
                record.input,
                record.decision.as_str(),
                record.duration.as_millis(),
            ),
        );
    }
}

/// Several that keep records.
pub(super) struct Audits(pub(super) Vec<Arc<dyn Audit>>);

impl Audit for Audits {
    fn record(&self, record: &AuditRecord<'_>) {
        self.0.iter().for_each(|audit| audit.record(record));
    }
}
