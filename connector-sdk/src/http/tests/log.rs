//! Leaves with the traces all that the client logs.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::traces::leave;

struct Log;

/// What was said of each span when it began.
static SPANS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From now on, in this process.
pub(super) fn keep() {
    drop(tracing::subscriber::set_global_default(Log));
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, "{field}={value:?} ");
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line::default();
        span.record(&mut line);
        let name = span.metadata().name();
        SPANS.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{name} {}", line.0));
        leave(line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line::default();
        values.record(&mut line);
        leave(line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        leave(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_request_has_a_span_of_its_method_host_and_template() {
    let http = super::builder("https://api.test").build().expect("a client");
    drop(http.delete("/spans/{which}").path("which", "s3cret").query("token", super::TOKEN).send());
    let spans = SPANS.lock().unwrap_or_else(PoisonError::into_inner);
    let spans: Vec<_> = spans.iter().filter(|span| span.contains("/spans/")).collect();
    assert_eq!(spans, ["http method=DELETE host=\"api.test\" path=\"/spans/{which}\" "]);
}
