//! One connection to a program: each question starts it.

use std::io::Read as _;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::definition::{Definition, is_slug};
use super::input::Checks;
use super::process::Running;
use super::{answer, stream};
use crate::event::Emitter;
use crate::manifest::Manifest;
use crate::similar::excerpt;
use crate::{BoxFuture, Call, Connector, Context, Error, Output, Result, Run};

/// The most that a program may answer, and the longest line of a stream.
pub(super) const MOST_ANSWERED: usize = 1024 * 1024;

/// How long a program may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For an answer.
    pub(super) answer: Duration,
    /// For the end of a stream.
    pub(super) grace: Duration,
}

impl Limits {
    /// Those of Puffer (contract 1.4).
    pub(super) fn of(id: &str) -> Self {
        let answer = Duration::from_secs(if id.starts_with("wechat") { 150 } else { 30 });
        Self { answer, grace: Duration::from_secs(8) }
    }
}

/// A program, asked for one connection after the other.
pub(super) struct Program {
    pub(super) definition: Arc<Definition>,
    pub(super) checks: Arc<[Checks]>,
    pub(super) limits: Limits,
}

impl Connector for Program {
    fn manifest(&self) -> &Manifest {
        &self.definition.manifest
    }

    fn prepare<'a>(&'a self, call: Call<'a>) -> Result<Run<'a>> {
        let checks = self
            .checks
            .get(call.index)
            .ok_or_else(|| Error::internal(format!("there is no action at {}", call.index)))?;
        let connection = slug(call.context)?;
        let line = checks.line(call.action, call.input, connection, &self.manifest().id)?;
        Ok(Box::pin(async move {
            let stdout = self.ask(&["act", connection, &call.action.name], line, call.context).await;
            let acted = stdout.and_then(|stdout| answer::acted(&stdout));
            acted.map_err(|error| self.named(error))
        }))
    }

    fn health<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let stdout = self.ask(&["auth-ok", slug(context)?], Vec::new(), context).await;
            stdout.and_then(|stdout| answer::checked(&stdout)).map_err(|error| self.named(error))
        })
    }

    fn events<'a>(
        &'a self,
        since: Option<&'a str>,
        out: Emitter,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let connection = slug(context)?;
            let ended =
                stream::run(&self.definition.command, connection, since, out, self.limits.grace, context);
            ended.await.map_err(|error| self.named(error))
        })
    }
}

impl Program {
    /// Asks one thing and reads the whole answer.
    async fn ask(&self, arguments: &[&str], input: Vec<u8>, context: &Context) -> Result<Vec<u8>> {
        let (say, stdout) = oneshot::channel();
        let mut running =
            Running::start(&self.definition.command, arguments, input, context, move |output, group| {
                let mut bytes = Vec::new();
                let read = output.take(MOST_ANSWERED as u64 + 1).read_to_end(&mut bytes);
                if bytes.len() > MOST_ANSWERED {
                    // It would go on for as long as somebody reads.
                    group.kill();
                }
                let _ = say.send(read.map(|_| bytes));
            })?;
        running.close();
        let answered = async {
            let status = running.exited().await?;
            let bytes =
                stdout.await.map_err(|_| Error::internal("nobody read what a program answered"))??;
            if bytes.len() > MOST_ANSWERED {
                return Err(Error::upstream("the program answered more than 1 MiB; it must answer less"));
            }
            match status.success() {
                true => Ok(bytes),
                false => Err(Error::upstream(ended(status, &running.errors().await))),
            }
        };
        let limit = self.limits.answer;
        timeout(limit, answered).await.unwrap_or_else(|_| {
            Err(Error::cancelled(format!(
                "the program gave no answer in {} s, and was ended",
                limit.as_secs_f64()
            )))
        })
    }

    fn named(&self, error: Error) -> Error {
        error.context(format_args!("`{}`", self.manifest().id))
    }
}

/// How a program ended that should have answered, or gone on.
pub(super) fn ended(status: ExitStatus, errors: &str) -> String {
    // In words of the system: `exit status: 1`, `signal: 9 (SIGKILL)`.
    match errors.is_empty() {
        true => format!("the program ended ({status}) and said nothing on standard error"),
        false => format!("the program ended ({status}): {errors}"),
    }
}

/// The name by which the program finds its own connection: one that can't be taken for an option.
fn slug(context: &Context) -> Result<&str> {
    let name = context.connection();
    if is_slug(name, "-") && !name.starts_with('-') {
        return Ok(name);
    }
    Err(Error::setup(format!(
        "the connection `{}` of a program must have a name of small letters, digits and `-`, not `-` first; name it so",
        excerpt(name)
    )))
}

/// What a program wrote, as a result.
pub(super) fn payload(json: &str) -> Result<Output> {
    Output::from_json(json.into())
}
