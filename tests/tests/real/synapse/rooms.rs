//! The connector: logged in, in this process or stored for its program.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use connector_sdk::call::Connection;
use connector_sdk::event::{Item, SubscribeOptions, Subscription};
use connector_sdk::{Ask, BoxFuture, Choice, Context, Error, Keeper, Result, Secret, Settings, factory};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::people::{PASSWORD, Person};
use crate::puffer::{LONG, program};
use crate::servers::Server;
use crate::traces;

/// Answers as a user at a terminal would.
struct Answers(String);

impl Ask for Answers {
    fn text<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<String>> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn hidden<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Secret>> {
        Box::pin(async { Ok(Secret::new(PASSWORD)) })
    }

    fn choose<'a>(&'a self, _: &'a str, _: &'a [Choice]) -> BoxFuture<'a, Result<String>> {
        Box::pin(async { Err(Error::internal("nothing is to be chosen")) })
    }

    fn show(&self, _: &str) -> Result<()> {
        Ok(())
    }
}

pub(super) fn settings(server: &Server, join: bool) -> Settings {
    Settings::new().value("homeserver", server.url()).value("join", join)
}

pub(super) fn open(settings: &Settings) -> Arc<Connection> {
    Arc::new(Connection::open("work", &factory::<matrix::Matrix>(), settings).expect("a connection"))
}

/// What the connector's own login obtains: the text of its tokens.
pub(super) async fn log_in(server: &Server, person: &Person) -> Secret {
    try_to_log_in(server, &person.id).await.expect("tokens")
}

pub(super) async fn try_to_log_in(server: &Server, user: &str) -> Result<Secret> {
    let connection = open(&settings(server, false));
    let answers = Answers(user.to_owned());
    let obtained = connection.login(&answers, Context::new()).await?;
    let token = obtained.secrets().find(|(name, _)| *name == "token").map(|(_, token)| token.clone());
    Ok(token.expect("a token"))
}

/// The connector of somebody in this process.
pub(super) async fn logged_in(
    server: &Server,
    person: &Person,
    join: bool,
    keeper: Option<Arc<dyn Keeper>>,
) -> Arc<Connection> {
    let settings = settings(server, join).secret("token", log_in(server, person).await);
    open(&match keeper {
        Some(keeper) => settings.kept_by(keeper),
        None => settings,
    })
}

/// What comes next.
pub(super) async fn next(subscription: &mut Subscription) -> Item {
    tokio::time::timeout(LONG, subscription.next()).await.expect("something in time").expect("it goes on")
}

/// The next event, acknowledged; what else comes is left out.
pub(super) async fn event(subscription: &mut Subscription) -> Value {
    loop {
        if let Item::Event(event) = next(subscription).await {
            subscription.acknowledge(event.id());
            return event.parse().expect("JSON");
        }
    }
}

/// The texts of the next events.
pub(super) async fn texts(subscription: &mut Subscription, number: usize) -> Vec<String> {
    let mut texts = Vec::new();
    while texts.len() < number {
        let event = event(subscription).await;
        texts.push(event["content"]["text"].as_str().expect("a text").to_owned());
    }
    texts
}

/// A subscription that has begun.
pub(super) async fn begun(connection: &Arc<Connection>) -> Subscription {
    let mut subscription = connection.subscribe(None, SubscribeOptions::new("test")).expect("events");
    match next(&mut subscription).await {
        Item::Checkpoint(_) => subscription,
        other => panic!("{other:?}"),
    }
}

/// The connector's program with a store of its own, in which the connection `work` is.
pub(super) struct Program {
    home: TempDir,
}

impl Program {
    pub(super) fn connected(server: &Server, token: &Secret, join: bool) -> Self {
        let program = Self { home: traces::folder() };
        let mut connect = program.run(&["connect", "work", "--stdin", "--mode", "write", "--json"]);
        let mut child = connect.spawn().expect("it starts");
        let all = json!({"homeserver": server.url(), "join": join, "token": token.expose()}).to_string();
        child.stdin.take().expect("a pipe").write_all(all.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        traces::leave(&output.stdout);
        traces::leave(&output.stderr);
        assert!(output.status.success(), "{output:?}");
        program
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Command {
        let mut command = program(env!("CARGO_BIN_EXE_rooms"), arguments);
        command.env("CONNECTOR_HOME", self.home.path());
        command
    }

    pub(super) fn mailbox(&self, home: &Path) -> Command {
        let mut command = self.run(&["mailbox", "--name", "work", "--home"]);
        command.arg(home).stdin(Stdio::null());
        command
    }
}
