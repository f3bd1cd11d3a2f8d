//! The narrow waist: the one way by which every protocol calls an action.
//!
//! ```text
//! bytes in -> find action -> authorise -> parse + validate -> approve -> run (deadline, cancel)
//!          -> serialise -> redact -> audit -> bytes out
//! ```
//!
//! [`Connection::call`] is that way; nothing goes round it.

mod approve;
mod audit;
#[cfg(feature = "events")]
mod deliver;
mod digest;
pub(crate) mod drive;
#[cfg(feature = "oauth")]
mod learned;
mod names;
mod redact;
#[cfg(all(test, feature = "testing"))]
mod services;
mod sieve;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

pub use approve::{Approval, ApprovalRequest, Approver, Caller};
pub use audit::{Audit, AuditRecord, Decision};
pub use digest::InputDigest;
#[cfg(feature = "oauth")]
pub(crate) use learned::Learned;
use names::Names;
pub use redact::Redactor;

use crate::manifest::{Action, Manifest};
use crate::similar::{excerpt, listed, nearest};
use crate::{Ask, Call, Choice, Connector, Context, Error, Factory, Obtained, Output, Result, Settings};

/// Opens a connector, if that sends no stored credential elsewhere than it was given for.
fn connector(factory: &dyn Factory, settings: &Settings) -> Result<Box<dyn Connector>> {
    let connector = factory.open(settings)?;
    #[cfg(feature = "credentials")]
    settings.bound.check(&factory.manifest().id, &connector.origins(), |_| true)?;
    Ok(connector)
}

/// An open connection, and the only way to call its actions.
pub struct Connection {
    name: Arc<str>,
    connector: Box<dyn Connector>,
    names: Names,
    /// Of each action.
    prefixes: Vec<digest::Prefix>,
    redactor: Arc<Redactor>,
    audit: Option<Arc<dyn Audit>>,
    /// What records it, or is replayed to it.
    #[cfg(feature = "testing")]
    tape: Option<Arc<crate::testing::Tape>>,
    /// What it has obtained and what was granted to it; none where somebody else opened its connector.
    #[cfg(feature = "oauth")]
    learned: Option<Arc<Learned>>,
}

impl Connection {
    /// Opens a connection of that name. It doesn't call the service.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`](crate::ErrorKind::Setup) when the settings can't be used, or would lead stored credentials
    /// elsewhere than they were given for.
    pub fn open(name: impl Into<Arc<str>>, factory: &dyn Factory, settings: &Settings) -> Result<Self> {
        let redactor = Redactor::named(settings.secrets());
        // What it obtains is its own: connections that are opened with the same settings don't share it.
        #[cfg(feature = "oauth")]
        let (learned, redactor) = {
            let learned = Arc::new(Learned::default());
            (Arc::clone(&learned), redactor.learning(learned))
        };
        #[cfg(feature = "oauth")]
        let settings = &Settings { learned: Arc::clone(&learned), ..settings.clone() };
        let connector = match drive::catch(|| connector(factory, settings)) {
            Ok(connector) => connector,
            Err(error) => return Err(redactor.error(error)),
        };
        Ok(Self {
            #[cfg(feature = "oauth")]
            learned: Some(learned),
            ..Self::over(name, connector, redactor)
        })
    }

    /// A connection over a connector that is open already; `redactor` knows its secrets.
    pub fn over(name: impl Into<Arc<str>>, connector: Box<dyn Connector>, redactor: Redactor) -> Self {
        let actions = &connector.manifest().actions;
        let (id, name) = (&connector.manifest().id, name.into());
        let names = Names::of(actions);
        let prefixes = actions.iter().map(|action| digest::Prefix::new(id, &name, &action.name)).collect();
        Self {
            name,
            connector,
            names,
            prefixes,
            redactor: Arc::new(redactor),
            audit: None,
            #[cfg(feature = "testing")]
            tape: crate::testing::current(),
            #[cfg(feature = "oauth")]
            learned: None,
        }
    }

    /// Writes a record of every call.
    #[must_use]
    pub fn with_audit(mut self, audit: Arc<dyn Audit>) -> Self {
        self.audit = Some(audit);
        self
    }

    /// The connection's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the connector is.
    pub fn manifest(&self) -> &Manifest {
        self.connector.manifest()
    }

    /// Where its credentials go, see [`Connector::origins`]. Tokens of OAuth 2.0 go to
    /// those of `oauth::Client::origins` as well.
    pub fn origins(&self) -> Vec<String> {
        self.connector.origins()
    }

    /// What takes the connection's secrets out of a text.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Calls an action by its name (`list_issues`) or command id (`issues.list`).
    ///
    /// `input` is JSON text. The call ends at the context's deadline or when its token is cancelled.
    /// A deadline needs a tokio runtime with its timer on.
    ///
    /// # Errors
    ///
    /// Whatever stage failed says so by its kind: `usage` (no such action, bad input), `denied`
    /// (mode, approval), `cancelled`, `internal` (the method panicked), or what the method returned.
    /// No error shows a secret of the connection.
    pub async fn call(
        &self,
        action: &str,
        input: &[u8],
        caller: &Caller,
        mut context: Context,
    ) -> Result<Output> {
        context.enter(&self.name, Some(caller.shared_name()), |observer| self.redactor.observer(observer));
        let mut trail = audit::Trail::begin(self, input, &context);
        let result = self.stages(action, input, caller, &context, &mut trail).await;
        let result = match result {
            Ok(output) => Ok(self.redactor.output(output)),
            Err(error) => Err(self.redactor.error(error)),
        };
        trail.end(result.as_ref().map(drop).map_err(Error::kind));
        result
    }

    /// As [`Connection::call`], with an input that is serialised first and a context of its own.
    ///
    /// # Errors
    ///
    /// As [`Connection::call`].
    pub async fn act<T: serde::Serialize + ?Sized>(
        &self,
        action: &str,
        input: &T,
        caller: &Caller,
    ) -> Result<Output> {
        let input = serde_json::to_vec(input)
            .map_err(|error| Error::usage(format!("the input can't be written as JSON: {error}")))?;
        self.call(action, &input, caller, Context::new()).await
    }

    /// Whether the service is reachable and the credentials good.
    ///
    /// # Errors
    ///
    /// What the connector's health check returned.
    pub async fn health(&self, context: Context) -> Result<()> {
        let context = self.adopt(context).checking();
        let health = async { self.connector.health(&context).await };
        #[cfg(feature = "http")]
        let health = crate::http::during_check(context.deadline(), health);
        let result = drive::drive(Box::pin(health), &context, Instant::now()).await;
        result.map_err(|error| self.redactor.error(error))
    }

    /// Gets credentials by a dance of the service's own, in which it asks somebody. It is for whoever connects,
    /// who checks and keeps what is obtained.
    ///
    /// # Errors
    ///
    /// `usage` where the connector has no login, `internal` where it obtains what it has no place for, else what
    /// the connector's login returned.
    pub async fn login(&self, ask: &dyn Ask, context: Context) -> Result<Obtained> {
        let context = self.adopt(context);
        let login = drive::catch(|| Ok(self.connector.login(ask, &context)));
        let result = match login {
            Ok(login) => drive::drive(login, &context, Instant::now()).await,
            Err(error) => Err(error),
        };
        let obtained = result.map_err(|error| self.redactor.error(error))?;
        #[cfg(feature = "testing")]
        if let Some(tape) = &self.tape {
            tape.hide(&obtained.secrets.values().cloned().collect::<Vec<_>>());
        }
        let manifest = self.manifest();
        let unknown = obtained.secrets.keys().find(|name| manifest.credential(name).is_none());
        match unknown.or_else(|| obtained.values.keys().find(|name| manifest.setting(name).is_none())) {
            Some(name) => Err(Error::internal(format!(
                "the login of `{}` obtains `{name}`, for which there is no field",
                manifest.id
            ))),
            None => Ok(obtained),
        }
    }

    /// The choices of an options source that match what a user has typed so far.
    ///
    /// # Errors
    ///
    /// `usage` when there is no such source, else what the source returned.
    pub async fn options(&self, source: &str, query: &str, context: Context) -> Result<Vec<Choice>> {
        let known = self.manifest().options.iter().map(|known| known.name.as_str());
        if !known.clone().any(|known| known == source) {
            return Err(Error::usage(format!(
                "there is no options source `{source}`; there is {}",
                listed(known)
            )));
        }
        let context = self.adopt(context);
        let options = drive::catch(|| Ok(self.connector.options(source, query, &context)));
        let result = match options {
            Ok(options) => drive::drive(options, &context, Instant::now()).await,
            Err(error) => Err(error),
        };
        match result {
            Ok(choices) => Ok(choices.into_iter().map(|choice| self.redactor.choice(choice)).collect()),
            Err(error) => Err(self.redactor.error(error)),
        }
    }

    async fn stages<'a>(
        &'a self,
        action: &str,
        input: &[u8],
        caller: &Caller,
        context: &Context,
        trail: &mut audit::Trail<'a>,
    ) -> Result<Output> {
        let (place, action) = self.find(action)?;
        trail.found(place, action);
        if let Err(error) = caller.authorise(action) {
            trail.decided(Decision::Denied);
            return Err(error);
        }
        #[cfg(feature = "oauth")]
        if let Some(Err(error)) = self.learned.as_ref().map(|learned| learned.authorise(action)) {
            trail.decided(Decision::Denied);
            return Err(error);
        }
        // The method may have less time than the caller has.
        let shorter = |timeout| context.clone().with_timeout(timeout);
        let (first, second);
        let mut own = context;
        if let Some(timeout) = action.timeout {
            first = shorter(timeout);
            own = &first;
        }
        let prepare = |own| drive::catch(|| self.connector.prepare(Call::new(action, place, input, own)));
        let mut run = prepare(own)?;
        let decision = match caller.approve(self, action, input, trail).await {
            Ok(decision) => decision,
            Err(error) => {
                trail.decided(Decision::Denied);
                return Err(error);
            }
        };
        trail.decided(decision);
        if let (Decision::Approved, Some(timeout)) = (decision, action.timeout) {
            // The time that somebody took to agree is not the method's.
            second = shorter(timeout);
            own = &second;
            run = prepare(own)?;
        }
        // Reading a clock costs as much as a check does. Where nobody was asked and little was read, it is
        // still the time at which the call began.
        let idle = decision == Decision::Allowed && input.len() < 64 * 1024;
        drive::drive(run, own, if idle { trail.began() } else { Instant::now() }).await
    }

    fn find(&self, name: &str) -> Result<(usize, &Action)> {
        let actions = &self.manifest().actions;
        match self.names.place(name).and_then(|place| Some((place, actions.get(place)?))) {
            Some(found) => Ok(found),
            None => Err(unknown_action(self.manifest(), name)),
        }
    }

    /// What the connector itself does, for the one who sees to the rest.
    #[cfg(feature = "events")]
    pub(crate) fn connector(&self) -> &dyn Connector {
        &*self.connector
    }

    #[cfg(feature = "events")]
    pub(crate) fn shared_redactor(&self) -> &Arc<Redactor> {
        &self.redactor
    }

    pub(crate) fn adopt(&self, mut context: Context) -> Context {
        context.enter(&self.name, None, |observer| self.redactor.observer(observer));
        context
    }
}

#[cold]
pub(crate) fn unknown_action(manifest: &Manifest, name: &str) -> Error {
    let names = manifest.actions.iter().map(|action| action.name.as_str());
    let commands = manifest.actions.iter().map(|action| action.command.as_str());
    // What a stranger sent may be as long as they like; a message may not.
    let shown = excerpt(name);
    let message = match nearest(name, names.clone().chain(commands)) {
        Some(near) => format!("`{}` has no action `{shown}`; did you mean `{near}`?", manifest.id),
        None => format!("`{}` has no action `{shown}`; it has {}", manifest.id, listed(names)),
    };
    Error::usage(message)
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("name", &self.name)
            .field("connector", &self.manifest().id)
            .finish_non_exhaustive()
    }
}
