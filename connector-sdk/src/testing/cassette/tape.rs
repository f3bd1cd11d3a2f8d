//! What clients and their cassette share: exchanges, secrets, and whether they come or go.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use reqwest::{Client, Request, Response, ResponseBuilderExt as _};

use super::exchange::{Answer, Asked, Exchange};
use super::{file, hide};
use crate::call::Redactor;
use crate::{Error, Result, Secret};

/// More of a body is nothing to review.
const MOST_BODY: usize = 4 * 1024 * 1024;

/// At most that many exchanges are named in a message.
const MOST_NAMED: usize = 5;

thread_local! {
    /// The tape of the connection that is being opened on this thread.
    static CURRENT: RefCell<Option<Arc<Tape>>> = const { RefCell::new(None) };
}

/// The tape for a client that is made now, if any.
pub(crate) fn current() -> Option<Arc<Tape>> {
    CURRENT.with_borrow(Option::clone)
}

pub(crate) struct Tape {
    path: PathBuf,
    recording: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    secrets: Vec<Secret>,
    exchanges: Vec<Exchange>,
    /// Of each exchange that is replayed.
    used: Vec<bool>,
}

impl Tape {
    pub(super) fn record(path: &Path) -> Self {
        Self { path: path.to_owned(), recording: true, state: Mutex::default() }
    }

    pub(super) fn replay(path: &Path) -> Result<Self> {
        let mut exchanges = file::read(path)?;
        for Exchange { request, .. } in &mut exchanges {
            request.url = hide::plain(&request.url);
        }
        let state = State { used: vec![false; exchanges.len()], exchanges, secrets: Vec::new() };
        Ok(Self { path: path.to_owned(), recording: false, state: Mutex::new(state) })
    }

    pub(crate) fn is_recording(&self) -> bool {
        self.recording
    }

    /// Keeps secrets out of what is written, and out of what is compared with it.
    pub(crate) fn hide(&self, secrets: &[Secret]) {
        self.state().hide(secrets);
    }

    /// Makes it the tape of all clients that `open` makes on this thread.
    pub(super) fn run<T>(self: &Arc<Self>, open: impl FnOnce() -> T) -> T {
        struct Restore(Option<Arc<Tape>>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }
        let _restore = Restore(CURRENT.replace(Some(Arc::clone(self))));
        open()
    }

    /// Sends a request and keeps the exchange, or answers it from those that were kept. The outer error is the
    /// cassette's, the inner one the network's.
    pub(crate) async fn send(&self, client: &Client, request: Request) -> Result<reqwest::Result<Response>> {
        let asked = Asked::of(&request);
        if !self.recording {
            let answer = self.state().find(asked).map_err(|error| self.name(error))?;
            return Ok(Ok(answer.replay(request.url().clone())?));
        }
        match self.keep(client.execute(request).await, asked).await {
            Ok(response) => response.map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn keep(
        &self,
        answer: reqwest::Result<Response>,
        asked: Asked,
    ) -> reqwest::Result<Result<Response>> {
        let mut answer = answer?;
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_BODY {
                let what = format!(
                    "{} answered more than the {MOST_BODY} bytes that a cassette takes",
                    asked.line()
                );
                return Ok(Err(Error::upstream(what)));
            }
        }
        let body = body.freeze();
        let kept = Answer::of(answer.status(), answer.headers(), &body);
        let mut state = self.state();
        state.hide(&hide::given(&kept));
        state.exchanges.push(Exchange { request: asked, answer: kept });
        drop(state);
        let mut copy = http_types::Response::builder().status(answer.status()).url(answer.url().clone());
        if let Some(headers) = copy.headers_mut() {
            headers.clone_from(answer.headers());
        }
        let copy =
            copy.body(body).map_err(|error| Error::internal(format!("an answer can't be copied: {error}")));
        Ok(copy.map(Response::from))
    }

    pub(super) fn finish(&self) -> Result<()> {
        let state = self.state();
        if self.recording {
            if state.exchanges.is_empty() {
                return Err(
                    self.name(Error::setup("has nothing to record: no request was sent by its clients"))
                );
            }
            let redactor = state.redactor();
            let mut exchanges = state.exchanges.clone();
            exchanges.iter_mut().for_each(|exchange| hide::exchange(exchange, &redactor));
            return file::write(&self.path, exchanges);
        }
        let unused = state.exchanges.iter().zip(&state.used).filter(|(_, used)| !**used);
        let unused: Vec<String> = unused.map(|(exchange, _)| exchange.request.line()).collect();
        if unused.is_empty() {
            return Ok(());
        }
        let (count, all) = (unused.len(), state.exchanges.len());
        let more = count.checked_sub(MOST_NAMED).filter(|more| *more > 0);
        let named = unused[..count.min(MOST_NAMED)].join(", ");
        let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
        let what = format!(
            "has {all} exchanges, and {count} of them were not asked for: {named}{more}; record it again with CONNECTOR_RECORD=1"
        );
        Err(self.name(Error::internal(what)))
    }

    fn name(&self, error: Error) -> Error {
        Error::new(error.kind(), format!("the cassette `{}` {}", self.path.display(), error.message()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hide(&mut self, secrets: &[Secret]) {
        for secret in secrets.iter().filter(|secret| !secret.expose().is_empty()) {
            if !self.secrets.iter().any(|known| known.expose() == secret.expose()) {
                self.secrets.push(secret.clone());
            }
        }
    }

    fn redactor(&self) -> Redactor {
        Redactor::new(&self.secrets)
    }

    /// The first exchange of such a request that was not used yet.
    fn find(&mut self, mut asked: Asked) -> Result<Answer> {
        hide::asked(&mut asked, &self.redactor());
        let same = |exchange: &Exchange| exchange.request.is(&asked);
        let mut places = self.exchanges.iter().zip(&self.used);
        if let Some(place) = places.position(|(exchange, used)| !used && same(exchange)) {
            self.used[place] = true;
            return Ok(self.exchanges[place].answer.clone());
        }
        let line = asked.line();
        let recorded = self.exchanges.iter().filter(|exchange| same(exchange)).count();
        let nearest = self.exchanges.iter().map(|exchange| (exchange.request.likeness(&asked), exchange));
        let why = match nearest.max_by_key(|((likeness, _), _)| *likeness) {
            _ if recorded > 0 => format!("it was recorded {recorded} times, and is asked for once more"),
            Some(((_, differs), exchange)) => {
                format!("the nearest is {}, which differs in its {differs}", exchange.request.line())
            }
            None => "it is empty".to_owned(),
        };
        Err(Error::internal(format!(
            "has no answer to {line}: {why}; record it again with CONNECTOR_RECORD=1"
        )))
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape")
            .field("path", &self.path)
            .field("recording", &self.recording)
            .finish_non_exhaustive()
    }
}
