//! A connector without a service or a macro, for the tests of the command line.

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::process::{Process, lock};
use crate::manifest::{Action, Credential, Effect, Manifest, OptionsSource, Parameter, Permission, Setting};
use crate::traces::leave;
use crate::{
    BoxFuture, Call, Choice, Connector, Context, Error, Factory, Level, Output, Result, Run, Secret, Settings,
};

pub(super) const TOKEN: &str = "t0p-s3cret-token";

fn action(name: &str, command: &str, effect: Effect, required: usize, properties: Value) -> Action {
    let mut action = Action::new(name, Permission::new(effect));
    action.command = command.to_owned();
    action.resource = Some("notes".to_owned());
    action.description = format!("{} notes.\n\nAt length.", name.replace('_', " "));
    let properties = properties.as_array().cloned().unwrap_or_default();
    for (place, property) in properties.iter().enumerate() {
        let name = property[0].as_str().unwrap_or_default();
        let mut parameter = Parameter::new(name);
        parameter.required = place < required;
        parameter.description = format!("The {name}.");
        action.parameters.push(parameter);
        action.input_schema["properties"][name] = property[1].clone();
    }
    action
}

pub(super) fn manifest() -> Manifest {
    let text = json!({"type": "string"});
    let mut manifest = Manifest::new("notes", "Notes", "1.2.3");
    manifest.description = "Notes in memory.".to_owned();
    let mut root = Setting::new("root", "NOTES_ROOT");
    root.required = true;
    root.schema = text.clone();
    let mut depth = Setting::new("depth", "NOTES_DEPTH");
    depth.schema = json!({"type": "integer", "default": 3});
    manifest.settings = vec![root, depth];
    let mut token = Credential::new("token", "NOTES_TOKEN");
    token.required = false;
    manifest.credentials = vec![token];
    manifest.options = vec![OptionsSource::new("folders", "Folders of notes")];
    manifest.health = true;
    manifest.actions = vec![
        action(
            "search_notes",
            "notes.search",
            Effect::Read,
            1,
            json!([
                ["query", text],
                ["limit", {"type": "integer", "default": 10}],
                ["case_sensitive", {"type": "boolean"}],
                ["sort", {"enum": ["name", "date"], "type": "string"}],
                ["filter", {"type": "object"}],
                ["mode", text],
                ["tags", {"type": "array", "items": text}],
            ]),
        ),
        action("create_note", "notes.create", Effect::Write, 2, json!([["title", text], ["body", text]])),
        action("delete_note", "notes.delete", Effect::Destructive, 1, json!([["path", text]])),
        action("batch_send", "notes.batch_send", Effect::Read, 0, json!([])),
        action("echo", "echo", Effect::Read, 0, json!([["what", {}]])),
        action("fail", "fail", Effect::Read, 1, json!([["how", text]])),
    ];
    manifest
}

/// Makes connections that answer with their input.
pub(super) struct Fake(pub(super) Manifest);

impl Fake {
    pub(super) fn new() -> Self {
        Self(manifest())
    }
}

struct Open(Manifest, Settings);

impl Factory for Fake {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    fn open(&self, settings: &Settings) -> Result<Box<dyn Connector>> {
        if !settings.contains("root") {
            return Err(Error::setup(
                "setting `root` is missing; set it, or the environment variable NOTES_ROOT",
            )
            .with_detail("missing_keys", vec!["NOTES_ROOT"]));
        }
        Ok(Box::new(Open(self.0.clone(), settings.clone())))
    }
}

impl Open {
    fn root(&self) -> &str {
        let value = self.1.values.get("root").and_then(Value::as_str);
        value.or_else(|| self.1.texts.get("root").map(String::as_str)).unwrap_or_default()
    }
}

impl Connector for Open {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    fn prepare<'a>(&'a self, call: Call<'a>) -> Result<Run<'a>> {
        let input: Value = serde_json::from_slice(call.input)
            .map_err(|error| Error::usage(format!("the input must be a JSON object: {error}")))?;
        let name = call.action.name.clone();
        Ok(Box::pin(async move {
            let token = self.1.secrets.get("token").map_or("no token", Secret::expose);
            call.context.log(Level::Info, format!("working with {token}"));
            if name == "fail" {
                return fail(input["how"].as_str().unwrap_or_default(), token).await;
            }
            Output::serialize(&json!({"action": name, "input": input, "root": self.root()}))
        }))
    }

    fn health<'a>(&'a self, _: &'a Context) -> BoxFuture<'a, Result<()>> {
        Box::pin(async {
            if self.root() == "down" {
                return Err(Error::unavailable("the folder is gone"));
            }
            if let Some(token) = self.1.secrets.get("token").filter(|token| token.expose().starts_with("bad"))
            {
                return Err(Error::auth(format!("the token {} was refused", token.expose())));
            }
            Ok(())
        })
    }

    fn options<'a>(
        &'a self,
        _: &'a str,
        query: &'a str,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<Vec<Choice>>> {
        let all = [Choice::new("a", "Apples"), Choice::new("b", "Bananas")];
        Box::pin(async move {
            Ok(all.into_iter().filter(|choice| choice.name.to_lowercase().contains(query)).collect())
        })
    }
}

async fn fail(how: &str, token: &str) -> Result<Output> {
    match how {
        "not_found" => Err(Error::not_found("there is no note `x`")),
        "auth" => Err(Error::auth(format!("token {token} was refused"))),
        "unavailable" => Err(Error::unavailable("the service is down")),
        "busy" => Err(Error::rate_limited("too many calls").with_retry_after(Duration::from_secs(90))),
        "hang" => std::future::pending().await,
        _ => panic!("with {token}"),
    }
}

/// Keeps what is written.
#[derive(Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    pub(super) fn text(&self) -> String {
        String::from_utf8(lock(&self.0).clone()).expect("UTF-8")
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What became of a command line.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) code: u8,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Outcome {
    /// The envelope on standard output, which is one line.
    pub(super) fn json(&self) -> Value {
        assert!(self.stdout.ends_with('\n') && self.stdout.matches('\n').count() == 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// Runs a command line with `NOTES_ROOT=/notes` around it.
pub(super) fn run(arguments: &[&str]) -> Outcome {
    run_with(arguments, |process| process)
}

pub(super) fn run_with(arguments: &[&str], change: impl FnOnce(Process) -> Process) -> Outcome {
    let (stdout, stderr) = (Kept::default(), Kept::default());
    let process = Process::new("notes", arguments.iter().map(OsString::from))
        .environment(environment(&[("NOTES_ROOT", "/notes"), ("NOTES_TOKEN", TOKEN)]))
        .stdout(stdout.clone())
        .stderr(stderr.clone());
    let code = super::run(&Fake::new(), change(process));
    leave(stdout.text() + &stderr.text());
    Outcome { code, stdout: stdout.text(), stderr: stderr.text() }
}

pub(super) fn environment(
    variables: &'static [(&str, &str)],
) -> impl Fn(&str) -> Option<OsString> + Send + Sync + 'static {
    move |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
}
