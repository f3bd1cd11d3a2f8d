//! From a command line that was read to the answer of its command.
//!
//! The order is the contract: the mode first, then whether the command may run with it, and only then
//! whatever is wrong with its arguments; settings are read when a command needs them.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::answer::{Answer, People};
use super::approver::Prompt;
use super::command::{Builtin, Command};
use super::dialogue::Dialogue;
use super::ending::Ending;
use super::interrupt::Limit;
use super::observer::{Audits, Lines};
use super::process::Process;
use super::rules::Rules;
use super::scan::Scan;
use super::{argument, builtin, interrupt, setting};
use crate::call::{Audit, AuditRecord, Caller, Connection, Decision, InputDigest, unknown_action};
use crate::manifest::{Action, Effect, Manifest, Mode, Trust};
use crate::similar::{excerpt, listed, nearest};
use crate::{Context, Error, Factory, Result};

/// What the connection of a command line is called, unless it says so.
const CONNECTION: &str = "default";

/// A command line on its way to an answer.
pub(super) struct Session<'a> {
    pub(super) factory: &'a dyn Factory,
    pub(super) manifest: &'a Manifest,
    pub(super) scan: &'a Scan<'a>,
    pub(super) process: &'a mut Process,
    pub(super) rules: &'a Rules,
    pub(super) started: Instant,
    /// How it ends where a call doesn't; none: with an envelope, or a line for people.
    pub(super) ending: Option<Ending>,
}

/// A command line that nothing is wrong with, as far as it can be known before its command runs.
pub(super) enum Ready<'a> {
    /// There is nothing to run: help, the version.
    Answered(Answer),
    /// An action, with its input as JSON text.
    Action(&'a Action, Vec<u8>, Mode),
    Builtin(Builtin, Mode),
}

impl<'a> Session<'a> {
    pub(super) fn answer(&mut self) -> Result<Answer> {
        match self.ready()? {
            Ready::Answered(answer) => Ok(answer),
            Ready::Action(action, input, mode) => {
                self.act(&action.name, &input, mode).map_err(argument::unplaced)
            }
            Ready::Builtin(builtin, mode) => builtin::run(self, builtin, mode),
        }
    }

    pub(super) fn ready(&mut self) -> Result<Ready<'a>> {
        if self.scan.help {
            let (words, found) = (&self.scan.words, self.scan.command.is_some() || self.scan.group);
            if !words.is_empty() && !found {
                return Err(self.no_command());
            }
            return Ok(Ready::Answered(builtin::help(self)));
        }
        if self.scan.version {
            return Ok(Ready::Answered(builtin::version(self)));
        }
        let mode = mode(self.scan)?;
        let Some(command) = self.scan.command else { return Err(self.no_command()) };
        let action = match command {
            Command::Action(action) => Some(action),
            Command::Builtin(Builtin::Call) => called(self.manifest, self.scan),
            Command::Builtin(_) => None,
        };
        match (action, command) {
            (Some(action), _) => self.authorise(action, mode)?,
            (None, Command::Builtin(builtin)) => self.authorise_builtin(builtin, mode)?,
            _ => {}
        }
        if let Some(problem) = &self.scan.problem {
            return Err(again(problem));
        }
        self.process.read_until(self.deadline()?);
        match command {
            Command::Action(action) => {
                let scan = self.scan;
                let input = match &scan.input {
                    Some(text) => argument::whole(text, &scan.given, self.process)?,
                    None => argument::input(action, &scan.parameters, &scan.given, self.process)?,
                };
                Ok(Ready::Action(action, input, mode))
            }
            Command::Builtin(builtin) => Ok(Ready::Builtin(builtin, mode)),
        }
    }

    #[cold]
    fn no_command(&self) -> Error {
        let words = &self.scan.words;
        if !self.rules.only_actions {
            return no_command(self.manifest, self.scan);
        }
        match (&self.scan.problem, words.is_empty() || !self.scan.is_text) {
            (Some(problem), true) => again(problem),
            (None, true) => {
                let names = self.manifest.actions.iter().map(|action| action.name.as_str());
                Error::usage(format!("no action is named; `{}` has {}", self.manifest.id, listed(names)))
            }
            (_, false) => unknown_action(self.manifest, &words.join(".")),
        }
    }

    /// Refuses an action above the mode. The waist would as well, but only once the arguments are read
    /// and the connection is open.
    fn authorise(&self, action: &Action, mode: Mode) -> Result<()> {
        let caller = Caller::new(self.caller(), mode);
        let refused = caller.authorise(action).and_then(|()| self.agreed(action));
        if let (Err(error), true) = (&refused, self.scan.verbose) {
            let id = &self.manifest.id;
            Lines(self.process.stderr_sink()).record(&AuditRecord {
                at: std::time::SystemTime::now(),
                caller: caller.name(),
                connection: self.connection(),
                connector: id,
                action: Some(&action.name),
                input: InputDigest::of(id, self.connection(), &action.name, b""),
                decision: Decision::Denied,
                outcome: Err(error.kind()),
                duration: self.started.elapsed(),
            });
        }
        refused
    }

    /// Refuses an action that nobody can be asked about, where that is the rule.
    fn agreed(&self, action: &Action) -> Result<()> {
        let trust = action.permission.trust;
        if trust == Trust::Auto || !self.rules.needs_yes || self.scan.yes || self.process.can_ask() {
            return Ok(());
        }
        let command = &action.command;
        Err(Error::denied(format!(
            "`{command}` wants somebody's approval, and there is no terminal to ask on; `--yes` approves it"
        ))
        .with_detail("trust", trust.as_str())
        .with_detail("required_option", "--yes"))
    }

    /// Refuses a built-in command above the mode.
    ///
    /// What it changes is the store of whoever runs it. So a person at a terminal needs no mode, unless one
    /// was said; a host, which has none, can't be made to change the store by what a model wrote.
    fn authorise_builtin(&self, builtin: Builtin, mode: Mode) -> Result<()> {
        let required = builtin.mode();
        if mode >= required || (self.scan.mode.is_none() && self.process.can_ask()) {
            return Ok(());
        }
        let (id, required, actual) = (builtin.id(), required.as_str(), mode.as_str());
        Err(Error::denied(format!("`{id}` needs mode `{required}`, and this caller has `{actual}`"))
            .with_detail("required_mode", required)
            .with_detail("actual_mode", actual))
    }

    /// What the connection is called.
    pub(super) fn connection(&self) -> &'a str {
        self.scan.connection.as_deref().unwrap_or(CONNECTION)
    }

    fn caller(&self) -> &'static str {
        "command line"
    }

    /// Calls an action by its name or command id.
    pub(super) fn act(&mut self, action: &str, input: &[u8], mode: Mode) -> Result<Answer> {
        let deadline = self.deadline()?;
        let configuration = setting::read(self.manifest, self.scan, self.process)?;
        let mut connection = Connection::open(self.connection(), self.factory, configuration.settings()?)?;
        let shown = self.scan.verbose.then(|| Arc::new(Lines(self.process.stderr_sink())) as Arc<dyn Audit>);
        connection = match (shown, self.rules.audit.clone()) {
            (Some(shown), Some(kept)) => connection.with_audit(Arc::new(Audits(vec![shown, kept]))),
            (Some(audit), None) | (None, Some(audit)) => connection.with_audit(audit),
            (None, None) => connection,
        };
        let context = self.context(deadline);
        let caller = Caller::new(self.caller(), mode);
        let asks = self.process.can_ask() && !self.scan.yes;
        let caller = match asks {
            true => caller.asking(Arc::new(Prompt(self.dialogue(&context)))),
            // Without approvals, as the waist has it: this is said once more where it is done.
            false if self.rules.needs_yes && !self.scan.yes => caller,
            false => caller.without_asking(),
        };
        let token = context.cancellation().clone();
        let action_timeout = self.manifest.action(action).and_then(|action| action.timeout);
        // Unknown where somebody is asked first: the action's time begins with their answer.
        let own = action_timeout.filter(|_| !asks).and_then(|timeout| Instant::now().checked_add(timeout));
        let deadline = deadline.into_iter().chain(own).min();
        let output = self.wait(token, deadline, connection.call(action, input, &caller, context))??;
        let done = output.as_bytes() == b"null" && self.manifest.action(action).is_some_and(changes);
        let answer = Answer::from(output);
        Ok(if done { answer.shown(People::Text("done\n".to_owned())) } else { answer })
    }

    /// What asks somebody for as long as a context lasts.
    pub(super) fn dialogue(&self, context: &Context) -> Dialogue {
        let (input, output) = self.process.conversation();
        Dialogue { input, output, cancellation: context.cancellation().clone(), deadline: context.deadline() }
    }

    /// What a call of this command line is limited and watched by.
    pub(super) fn context(&self, deadline: Option<Instant>) -> Context {
        let mut context =
            Context::new().with_caller(self.caller()).with_cancellation(CancellationToken::new());
        if let Some(deadline) = deadline {
            context = context.with_deadline(deadline);
        }
        if self.scan.verbose {
            context = context.with_observer(Arc::new(Lines(self.process.stderr_sink())));
        }
        context
    }

    /// When the command line must be done, by its `--timeout`.
    pub(super) fn deadline(&self) -> Result<Option<Instant>> {
        let Some(text) = &self.scan.timeout else { return Ok(None) };
        let timeout = humantime::parse_duration(text).map_err(|error| {
            let number = text.parse::<u64>();
            Error::usage(match number {
                Ok(number) => {
                    format!("`--timeout` takes a duration with its unit; did you mean `{number}s`?")
                }
                Err(_) => format!("`--timeout` takes a duration such as `30s` or `2m`: {error}"),
            })
        })?;
        // One that is too far away to be told is none.
        Ok(self.started.checked_add(timeout))
    }

    /// Runs a future to its end. The runtime exists for that long only: most commands need none.
    ///
    /// `deadline` is when it should have ended by itself.
    pub(super) fn wait<T>(
        &self,
        token: CancellationToken,
        deadline: Option<Instant>,
        future: impl Future<Output = T>,
    ) -> Result<T> {
        let mut result = None;
        self.run(token, deadline, pin!(async { result = Some(future.await) }))?;
        result.ok_or_else(|| Error::internal("the runtime ended before the call did"))
    }

    /// The same for any future, so that the runtime is compiled for one.
    fn run(
        &self,
        token: CancellationToken,
        deadline: Option<Instant>,
        future: Pin<&mut dyn Future<Output = ()>>,
    ) -> Result<()> {
        let runtime = crate::runtime::runtime()?;
        let last = self.ending.as_ref().and_then(|ending| ending.last);
        if self.process.owns_process {
            let end = self.ending().end;
            let limit = Limit { deadline, last, ..Limit::default() };
            let watching = interrupt::watch(token, limit, move |error| end(error));
            // A signal that ended the process at once could leave a terminal that shows nothing.
            if self.process.can_ask() {
                let _ = watching.take(None);
            }
        }
        runtime.block_on(future);
        // What the service has rotated is kept, also where the call was over first.
        #[cfg(feature = "oauth")]
        runtime.block_on(crate::oauth::renewed(interrupt::renewal(last)));
        // Work that a method left on another thread is not waited for.
        runtime.shutdown_background();
        Ok(())
    }
}

/// Whether an action is there for what it does, and not for its answer.
fn changes(action: &Action) -> bool {
    action.permission.effect != Effect::Read
}

/// How far the call may go.
pub(super) fn mode(scan: &Scan<'_>) -> Result<Mode> {
    let Some(name) = &scan.mode else { return Ok(Mode::default()) };
    match (Mode::from_name(name), &scan.problem) {
        (Some(mode), _) => Ok(mode),
        (None, Some(problem)) => Err(again(problem)),
        (None, None) => {
            let shown = excerpt(name);
            let names = Mode::ALL.iter().map(|mode| mode.as_str());
            Err(Error::usage(match nearest(name, names.clone()) {
                Some(near) => format!("there is no mode `{shown}`; did you mean `{near}`?"),
                None => format!("there is no mode `{shown}`; there is {}", listed(names)),
            }))
        }
    }
}

/// The action that a `call` names, if there is one.
pub(super) fn called<'m>(manifest: &'m Manifest, scan: &Scan<'_>) -> Option<&'m Action> {
    manifest.action(subject(scan)?)
}

/// The first argument of a built-in command, by option or without: the action of `call`, the source
/// of `options`.
pub(super) fn subject<'s>(scan: &'s Scan<'_>) -> Option<&'s str> {
    let named = scan.given.iter().find(|given| given.parameter == Some(0));
    named.or_else(|| scan.given.iter().find(|given| given.parameter.is_none()))?.value.as_deref()
}

/// A problem of the command line, which is kept in what was read.
fn again(problem: &Error) -> Error {
    Error::new(problem.kind(), problem.message().to_owned())
}

#[cold]
fn no_command(manifest: &Manifest, scan: &Scan<'_>) -> Error {
    // Words that are no text can't be looked up, nor shown as they were written.
    if let (Some(problem), true) = (&scan.problem, scan.words.is_empty() || !scan.is_text) {
        return again(problem);
    }
    let written = scan.words.join(" ");
    let shown = excerpt(&written);
    let spelled: Vec<String> = Command::all(manifest)
        .filter(|command| !command.is_hidden())
        .map(|command| command.id().replace('.', " "))
        .collect();
    let near = nearest(&written, spelled.iter().map(String::as_str)).filter(|_| !scan.group);
    if let (Some(near), false) = (near, scan.words.is_empty()) {
        return Error::usage(format!("there is no command `{shown}`; did you mean `{near}`?"));
    }
    // `search` for `notes search`, where nothing else ends so.
    let mut ends = spelled.iter().filter(|known| {
        known.rsplit_once(' ').is_some_and(|(_, last)| !scan.group && last == written.replace('-', "_"))
    });
    if let (Some(whole), None) = (ends.next(), ends.next()) {
        return Error::usage(format!("there is no command `{shown}`; did you mean `{whole}`?"));
    }
    // What may stand where the command line went wrong, or ends.
    let known = scan.words.len() - usize::from(!scan.group && !scan.words.is_empty());
    let before: Vec<&str> = scan.words.iter().take(known).map(String::as_str).collect();
    let mut next: Vec<&str> = Vec::new();
    for command in &spelled {
        let mut words = command.split(' ');
        let below =
            before.iter().all(|word| words.next().is_some_and(|known| known == word.replace('-', "_")));
        match words.next() {
            Some(word) if below && !next.contains(&word) => next.push(word),
            _ => {}
        }
    }
    let next = listed(next);
    Error::usage(match (scan.words.is_empty(), scan.group) {
        (true, _) => format!("no command is given; there is {next}"),
        (false, true) => format!("`{shown}` is not a whole command; after it comes {next}"),
        (false, false) => format!("there is no command `{shown}`; there is {next}"),
    })
}
