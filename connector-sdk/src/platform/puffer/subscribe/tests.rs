//! What a host hears of a connection that fails for long, in time that passes only where somebody waits.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::*;
use crate::call::Redactor;
use crate::event::{Emitter, Event, typed};
use crate::manifest::{Events, Manifest};
use crate::{BoxFuture, Call, Connector, Context, Run};

/// Fails until a moment, then tells of one event and waits for ever.
struct Unwell {
    manifest: Manifest,
    until: Instant,
    asks: Option<Duration>,
}

impl Connector for Unwell {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, _: Call<'a>) -> Result<Run<'a>> {
        Err(Error::usage("it has no actions"))
    }

    fn events<'a>(
        &'a self,
        since: Option<&'a str>,
        out: Emitter,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if Instant::now() < self.until {
                let error = Error::unavailable("nobody answers");
                return Err(match self.asks {
                    Some(asks) => error.with_retry_after(asks),
                    None => error,
                });
            }
            typed::<u64, u64>(since, out)?.1.emit(Event { id: "e1".into(), cursor: 1, payload: 1 }).await?;
            std::future::pending().await
        })
    }
}

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Observer for Log {
    fn log(&self, _: Level, message: &str) {
        self.0.lock().expect("whole").push(message.to_owned());
    }
}

/// The frames of an hour, each with the second in which it is written, and the log.
async fn hour(unwell: Duration, asks: Option<Duration>) -> (Vec<(u64, Value)>, Vec<String>) {
    let began = Instant::now();
    let mut manifest = Manifest::new("unwell", "Unwell", "1.0.0");
    manifest.events = Some(Events::new("Numbers.", json!({"type": "integer"})));
    let connector = Unwell { manifest, until: began + unwell, asks };
    let connection = Arc::new(Connection::over("work", Box::new(connector), Redactor::new(&[])));
    let log = Arc::new(Log::default());
    let mut frames = Frames { log: Arc::clone(&log) as _, messages: false, status: "ok" };
    let mut subscription = connection.subscribe(None, SubscribeOptions::new("test")).expect("subscribed");
    let (mut written, mut items) = (Vec::new(), VecDeque::new());
    let end = began + Duration::from_secs(3600);
    while timeout_at(end, subscription.next_all(&mut items)).await == Ok(true) {
        for item in items.drain(..) {
            let mut lines = Vec::new();
            frames.write(&item, &mut lines);
            for line in lines.split_inclusive(|byte| *byte == b'\n') {
                let frame = serde_json::from_slice(line).expect("a frame");
                written.push((began.elapsed().as_secs(), frame));
            }
        }
    }
    let log = std::mem::take(&mut *log.0.lock().expect("whole"));
    (written, log)
}

/// A host shuts down a stream that isn't well, so it hears of that only when it has gone on for minutes.
#[tokio::test(start_paused = true)]
async fn minutes_of_failures_are_one_frame_and_so_is_their_end() {
    let (frames, log) = hour(Duration::from_secs(600), None).await;
    let [(failing, retrying), (well, ok), (_, event)] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!(retrying, &json!({"type": "health", "status": "retrying", "detail": "nobody answers"}));
    // A wait is at most a minute long.
    assert!((120..=180).contains(failing), "after {failing} s");
    assert_eq!(ok, &json!({"type": "health", "status": "ok"}));
    assert!((600..=660).contains(well), "after {well} s");
    assert_eq!(event["id"], "e1");
    assert!(log.len() > 10, "each is in the log: {log:?}");
    assert!(log.iter().all(|line| line.starts_with("unavailable: nobody answers; trying again in ")));
}

#[tokio::test(start_paused = true)]
async fn failures_that_end_within_two_minutes_are_no_frame() {
    let (frames, log) = hour(Duration::from_secs(55), None).await;
    let [(_, event)] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!(event["id"], "e1");
    assert!(!log.is_empty());
}

/// A host that heard of it would start the stream again, and the service would not be left alone.
#[tokio::test(start_paused = true)]
async fn a_long_wait_that_a_service_asks_for_is_kept() {
    let (frames, log) = hour(Duration::from_secs(700), Some(Duration::from_secs(600))).await;
    let [(told, event)] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!(event["id"], "e1");
    assert!((1200..=1204).contains(told), "after {told} s");
    assert_eq!(log.len(), 2, "{log:?}");
}
