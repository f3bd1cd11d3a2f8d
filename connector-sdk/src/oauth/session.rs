//! The tokens of an open connection, which are renewed while it is used.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::underway::Underway;
use super::{Client, Renew, Tokens};
use crate::call::Learned;
use crate::http::Http;
use crate::keeper::Keeping;
use crate::manifest::{Grant, OAuth2};
use crate::{Error, ErrorKind, Result, Secret, Settings};

/// How long a token that is good still is used before it is tried again to renew it, where the service doesn't say.
const PAUSE: Duration = Duration::from_secs(5);

/// Where a connection's access token comes from. Cheap to clone; clones share what they renew.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    source: Source,
    /// The name under which the tokens are kept.
    name: String,
    keeper: Keeping,
    learned: Arc<Learned>,
    state: Mutex<State>,
    /// Whoever renews.
    turn: tokio::sync::Mutex<()>,
}

/// Where tokens come from.
enum Source {
    /// A token endpoint.
    Client(Client),
    /// A function of the connector's.
    Own { http: Http, renew: Renew },
}

impl Source {
    /// The client that gets tokens for itself, and needs none to get others.
    fn client_for_itself(&self) -> Option<&Client> {
        match self {
            Self::Client(client) if client.grant() == Grant::ClientCredentials => Some(client),
            _ => None,
        }
    }

    async fn renew(&self, refresh: &Secret, before: &Tokens) -> Result<Tokens> {
        match self {
            Self::Client(client) => client.renew(refresh, before).await,
            Self::Own { http, renew } => match renew(http, refresh).await {
                // What a service doesn't say anew stays (RFC 6749, section 6, has it so).
                Ok(mut tokens) => {
                    tokens.refresh = tokens.refresh.or_else(|| before.refresh.clone());
                    tokens.scopes = tokens.scopes.or_else(|| before.scopes.clone());
                    Ok(tokens)
                }
                Err(error) if error.kind() == ErrorKind::Auth => Err(Error::auth(format!(
                    "the service has refused to renew the access token; connect again ({})",
                    error.message()
                ))),
                Err(error) => Err(error),
            },
        }
    }
}

#[derive(Default)]
struct State {
    tokens: Option<Arc<Tokens>>,
    /// How often somebody tried to renew, so that those who waited for it take part in its outcome.
    round: u64,
    failure: Option<Failure>,
    /// Until when nobody tries again, as long as the access token is good.
    pause: Option<Instant>,
    /// A refresh token that the service refused. It is not sent again.
    refused: Option<Secret>,
    /// The access token that is kept still where those that took its place could not be.
    outdated: Option<Secret>,
}

impl State {
    /// The tokens in use, where the access token hasn't run out and isn't one that the service refused.
    fn unended(&self, refused: Option<&Tokens>) -> Option<&Arc<Tokens>> {
        let tokens = self.tokens.as_ref().filter(|tokens| !tokens.have_ended(SystemTime::now()))?;
        refused.is_none_or(|refused| refused.access.expose() != tokens.access.expose()).then_some(tokens)
    }

    /// The same while nobody tries to renew them.
    fn in_pause(&self, refused: Option<&Tokens>) -> Option<&Arc<Tokens>> {
        self.pause.filter(|end| Instant::now() < *end).and_then(|_| self.unended(refused))
    }
}

/// An error that several callers get.
struct Failure {
    kind: ErrorKind,
    message: String,
    retry_after: Option<Duration>,
}

impl Failure {
    fn of(error: &Error) -> Self {
        Self { kind: error.kind(), message: error.message().to_owned(), retry_after: error.retry_after() }
    }

    fn to_error(&self) -> Error {
        let error = Error::new(self.kind, self.message.clone());
        match self.retry_after {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }
}

impl Session {
    /// The tokens that settings hold, if they hold some.
    ///
    /// # Errors
    ///
    /// `setup` where they can't be read.
    pub fn new(client: Client, settings: &Settings) -> Result<Self> {
        let kept = settings.secrets.get(OAuth2::TOKENS).filter(|secret| !secret.expose().is_empty());
        let tokens = kept.map(Tokens::from_secret).transpose()?;
        Ok(Self::of(Source::Client(client), OAuth2::TOKENS, tokens, settings))
    }

    /// The tokens that a credential holds, which a function of the connector's renews.
    ///
    /// # Errors
    ///
    /// `setup` where they can't be read.
    pub(crate) fn own(name: &str, http: Http, renew: Renew, settings: &Settings) -> Result<Self> {
        let kept = settings.secrets.get(name).filter(|secret| !secret.expose().is_empty());
        let tokens = kept.map(Tokens::of_credential).transpose()?;
        Ok(Self::of(Source::Own { http, renew }, name, tokens, settings))
    }

    fn of(source: Source, name: &str, tokens: Option<Tokens>, settings: &Settings) -> Self {
        let session = Self(Arc::new(Inner {
            source,
            name: name.to_owned(),
            keeper: settings.keeper.clone(),
            learned: Arc::clone(&settings.learned),
            state: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }));
        if let Some(tokens) = tokens {
            session.take(Arc::new(tokens));
        }
        session
    }

    /// An access token that hasn't run out, renewed if need be.
    pub(crate) async fn token(&self) -> Result<Arc<Tokens>> {
        self.other_than(None).await
    }

    /// Another access token than one that the service refused.
    pub(crate) async fn instead_of(&self, refused: Arc<Tokens>) -> Result<Arc<Tokens>> {
        self.other_than(Some(refused)).await
    }

    async fn other_than(&self, refused: Option<Arc<Tokens>>) -> Result<Arc<Tokens>> {
        let round = {
            let state = self.state();
            match (&state.tokens, state.in_pause(refused.as_deref())) {
                (Some(tokens), _) if self.is_usable(tokens, refused.as_deref()) => {
                    return Ok(Arc::clone(tokens));
                }
                (_, Some(tokens)) => return Ok(Arc::clone(tokens)),
                _ => state.round,
            }
        };
        self.renew(round, refused).await
    }

    /// What takes tokens out of a text.
    pub(crate) fn learned(&self) -> &Arc<Learned> {
        &self.0.learned
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for its turn and renews, unless somebody did so meanwhile.
    async fn renew(&self, round: u64, refused: Option<Arc<Tokens>>) -> Result<Arc<Tokens>> {
        let session = self.clone();
        // A task of its own: what the service has rotated must be kept, also when this call is cancelled.
        let renewal = tokio::spawn(async move {
            let _turn = session.0.turn.lock().await;
            session.take_part(round, refused.as_deref()).await
        });
        renewal.await.map_err(|_| Error::cancelled("renewing the access token was cut off"))?
    }

    async fn take_part(&self, round: u64, refused: Option<&Tokens>) -> Result<Arc<Tokens>> {
        {
            let state = self.state();
            if state.round != round {
                match (&state.failure, &state.tokens) {
                    (Some(failure), _) => {
                        return state.unended(refused).cloned().ok_or_else(|| failure.to_error());
                    }
                    (None, Some(tokens)) if self.is_usable(tokens, refused) => return Ok(Arc::clone(tokens)),
                    _ => {}
                }
            }
        }
        let outcome = self.obtain(refused).await;
        let mut state = self.state();
        state.round += 1;
        match outcome {
            Ok(tokens) => {
                state.failure = None;
                Ok(tokens)
            }
            Err(error) => {
                state.failure = Some(Failure::of(&error));
                state.pause = Instant::now().checked_add(error.retry_after().unwrap_or(PAUSE));
                let tokens = state.unended(refused).cloned().ok_or(error)?;
                tracing::warn!("the access token can't be renewed; it is used until it runs out");
                Ok(tokens)
            }
        }
    }

    /// Gets tokens from whoever has them: another process that kept them, or the service.
    async fn obtain(&self, refused: Option<&Tokens>) -> Result<Arc<Tokens>> {
        if let Some(client) = self.0.source.client_for_itself() {
            let tokens = Arc::new(client.for_itself().await?);
            self.take(Arc::clone(&tokens));
            return Ok(tokens);
        }
        // Without one the refresh token stays as it is: two that used it would lose both.
        let turn = self.kept(|keeper, _| keeper.turn()).await.transpose()?;
        let kept = match self.kept(|keeper, name| keeper.kept(name)).await {
            Some(Ok(Some(kept))) => Tokens::of_credential(&kept).ok().map(Arc::new),
            _ => None,
        };
        if let Some(kept) = kept.as_ref().filter(|kept| self.is_news(kept)) {
            self.take(Arc::clone(kept));
            if self.is_usable(kept, refused) {
                return Ok(Arc::clone(kept));
            }
        }
        let before = self.state().tokens.clone().ok_or_else(nobody_agreed)?;
        let refresh = before.refresh.clone().ok_or_else(ran_out)?;
        if self.state().refused.as_ref().is_some_and(|refused| refused.expose() == refresh.expose()) {
            return Err(refused_before());
        }
        let underway = Underway::begin();
        let renewed = match self.0.source.renew(&refresh, &before).await {
            Ok(renewed) => Arc::new(renewed),
            Err(error) => {
                if error.kind() == ErrorKind::Auth {
                    self.state().refused = Some(refresh);
                }
                return Err(error);
            }
        };
        tracing::debug!("the access token was renewed");
        // Nothing shows them from here on, not even what goes wrong with keeping them.
        self.0.learned.learn(renewed.secrets());
        let secret = renewed.to_secret();
        let outdated = match self.kept(move |keeper, name| keeper.keep(name, &secret)).await {
            Some(Err(error)) => {
                tracing::warn!(
                    error = error.message(),
                    "the renewed tokens can't be kept; later runs will have to connect again"
                );
                // Where it couldn't be read, it is what it was.
                let known = kept.map(|kept| kept.access.clone()).or_else(|| self.state().outdated.clone());
                Some(known.unwrap_or_else(|| before.access.clone()))
            }
            _ => None,
        };
        self.state().outdated = outdated;
        drop((underway, turn));
        self.take(Arc::clone(&renewed));
        Ok(renewed)
    }

    /// Does something that blocks with the keeper, if there is one.
    async fn kept<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn crate::Keeper, &str) -> Result<T> + Send + 'static,
    ) -> Option<Result<T>> {
        let (keeper, session) = (self.0.keeper.0.clone()?, self.clone());
        let done = tokio::task::spawn_blocking(move || work(&*keeper, &session.0.name)).await;
        Some(done.unwrap_or_else(|_| Err(Error::internal("what keeps the tokens has failed"))))
    }

    /// Whether tokens are good, and others than those that the service refused. What can't be renewed is good to its
    /// end.
    fn is_usable(&self, tokens: &Tokens, refused: Option<&Tokens>) -> bool {
        let now = SystemTime::now();
        let is_over = match tokens.refresh.is_some() || self.0.source.client_for_itself().is_some() {
            true => tokens.are_due(now),
            false => tokens.have_ended(now),
        };
        !is_over && refused.is_none_or(|refused| refused.access.expose() != tokens.access.expose())
    }

    /// Whether tokens that are kept are others than those in use, and not those that were in use before. When they
    /// were obtained says nothing: a renewal may have ended after somebody agreed anew.
    fn is_news(&self, kept: &Tokens) -> bool {
        let state = self.state();
        let is = |known: &Secret| known.expose() == kept.access.expose();
        !state.tokens.as_ref().is_some_and(|tokens| is(&tokens.access))
            && !state.outdated.as_ref().is_some_and(is)
    }

    /// Uses tokens from now on.
    fn take(&self, tokens: Arc<Tokens>) {
        self.0.learned.learn(tokens.secrets());
        self.0.learned.grant(tokens.scopes.as_deref());
        self.state().tokens = Some(tokens);
    }
}

#[cold]
fn nobody_agreed() -> Error {
    Error::setup("nobody has agreed yet that this connection may be used; `connect` asks somebody to")
}

#[cold]
fn ran_out() -> Error {
    Error::auth("the access token has run out or was taken back, and can't be renewed; connect again")
}

#[cold]
fn refused_before() -> Error {
    Error::auth("the service has refused to renew the access token; connect again")
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("name", &self.0.name).finish_non_exhaustive()
    }
}
