//! A messaging connector that no macro saw, for `tests/seed_agent.rs` to run: it does what its environment and
//! the messages say.
//!
//! - `MAILER_LAST`: how many messages it tells (none: none). After them, it waits for ever.
//! - `MAILER_TWICE`: tells each of them as two events.
//! - `MAILER_FAIL`: fails with that kind of error instead, such as `auth`, or panics with its token.
//! - `MAILER_HEALTH`: its health check fails with that kind of error.
//! - `MAILER_STRANGE`: tells something that is no message first.
//! - `MAILER_SENT`: the file to which it adds a line for each message that it delivers.
//! - `MAILER_IDEMPOTENT`: says that it can tell a repetition.
//!
//! A message whose text is `fail KIND` fails so, `later` fails once so that it is tried again, `slow` never ends.

use std::collections::HashSet;
use std::env::{var, var_os};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use connector_sdk::event::{Emitter, Event, typed};
use connector_sdk::manifest::{Credential, Delivery, Events, Manifest, Setting};
use connector_sdk::message::{Conversation, Message, OutgoingMessage, Receipt, Sender};
use connector_sdk::serde_json::{Value, json, to_value};
use connector_sdk::{BoxFuture, Call, Connector, Context, Error, ErrorKind, Factory, Result, Run, Settings};

struct Mailer {
    manifest: Manifest,
    tried: Mutex<HashSet<String>>,
}

struct Mailers(Manifest);

fn manifest() -> Manifest {
    let mut manifest = Manifest::new("mailer", "Mailer", "1.0.0");
    manifest.description = "Carries messages.".to_owned();
    let mut events = Events::new("Messages.", json!({"type": "object"}));
    events.messages = true;
    manifest.events = Some(events);
    let mut delivery = Delivery::new("Deliver a message.");
    delivery.idempotent = var_os("MAILER_IDEMPOTENT").is_some();
    manifest.delivery = Some(delivery);
    manifest.settings = vec![Setting::new("server", "MAILER_SERVER")];
    manifest.health = true;
    let mut token = Credential::new("token", "MAILER_TOKEN");
    token.required = false;
    manifest.credentials = vec![token];
    manifest
}

impl Factory for Mailers {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    fn open(&self, _: &Settings) -> Result<Box<dyn Connector>> {
        Ok(Box::new(Mailer { manifest: self.0.clone(), tried: Mutex::default() }))
    }
}

fn failure(wanted: &str) -> Error {
    if wanted == "panic" {
        panic!("with {}", var("MAILER_TOKEN").unwrap_or_default());
    }
    let kind = ErrorKind::ALL.iter().find(|kind| kind.as_str() == wanted);
    Error::new(kind.copied().unwrap_or(ErrorKind::Internal), "as it was told")
}

fn number(name: &str) -> u64 {
    var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(0)
}

impl Connector for Mailer {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, call: Call<'a>) -> Result<Run<'a>> {
        Err(Error::usage(format!("there is no action `{}`", call.action.name)))
    }

    fn health<'a>(&'a self, _: &'a Context) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { var("MAILER_HEALTH").map_or(Ok(()), |kind| Err(failure(&kind))) })
    }

    fn events<'a>(
        &'a self,
        since: Option<&'a str>,
        out: Emitter,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (since, mut out) = typed::<u64, Value>(since, out)?;
            if let Ok(wanted) = var("MAILER_FAIL") {
                return Err(failure(&wanted));
            }
            if since.is_none() && var_os("MAILER_STRANGE").is_some() {
                let payload = json!({"text": "s3cret of nobody"});
                out.emit(Event { id: "strange".to_owned(), cursor: 0, payload }).await?;
            }
            for n in since.unwrap_or(0) + 1..=number("MAILER_LAST") {
                let sender = Sender::new("U1").username("ann");
                let conversation = Conversation::new(format!("C{}", n % 3));
                let message = Message::new(format!("m{n}"), sender, conversation, format!("number {n}"));
                let mut payload = to_value(message)?;
                payload["sender"]["team"] = "T1".into();
                for part in 0..=u64::from(var_os("MAILER_TWICE").is_some()) {
                    let id = format!("e{n}.{part}");
                    out.emit(Event { id, cursor: n, payload: payload.clone() }).await?;
                }
            }
            std::future::pending().await
        })
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage, _: &'a Context) -> BoxFuture<'a, Result<Receipt>> {
        Box::pin(async move {
            let first = self.tried.lock().unwrap_or_else(PoisonError::into_inner).insert(message.id.clone());
            match message.text.split_once(' ') {
                Some(("fail", kind)) => return Err(failure(kind)),
                _ if message.text == "later" && first => {
                    return Err(Error::rate_limited("slower").with_retry_after(Duration::from_millis(10)));
                }
                _ => {}
            }
            if let Some(file) = var_os("MAILER_SENT") {
                let line = json!({
                    "id": message.id, "conversation": message.conversation_id,
                    "text": message.text, "thread": message.thread_id,
                });
                let mut file = OpenOptions::new().create(true).append(true).open(file)?;
                file.write_all(format!("{line}\n").as_bytes())?;
            }
            if message.text == "slow" {
                std::future::pending::<()>().await;
            }
            Ok(Receipt::default())
        })
    }
}

fn main() -> ExitCode {
    connector_sdk::__private::run_main(&Mailers(manifest()))
}
