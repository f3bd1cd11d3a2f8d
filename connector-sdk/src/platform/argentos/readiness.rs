//! Whether a connector is ready, in the words of all three of ArgentOS's readers (contract 1.4,
//! "health.status conflict").
//!
//! The catalogue reads `data.status` and takes only `healthy` or `ok` for ready; the canvas wants
//! `ready` with `runtime_ready`, and its gateway hands it the whole envelope, not the data. So the
//! data says `healthy`, and the top level of the envelope repeats the canvas's facts with `ready`.

use serde_json::{Map, Value, json};

use super::commands::commands;
use super::document::{document, has_writes, needs, sentence};
use super::state::State;
use super::{error_code, tool, value_of};
use crate::manifest::{Auth, Manifest, elements};
use crate::{Error, ErrorKind};

/// What `health` answers: the data, and what the envelope repeats at its top level.
///
/// A connector that is not ready is an answer and not a failure: the envelope is a success, and the
/// process ends with 0.
pub fn health(manifest: &Manifest, state: &State<'_>) -> (Value, Map<String, Value>) {
    let outcome = assess(manifest, state);
    (Value::Object(data(manifest, state, &outcome)), top_level(manifest, &outcome))
}

/// What `doctor` answers: all of [`health`], and which commands would work.
pub fn doctor(manifest: &Manifest, state: &State<'_>) -> (Value, Map<String, Value>) {
    let outcome = assess(manifest, state);
    let ready = outcome.status == Status::Healthy;
    let mut readiness = Map::new();
    for command in commands(manifest) {
        // What ArgentOS asks every tool is answered without a connection.
        let is_ready = ready || command.resource == "connector";
        readiness.insert(command.id.into_owned(), is_ready.into());
    }
    let runtime = json!({
        "version": manifest.version,
        "platform": format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        "command_readiness": readiness,
    });
    let mut data = data(manifest, state, &outcome);
    data.insert("runtime".to_owned(), runtime.clone());
    let mut top_level = top_level(manifest, &outcome);
    top_level.insert("runtime".to_owned(), runtime);
    (Value::Object(data), top_level)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    /// It works, as far as is known.
    Healthy,
    /// Somebody has to set something.
    NeedsSetup,
    /// It is set up, and the service doesn't do its part now.
    Degraded,
}

impl Status {
    const fn for_catalogue(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::NeedsSetup => "needs_setup",
            Self::Degraded => "degraded",
        }
    }

    const fn for_canvas(self) -> &'static str {
        match self {
            Self::Healthy => "ready",
            other => other.for_catalogue(),
        }
    }
}

struct Outcome {
    status: Status,
    summary: String,
    checks: Vec<Value>,
    /// What to do, most important first: the canvas shows the first one alone.
    next_steps: Vec<String>,
}

/// The one judgement that every answer is made from.
fn assess(manifest: &Manifest, state: &State<'_>) -> Outcome {
    let missing = missing(manifest, state);
    let mut checks = vec![json!({
        "name": "required_env",
        "ok": missing.is_empty(),
        "details": { "missing_keys": missing },
    })];
    let mut next_steps: Vec<String> = needs(manifest)
        .iter()
        .filter(|need| missing.iter().any(|key| key == need.env))
        .map(|need| need.step())
        .collect();
    if let Some(error) = state.opening_error() {
        checks.push(check(manifest, "settings", Err(error)));
        if next_steps.is_empty() {
            next_steps.push(sentence(error.message()));
        }
    }
    if !missing.is_empty() || state.opening_error().is_some() {
        let summary = match state.opening_error() {
            Some(error) => error.message().to_owned(),
            None => format!("{} is missing {}", manifest.title, missing.join(", ")),
        };
        return Outcome { status: Status::NeedsSetup, summary, checks, next_steps };
    }
    checks.push(check(manifest, "settings", Ok(())));
    if let Some(outcome) = state.check() {
        checks.push(check(manifest, "live_backend", outcome));
        if let Err(error) = outcome {
            let status = match error.kind() {
                ErrorKind::Auth | ErrorKind::Setup | ErrorKind::Denied => Status::NeedsSetup,
                _ => Status::Degraded,
            };
            next_steps.push(step_after(manifest, error));
            return Outcome { status, summary: error.message().to_owned(), checks, next_steps };
        }
    }
    Outcome { status: Status::Healthy, summary: format!("{} is ready", manifest.title), checks, next_steps }
}

/// The variables that are not set and have to be, by the manifest and by what opening found.
fn missing(manifest: &Manifest, state: &State<'_>) -> Vec<String> {
    let found = state.opening_error().and_then(|error| error.details().get("missing_keys"));
    let found: Vec<&str> = elements(found).iter().filter_map(Value::as_str).collect();
    needs(manifest)
        .iter()
        .filter(|need| (need.required && !state.is_set(need.name)) || found.contains(&need.env))
        .map(|need| need.env.to_owned())
        .collect()
}

fn check(manifest: &Manifest, name: &str, outcome: Result<(), &Error>) -> Value {
    let details = match outcome {
        Ok(()) => json!({}),
        Err(error) => {
            json!({ "code": error_code(manifest, error.kind()), "message": error.message() })
        }
    };
    json!({ "name": name, "ok": outcome.is_ok(), "details": details })
}

/// What to do after a health check failed: check the credentials where they were refused.
fn step_after(manifest: &Manifest, error: &Error) -> String {
    let told = sentence(error.message());
    let name = manifest.auth.ways().iter().find_map(Auth::credential);
    match name.and_then(|name| manifest.credential(name)) {
        Some(credential) if error.kind() == ErrorKind::Auth => format!("{told} Check {}.", credential.env),
        _ => told,
    }
}

/// What both places of the envelope say in the same words.
fn facts(manifest: &Manifest, outcome: &Outcome) -> Map<String, Value> {
    let ready = outcome.status == Status::Healthy;
    let mut facts = Map::new();
    for (fact, holds) in [
        ("runtime_ready", ready),
        ("live_backend_available", ready),
        ("live_read_available", ready),
        ("write_bridge_available", ready && has_writes(manifest)),
        ("scaffold_only", false),
    ] {
        facts.insert(fact.to_owned(), holds.into());
    }
    facts.insert("checks".to_owned(), outcome.checks.clone().into());
    facts.insert("next_steps".to_owned(), outcome.next_steps.clone().into());
    facts
}

fn top_level(manifest: &Manifest, outcome: &Outcome) -> Map<String, Value> {
    let mut facts = facts(manifest, outcome);
    facts.insert("status".to_owned(), outcome.status.for_canvas().into());
    facts
}

fn data(manifest: &Manifest, state: &State<'_>, outcome: &Outcome) -> Map<String, Value> {
    let auth = document(manifest).auth;
    let mut set = Map::new();
    for need in needs(manifest) {
        if need.secret {
            set.insert(need.env.to_owned(), state.is_set(need.name).into());
        }
    }
    let mut data = facts(manifest, outcome);
    data.insert("status".to_owned(), outcome.status.for_catalogue().into());
    data.insert("summary".to_owned(), outcome.summary.clone().into());
    data.insert("connector".to_owned(), json!({ "tool": tool(manifest), "backend": manifest.id }));
    data.insert(
        "auth".to_owned(),
        json!({
            "kind": auth.kind,
            "required": auth.required,
            "service_keys": value_of(&auth.service_keys),
            "credentials_set": set,
        }),
    );
    data
}
