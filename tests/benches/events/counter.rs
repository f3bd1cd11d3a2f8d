//! The connector that counts, and the floor that writes the same frames.

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use connector_sdk::event::{Emitter, Event, typed};
use connector_sdk::manifest::{Events, Manifest};
use connector_sdk::{BoxFuture, Call, Connector, Context, Error, Factory, Result, Run, Settings, serde_json};
use serde::Serialize;

#[derive(Serialize)]
struct Tick {
    message: String,
    n: u64,
}

impl Tick {
    fn new(n: u64) -> Self {
        Self { message: format!("tick {n}"), n }
    }
}

struct Counter(Manifest);

impl Factory for Counter {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    fn open(&self, _: &Settings) -> Result<Box<dyn Connector>> {
        Ok(Box::new(Counter(self.0.clone())))
    }
}

impl Connector for Counter {
    fn manifest(&self) -> &Manifest {
        &self.0
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
            let (since, mut out) = typed::<u64, Tick>(since, out)?;
            for n in since.unwrap_or(0) + 1.. {
                out.emit(Event { id: format!("e{n}"), cursor: n, payload: Tick::new(n) }).await?;
            }
            Ok(())
        })
    }
}

/// The connector's process.
pub(crate) fn subscribe() -> ExitCode {
    let mut manifest = Manifest::new("counter", "Counter", "1.0.0");
    manifest.events = Some(Events::new("Ticks.", serde_json::json!({"type": "object"})));
    connector_sdk::__private::run_main(&Counter(manifest))
}

#[derive(Serialize)]
struct Frame {
    r#type: &'static str,
    id: String,
    cursor: String,
    payload: Tick,
}

/// Writes the same frames, and does nothing else.
pub(crate) fn floor(events: u64) {
    let mut out = BufWriter::with_capacity(64 * 1024, std::io::stdout().lock());
    for n in 1..=events {
        let frame =
            Frame { r#type: "event", id: format!("e{n}"), cursor: n.to_string(), payload: Tick::new(n) };
        serde_json::to_writer(&mut out, &frame).expect("written");
        out.write_all(b"\n").expect("written");
    }
    out.flush().expect("written");
}
