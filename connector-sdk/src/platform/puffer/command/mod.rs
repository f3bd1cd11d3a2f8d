//! A program that speaks Puffer's process protocol, as a connector.

mod answer;
mod connector;
mod definition;
mod errors;
mod input;
mod pending;
mod permission;
mod process;
mod stream;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "supervisor")]
pub(crate) use self::process::end_all as end_programs;

use self::connector::{Limits, Program};
use self::definition::Definition;
use self::input::Checks;
use crate::__private::Opening;
use crate::manifest::Manifest;
use crate::similar::excerpt;
use crate::{Connector, Factory, Result, Settings};

/// Connectors over a program in any language that speaks Puffer's process protocol, driven as Puffer drives it.
///
/// It is a [`Factory`] as those of linked connectors are, so its connections are
/// [`Connection`](crate::call::Connection)s: permissions, approvals, deadlines and the audit trail are the same.
///
/// ```no_run
/// use connector_sdk::call::{Caller, Connection};
/// use connector_sdk::manifest::Mode;
/// use connector_sdk::platform::puffer::CommandConnector;
/// use connector_sdk::Settings;
///
/// # async fn demo() -> connector_sdk::Result<()> {
/// let template = std::fs::read_to_string(".puffer/connectors/notes/template.json")?;
/// let notes = CommandConnector::from_template(&template)?;
/// let work = Connection::open("work", &notes, &Settings::new())?;
/// let caller = Caller::new("example", Mode::Readonly);
/// let found = work.act("search", &serde_json::json!({ "query": "milk" }), &caller).await?;
/// # drop(found);
/// # Ok(()) }
/// ```
///
/// | what | becomes |
/// |---|---|
/// | the template's `slug`, `description`, `actions` | the manifest; what Puffer would refuse is refused |
/// | a permission's `category` and `external_side_effect` | effect, mode and trust. What isn't known is destructive |
/// | an input schema | enforced before the program is started: names, and what the crate's own reading of a schema is sure to be wrong; with the feature `validate` all of it |
/// | [`Connection::call`](crate::call::Connection::call) | `act CONNECTION ACTION`, with the input on standard input |
/// | [`Connection::health`](crate::call::Connection::health), where `requires_auth` | `auth-ok CONNECTION` |
/// | [`Connection::subscribe`](crate::call::Connection::subscribe), where `can_subscribe` | `subscribe`, with a cursor, and an acknowledgement for each event that the host acknowledged |
///
/// - **The connection's name** is the slug that the program is given, which finds its own settings and credentials by it.
///   It is small letters, digits and `-`, and doesn't begin with `-`. No setting and no credential is known here, and the
///   program has the environment of this process.
/// - **Acknowledgements** are sent in the order in which the program wrote the events: one that the host acknowledged
///   waits until those before it are. A checkpoint is passed on when nothing is outstanding. A program that goes on
///   telling and leaves 16 MiB of them unread is ended with an error; one that has no use for them closes its standard
///   input. A program is read no further while the ids and cursors of more than 16 MiB wait for the host.
/// - **A line that is no frame** is logged and left out, as Puffer has it. A line of more than 1 MiB, one that isn't UTF-8,
///   and the program's end are errors: the subscription starts the program again, later and later.
/// - **An id and a cursor** of an event have 64 KiB at most, as hosts store them. A longer one is an error as well, and
///   the program, which is started again before that event, has to write a shorter one.
/// - **`health` frames** other than `ok` are told to the host, and the program goes on; after `auth_required` it is ended,
///   and started again when the subscription thinks that it may help.
/// - **Limits**: 30 s for `act` and `auth-ok` ([`time_limit`](Self::time_limit)), or what the call's deadline leaves; 1 MiB
///   of an answer. What is said on standard error is logged line by line, and its end is in the error of a program that
///   fails.
/// - **The end**: a program is the first of a process group, and all of the group is killed when it ends, when its time is
///   over, and when the call or subscription is dropped. A subscription that is stopped first closes the program's standard
///   input and waits for it: 8 s ([`grace`](Self::grace)), or as long as
///   [`SubscribeOptions::grace`](crate::event::SubscribeOptions::grace) lets it. Who leaves the group (`setsid`) outlives it.
///
/// Runs need a tokio runtime that has its timer on. It is for Unix: Windows has no process groups, and what a
/// program started there would outlive it.
#[derive(Clone, Debug)]
pub struct CommandConnector {
    definition: Arc<Definition>,
    checks: Arc<[Checks]>,
    limits: Limits,
}

impl CommandConnector {
    /// From the JSON of a `ConnectorTemplate`, as `manifest --format puffer` writes it (`template.json`,
    /// `register.json`). Keys that aren't known are nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`](crate::ErrorKind::Setup) when it is no template that Puffer would take, or has no command;
    /// with the feature `validate` also where the input schema of an action is none.
    pub fn from_template(json: &str) -> Result<Self> {
        Definition::read(json).and_then(Self::of)
    }

    /// From a command alone: the program and the arguments that stand before each question. It is taken for one that
    /// has no actions, subscribes, and answers `auth-ok`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`](crate::ErrorKind::Setup) when `id` isn't small letters, digits and `-`, or an element of the
    /// command is blank.
    pub fn from_command(id: &str, command: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        Definition::of_command(id, command.into_iter().map(Into::into).collect()).and_then(Self::of)
    }

    fn of(definition: Definition) -> Result<Self> {
        let checks: Result<_> = definition.manifest.actions.iter().map(Checks::of).collect();
        let limits = Limits::of(&definition.manifest.id);
        let slug = excerpt(&definition.manifest.id);
        let checks =
            checks.map_err(|error| error.context(format_args!("the template `{slug}` can't be used")))?;
        Ok(Self { checks, limits, definition: Arc::new(definition) })
    }

    /// Runs another command than the template's.
    ///
    /// # Errors
    ///
    /// As [`from_command`](Self::from_command).
    pub fn command(self, command: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        let manifest = self.definition.manifest.clone();
        let command =
            Definition::of_command(&manifest.id, command.into_iter().map(Into::into).collect())?.command;
        Ok(Self { definition: Arc::new(Definition { manifest, command }), ..self })
    }

    /// How long `act` and `auth-ok` may take: 30 s, and 150 s where the id begins with `wechat`, as Puffer has it.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.limits.answer = limit;
        self
    }

    /// How long a stream may take to end after its standard input was closed: 8 s.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.limits.grace = grace;
        self
    }
}

impl Factory for CommandConnector {
    fn manifest(&self) -> &Manifest {
        &self.definition.manifest
    }

    fn open(&self, settings: &Settings) -> Result<Box<dyn Connector>> {
        Opening::new(self.manifest(), settings).finish()?;
        Ok(Box::new(Program {
            definition: Arc::clone(&self.definition),
            checks: Arc::clone(&self.checks),
            limits: self.limits,
        }))
    }
}
