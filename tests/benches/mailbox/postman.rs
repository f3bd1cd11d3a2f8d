//! The connector whose messages are carried. It costs as little as a connector can.

use std::env::var;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::ExitCode;

use connector_sdk::event::{Emitter, Event, typed};
use connector_sdk::manifest::{Delivery, Events, Manifest};
use connector_sdk::message::{Message, OutgoingMessage, Receipt, Sender};
use connector_sdk::{BoxFuture, Call, Connector, Context, Error, Factory, Result, Run, Settings, serde_json};

/// How many messages it tells.
pub(crate) const LAST: &str = "POSTMAN_LAST";

/// The file to which it adds a letter for each message that it delivers.
pub(crate) const SENT: &str = "POSTMAN_SENT";

/// The `n`th message.
pub(crate) fn message(n: u64) -> Message {
    let sender = Sender::new("U024BE7LH").username("ann").display_name("Ann Example");
    let text = format!("Number {n}: the build of the main branch is green again, have a look.");
    Message::new(format!("m{n}"), sender, "C024BE91L", text)
}

struct Postman(Manifest);

impl Factory for Postman {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    fn open(&self, _: &Settings) -> Result<Box<dyn Connector>> {
        Ok(Box::new(Postman(self.0.clone())))
    }
}

impl Connector for Postman {
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
            let (since, mut out) = typed::<u64, Message>(since, out)?;
            let last = var(LAST).ok().and_then(|last| last.parse().ok()).unwrap_or(0);
            for n in since.unwrap_or(0) + 1..=last {
                out.emit(Event { id: format!("e{n}"), cursor: n, payload: message(n) }).await?;
            }
            std::future::pending().await
        })
    }

    fn send<'a>(&'a self, _: &'a OutgoingMessage, _: &'a Context) -> BoxFuture<'a, Result<Receipt>> {
        Box::pin(async {
            let file = var(SENT).map_err(|_| Error::setup("nobody says where to"))?;
            OpenOptions::new().append(true).open(file)?.write_all(b".")?;
            Ok(Receipt::default())
        })
    }
}

/// The connector's process.
pub(crate) fn run() -> ExitCode {
    let mut manifest = Manifest::new("postman", "Postman", "1.0.0");
    let mut events = Events::new("Messages.", serde_json::json!({"type": "object"}));
    events.messages = true;
    manifest.events = Some(events);
    manifest.delivery = Some(Delivery::new("Deliver a message."));
    connector_sdk::__private::run_main(&Postman(manifest))
}
