//! A connector's own dance for credentials, asked for at the terminal.

use super::connect::{hear, hear_hidden};
use super::dialogue::Dialogue;
use super::process::Process;
use super::session::Session;
use super::show::clean_line;
use crate::call::Connection;
use crate::manifest::Manifest;
use crate::similar::listed;
use crate::{Ask, BoxFuture, Choice, Error, Result, Secret, Settings};

/// Whether the connector gets credentials by itself, and one of them is not there.
pub(super) fn is_wanted(manifest: &Manifest, settings: &Settings) -> bool {
    let is_missing = |name: &str| !settings.secrets.contains_key(name);
    manifest.login && manifest.credentials.iter().any(|credential| is_missing(&credential.name))
}

/// Has the connector get its credentials, and adds them to what is set.
pub(super) fn ask(session: &Session<'_>, name: &str, settings: Settings) -> Result<Settings> {
    let connection = Connection::open(name, session.factory, &settings)?;
    let deadline = session.deadline()?;
    let context = session.context(deadline);
    let token = context.cancellation().clone();
    let obtained = match session.process.can_ask() {
        true => {
            let asking = AtTerminal { dialogue: session.dialogue(&context), process: session.process };
            session.wait(token, deadline, connection.login(&asking, context))??
        }
        false => {
            let nobody = Nobody(&session.process.program);
            session.wait(token, deadline, connection.login(&nobody, context))??
        }
    };
    let mut settings = settings;
    for (name, value) in obtained.values {
        settings = settings.value(name, value);
    }
    for (name, secret) in obtained.secrets {
        session.process.remember(&secret);
        settings = settings.secret(name, secret);
    }
    Ok(settings)
}

/// Asks on standard error and hears on standard input.
struct AtTerminal<'p> {
    dialogue: Dialogue,
    process: &'p Process,
}

impl AtTerminal<'_> {
    async fn line(&self, question: &str, hint: &str) -> Result<String> {
        let line = hear(&self.dialogue, &format!("{}{hint}: ", clean_line(question))).await?;
        Ok(line.trim().to_owned())
    }
}

impl Ask for AtTerminal<'_> {
    fn text<'a>(&'a self, question: &'a str) -> BoxFuture<'a, Result<String>> {
        Box::pin(self.line(question, ""))
    }

    fn hidden<'a>(&'a self, question: &'a str) -> BoxFuture<'a, Result<Secret>> {
        Box::pin(async move {
            let text = format!("{} (not shown): ", clean_line(question));
            let secret = hear_hidden(self.process, &self.dialogue, &text).await?;
            self.process.remember(&secret);
            Ok(secret)
        })
    }

    fn choose<'a>(&'a self, question: &'a str, choices: &'a [Choice]) -> BoxFuture<'a, Result<String>> {
        Box::pin(async move {
            if choices.is_empty() {
                return Err(Error::internal(
                    "somebody was asked to choose, and there is nothing to choose from",
                ));
            }
            for (number, choice) in (1..).zip(choices) {
                self.show(&format!("{number}) {}", choice.name))?;
            }
            loop {
                let line = self.line(question, &format!(" [1-{}]", choices.len())).await?;
                let by_number =
                    line.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?));
                let by_id = || choices.iter().find(|choice| choice.id == line || choice.name == line);
                match by_number.or_else(by_id) {
                    Some(choice) => return Ok(choice.id.clone()),
                    None => self.show(&format!(
                        "there is no choice of that name; there is {}",
                        listed(choices.iter().map(|choice| choice.id.as_str()))
                    ))?,
                }
            }
        })
    }

    fn show(&self, text: &str) -> Result<()> {
        let lines: String = text.lines().map(|line| format!("{}\n", clean_line(line))).collect();
        self.dialogue.show(&lines).map_err(|error| {
            Error::setup(format!("nobody can be told, standard error can't be written: {error}"))
        })
    }
}

/// There is no terminal.
struct Nobody<'p>(&'p str);

impl Nobody<'_> {
    fn error(&self) -> Error {
        let program = self.0;
        Error::setup(format!(
            "this connection asks somebody, and nobody is there; run `{program} connect` on a terminal, or set its \
             credentials"
        ))
    }
}

impl Ask for Nobody<'_> {
    fn text<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<String>> {
        Box::pin(async { Err(self.error()) })
    }

    fn hidden<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Secret>> {
        Box::pin(async { Err(self.error()) })
    }

    fn choose<'a>(&'a self, _: &'a str, _: &'a [Choice]) -> BoxFuture<'a, Result<String>> {
        Box::pin(async { Err(self.error()) })
    }

    fn show(&self, _: &str) -> Result<()> {
        Err(self.error())
    }
}
