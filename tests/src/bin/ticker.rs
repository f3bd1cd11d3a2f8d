//! A connector that no macro saw, for `tests/puffer.rs` to run: it counts, and does what its environment
//! says.
//!
//! - `TICKER_LAST`: the last number (none: 10). After it, it waits for ever.
//! - `TICKER_FAIL`: fails with that kind of error instead, such as `auth`, or panics with its token.
//! - `TICKER_DEAF`: keeps its thread after the last number, and in its health check, whatever it is told.
//! - `TICKER_SPAWN`: starts a process that holds what it inherits, in its health check and before the first number.
//! - `TICKER_BABBLE`: writes bytes that are no text to standard error before the first number.
//! - `TICKER_TOKEN_WANTED`: needs a credential.

use std::io::Write as _;
use std::process::{Command, ExitCode};
use std::time::Duration;

use connector_sdk::event::{Emitter, Event, typed};
use connector_sdk::manifest::{
    Action, Credential, Delivery, Effect, Events, Manifest, Parameter, Permission,
};
use connector_sdk::message::{OutgoingMessage, Receipt};
use connector_sdk::serde_json::{Map, Value, json};
use connector_sdk::{
    BoxFuture, Call, Connector, Context, Error, ErrorKind, Factory, Level, Output, Result, Run, Secret,
    Settings,
};

struct Ticker {
    manifest: Manifest,
    token: Option<Secret>,
}

struct Tickers(Manifest);

fn manifest() -> Manifest {
    let mut manifest = Manifest::new("ticker", "Ticker", "1.0.0");
    manifest.description = "Counts.".to_owned();
    manifest.health = true;
    let mut echo = Action::new("echo", Permission::new(Effect::Read));
    echo.description = "Say what it was given.".to_owned();
    echo.parameters = vec![Parameter::new("text")];
    echo.input_schema["properties"]["text"] = json!({"type": "string"});
    let rude = ["fail", "print", "spawn", "hang", "panic", "token"].map(|name| {
        let mut action = Action::new(name, Permission::new(Effect::Destructive));
        action.description = format!("{name} as it likes.");
        action
    });
    manifest.actions = [echo].into_iter().chain(rude).collect();
    let payload = json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]});
    manifest.events = Some(Events::new("Numbers.", payload));
    manifest.delivery = Some(Delivery::new("Deliver a message."));
    if is_set("TICKER_TOKEN_WANTED") {
        let mut token = Credential::new("token", "TICKER_TOKEN");
        token.required = true;
        manifest.credentials = vec![token];
    }
    manifest
}

impl Factory for Tickers {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    fn open(&self, settings: &Settings) -> Result<Box<dyn Connector>> {
        let token = settings.secrets().find(|(name, _)| *name == "token").map(|(_, secret)| secret.clone());
        if token.is_none() && !self.0.credentials.is_empty() {
            return Err(Error::setup("credential `token` is missing"));
        }
        Ok(Box::new(Ticker { manifest: self.0.clone(), token }))
    }
}

impl Ticker {
    fn panic(&self) -> ! {
        panic!("at once, {}", self.token.as_ref().map_or("without a token", Secret::expose))
    }
}

/// Starts what holds whatever it was given for longer than anybody waits.
fn spawn() -> Result<()> {
    Command::new("sleep").arg("60").spawn()?;
    Ok(())
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some()
}

fn wanted_failure(ticker: &Ticker) -> Result<()> {
    let Ok(wanted) = std::env::var("TICKER_FAIL") else { return Ok(()) };
    if wanted == "panic" {
        ticker.panic();
    }
    let kind = ErrorKind::ALL.iter().find(|kind| kind.as_str() == wanted);
    Err(Error::new(kind.copied().unwrap_or(ErrorKind::Internal), "as it was told\nin two lines"))
}

impl Connector for Ticker {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, call: Call<'a>) -> Result<Run<'a>> {
        let input: Map<String, Value> = connector_sdk::serde_json::from_slice(call.input)
            .map_err(|error| Error::usage(format!("the input can't be read: {error}")))?;
        if let Some(unknown) = input.keys().find(|key| call.action.property(key).is_none()) {
            return Err(Error::usage(format!("unknown argument `{unknown}`")));
        }
        Ok(Box::pin(async move {
            match call.action.name.as_str() {
                "fail" => {
                    let error = Error::rate_limited("slower, please");
                    return Err(error.with_retry_after(Duration::from_secs(7)));
                }
                "print" => println!("a line that is no answer"),
                "spawn" => spawn()?,
                "hang" => std::future::pending().await,
                "panic" => self.panic(),
                "token" => return Output::serialize(&self.token.as_ref().map(Secret::expose)),
                _ => {}
            }
            call.context.log(Level::Info, "ä line");
            Output::serialize(&input)
        }))
    }

    fn health<'a>(&'a self, _: &'a Context) -> BoxFuture<'a, Result<()>> {
        Box::pin(async {
            if is_set("TICKER_SPAWN") {
                spawn()?;
            }
            if is_set("TICKER_DEAF") {
                std::thread::sleep(Duration::from_secs(600));
            }
            wanted_failure(self)
        })
    }

    fn events<'a>(
        &'a self,
        since: Option<&'a str>,
        out: Emitter,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (since, mut out) = typed::<u64, Value>(since, out)?;
            println!("the connector prints, which is none of the protocol");
            if is_set("TICKER_BABBLE") {
                std::io::stderr().write_all(b"no \xff text \xf0\x9f\n")?;
            }
            if is_set("TICKER_SPAWN") {
                spawn()?;
            }
            wanted_failure(self)?;
            let last = std::env::var("TICKER_LAST").ok().and_then(|last| last.parse().ok()).unwrap_or(10);
            for n in since.unwrap_or(0) + 1..=last {
                out.emit(Event { id: format!("e{n}"), cursor: n, payload: json!({ "n": n }) }).await?;
            }
            if is_set("TICKER_DEAF") {
                std::thread::sleep(Duration::from_secs(600));
            }
            std::future::pending().await
        })
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage, _: &'a Context) -> BoxFuture<'a, Result<Receipt>> {
        Box::pin(async move { Ok(Receipt::new(format!("{}: {}", message.conversation_id, message.text))) })
    }
}

fn main() -> ExitCode {
    connector_sdk::__private::run_main(&Tickers(manifest()))
}
