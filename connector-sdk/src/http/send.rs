//! From a request to its answer: attempts, waits, redirects.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap,
    HeaderValue, LOCATION, USER_AGENT,
};
use reqwest::{Method, RequestBuilder, Url};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument as _;

use super::client::Inner;
use super::request::{Body, Once};
use super::{Request, Response, Retry, failure, retry};
#[cfg(feature = "oauth")]
use crate::oauth::Tokens;
use crate::{BoxFuture, Error, ErrorKind, Result};

/// As many as browsers follow; what goes on for longer goes in circles.
const MOST_REDIRECTS: u32 = 10;

/// The request on its way. Where it goes is found out before the future is made, so that this holds no more than
/// is needed until there is an answer: calls are many at once, and each moves its future about.
pub(super) fn send(request: Request) -> BoxFuture<'static, Result<Response>> {
    match Journey::of(request) {
        Ok((mut journey, span)) => {
            let underway = async move {
                let answer = journey.run().await;
                answer.map_err(|error| journey.inner.redactor.error(error))
            };
            Box::pin(underway.instrument(span))
        }
        Err(error) => Box::pin(std::future::ready(Err(error))),
    }
}

/// A request on its way, which redirects change.
struct Journey {
    inner: Arc<Inner>,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Body,
    repeatable: bool,
    whole: bool,
    retry: Retry,
    /// Since when all attempts have their time; none: since the first.
    began: Option<Instant>,
    /// When the call ends, or the time of all attempts.
    deadline: Option<Instant>,
    timeout: Duration,
    redirects: u32,
    /// Whether the service may have done what was asked.
    maybe_done: bool,
    /// Whether it was sent once more with a new access token.
    #[cfg(feature = "oauth")]
    renewed: bool,
}

/// What an attempt came to that didn't fail.
#[expect(
    clippy::large_enum_variant,
    reason = "one is made for each attempt, and an answer is what most come to"
)]
enum Attempted {
    Answered(Response),
    /// It is to be sent to another place, or with a new access token, which is no attempt of its own.
    Again,
}

/// How an attempt failed.
struct Failed {
    error: Error,
    /// Whether the same request may do better later.
    may_pass: bool,
    /// Whether the service has seen nothing of it.
    unseen: bool,
}

impl Failed {
    /// It failed before it was sent.
    fn before(error: Error) -> Self {
        Self { error, may_pass: false, unseen: true }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, may_pass: false, unseen: false }
    }
}

impl Journey {
    /// The journey of a request, and what is traced of it.
    fn of(mut request: Request) -> Result<(Self, tracing::Span)> {
        let leads_on = request.elsewhere.is_some();
        let url = request.url()?;
        let inner = Arc::clone(&request.http.inner);
        if leads_on && !inner.guard.is_home(&url) {
            let has_body = !matches!(request.body, Body::None);
            leave(&url, &request.method, &mut request.headers, has_body, "the next page leads")?;
        }
        let repeatable = request.repeatable || request.is_named();
        let (retry, began) = request.policy();
        // The path as it was written: what fills its placeholders is nobody's business.
        let span = tracing::debug_span!(
            "http",
            method = %request.method,
            host = url.host_str().unwrap_or_default(),
            path = &*request.template,
        );
        let journey = Self {
            method: request.method,
            url,
            headers: request.headers,
            body: request.body,
            repeatable,
            whole: request.whole,
            retry,
            began,
            deadline: request.deadline,
            timeout: request.timeout.unwrap_or(inner.timeout),
            inner,
            redirects: 0,
            maybe_done: false,
            #[cfg(feature = "oauth")]
            renewed: false,
        };
        Ok((journey, span))
    }

    async fn run(&mut self) -> Result<Response> {
        let began = self.began.unwrap_or_else(Instant::now);
        let end = self.retry.whole().and_then(|whole| began.checked_add(whole));
        self.deadline = self.deadline.into_iter().chain(end).min();
        let mut failures = 0;
        loop {
            let sends_once = matches!(self.body, Body::Once(_));
            let failed = match self.attempt().await {
                Ok(Attempted::Answered(response)) => {
                    tracing::debug!(status = response.status().as_u16(), failures, "answered");
                    return Ok(response);
                }
                Ok(Attempted::Again) => continue,
                Err(failed) => failed,
            };
            failures += 1;
            // A service that wants fewer requests has refused this one.
            self.maybe_done |= !failed.unseen && failed.error.kind() != ErrorKind::RateLimited;
            let again = failed.may_pass && !sends_once && (self.repeatable || failed.unseen);
            let wait = again
                .then(|| self.retry.wait(failures, began.elapsed(), failed.error.retry_after(), self.left()))
                .flatten();
            tracing::debug!(error = failed.error.kind().as_str(), failures, again = wait.is_some(), "failed");
            let error = match self.maybe_done {
                true => failed.error.maybe_sent(),
                false => failed.error.unsent(),
            };
            let Some(wait) = wait else { return Err(error) };
            if !self.inner.wire.is_replayed() {
                tokio::time::sleep(wait).await;
            }
            // What the service said tells more than that the time is over.
            if self.left() == Some(Duration::ZERO) {
                return Err(error);
            }
        }
    }

    fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Sends it once.
    async fn attempt(&mut self) -> std::result::Result<Attempted, Failed> {
        let inner = Arc::clone(&self.inner);
        inner.guard.check(&self.url).map_err(Failed::before)?;
        if let Some(limiter) = inner.limiter.as_ref().filter(|_| !inner.wire.is_replayed()) {
            Box::pin(limiter.turn(self.deadline)).await.map_err(Failed::before)?;
        }
        #[cfg(feature = "oauth")]
        let token = match &inner.credentials.session {
            Some(session) if inner.guard.is_home(&self.url) => {
                Some(Box::pin(self.obtained(session.token())).await?)
            }
            _ => None,
        };
        let slot = match &inner.slots {
            Some(slots) => Some(Box::pin(self.slot(slots)).await.map_err(Failed::before)?),
            None => None,
        };
        let sends_once = matches!(self.body, Body::Once(_));
        // In a block, so that the request isn't part of the future while its answer is waited for.
        let answer = {
            let left = self.left();
            if left == Some(Duration::ZERO) {
                return Err(Failed::before(Error::cancelled("the call ran out of time")));
            }
            let timeout = left.map_or(self.timeout, |left| left.min(self.timeout));
            #[cfg_attr(
                not(feature = "oauth"),
                expect(unused_mut, reason = "nothing is obtained without OAuth")
            )]
            let mut request = self.prepare(timeout).map_err(Failed::before)?;
            #[cfg(feature = "oauth")]
            if let Some(token) = &token {
                inner.wire.hide(&token.access);
                request.headers_mut().insert(AUTHORIZATION, super::credentials::bearer(&token.access)?);
            }
            inner.wire.send(&inner.client, request)
        };
        let answer = answer.await?.map_err(|error| self.unanswered(error))?;
        let status = answer.status();
        if let Some(location) = sent_on(&answer) {
            self.follow(status.as_u16(), &location, sends_once)?;
            return Ok(Attempted::Again);
        }
        #[cfg(feature = "oauth")]
        if let (401, Some(token)) = (status.as_u16(), token)
            && !self.renewed
        {
            // What can be sent once only was sent; the next request has the new token.
            if sends_once {
                drop(Box::pin(self.instead_of(token)).await);
            } else {
                drop((answer, slot));
                Box::pin(self.instead_of(token)).await?;
                // Only now: where there was no new token yet, the next attempt asks for one as well.
                self.renewed = true;
                return Ok(Attempted::Again);
            }
        }
        let mut response = Response::new(answer, self.host().to_owned(), inner.most_bytes, slot);
        // 304 is what a conditional request hopes for.
        if status.is_success() || status.as_u16() == 304 {
            if self.whole {
                let broken =
                    |error: Error| Failed { may_pass: error.kind().is_retryable(), unseen: false, error };
                Box::pin(response.read()).await.map_err(broken)?;
            }
            return Ok(Attempted::Answered(response));
        }
        Err(Box::pin(refused(inner, response)).await)
    }

    /// What it means that no answer came.
    fn unanswered(&self, error: reqwest::Error) -> Failed {
        let (unseen, is_wrong) = (error.is_connect(), error.is_builder());
        let error = failure::of_transport(error, self.host());
        // What the guard refused stays refused.
        Failed { may_pass: !is_wrong && error.kind().is_retryable(), unseen, error }
    }

    /// Waits until the client has fewer requests under way than it may have.
    async fn slot(&self, slots: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
        let slot = Arc::clone(slots).acquire_owned();
        let slot = match self.left() {
            Some(left) => tokio::time::timeout(left, slot).await.map_err(|_| {
                Error::cancelled("the call ran out of time while other requests of the client were under way")
            })?,
            None => slot.await,
        };
        slot.map_err(|error| Error::internal(format!("the client has no slots any more: {error}")))
    }

    /// Has another token than one that the service refused.
    #[cfg(feature = "oauth")]
    async fn instead_of(&self, refused: Arc<Tokens>) -> std::result::Result<(), Failed> {
        match &self.inner.credentials.session {
            Some(session) => self.obtained(session.instead_of(refused)).await.map(drop),
            None => Ok(()),
        }
    }

    /// Waits for a token. Of the request itself nothing was sent, or what was sent had no effect.
    #[cfg(feature = "oauth")]
    async fn obtained<T>(&self, token: impl Future<Output = Result<T>>) -> std::result::Result<T, Failed> {
        let token = match self.left() {
            Some(left) => tokio::time::timeout(left, token).await.map_err(|_| {
                let message = "the call ran out of time while its access token was renewed";
                Failed::before(Error::cancelled(message))
            })?,
            None => token.await,
        };
        token.map_err(|error| Failed { may_pass: error.kind().is_retryable(), unseen: true, error })
    }

    fn prepare(&mut self, timeout: Duration) -> Result<reqwest::Request> {
        let (mut url, mut headers) = (self.url.clone(), self.headers.clone());
        let is_home = self.inner.guard.is_home(&url);
        if is_home {
            for (name, value) in &self.inner.headers {
                headers.entry(name).or_insert_with(|| value.clone());
            }
        }
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        if is_home {
            self.inner.credentials.send_with(&mut url, &mut headers);
        }
        let mut request = reqwest::Request::new(self.method.clone(), url);
        *request.headers_mut() = headers;
        // The client has the usual one.
        if timeout != self.inner.timeout {
            *request.timeout_mut() = Some(timeout);
        }
        match &mut self.body {
            Body::None => {}
            Body::Bytes(bytes) => *request.body_mut() = Some(Bytes::clone(bytes).into()),
            once => match std::mem::replace(once, Body::None) {
                Body::Once(Once::Stream(stream)) => *request.body_mut() = Some(stream),
                Body::Once(Once::Multipart(form)) => {
                    let (client, made) = (self.inner.client.clone(), request);
                    return RequestBuilder::from_parts(client, made).multipart(form).build().map_err(
                        |error| {
                            Error::internal(format!("the request can't be made: {}", error.without_url()))
                        },
                    );
                }
                _ => {}
            },
        }
        Ok(request)
    }

    /// Goes where the service sends it (RFC 9110, section 15.4).
    fn follow(&mut self, status: u16, location: &HeaderValue, sent_once: bool) -> Result<()> {
        self.redirects += 1;
        if self.redirects > MOST_REDIRECTS {
            return Err(Error::upstream("the service sends the request on in a circle"));
        }
        let wrong = || Error::upstream("the service sends the request on to something that is no URL");
        let url = self.url.join(location.to_str().map_err(|_| wrong())?).map_err(|_| wrong())?;
        // RFC 9110, section 15.4: 303 asks for a look at something else, 301 and 302 make a `POST` one for
        // historical reasons; any other request stays what it is.
        let keeps = match status {
            303 => matches!(self.method, Method::GET | Method::HEAD),
            301 | 302 => self.method != Method::POST,
            _ => true,
        };
        if !keeps {
            // What is left is a look at what came of it.
            self.maybe_done = true;
            self.method = Method::GET;
            self.body = Body::None;
            for name in [CONTENT_TYPE, CONTENT_LENGTH] {
                self.headers.remove(name);
            }
        } else if sent_once {
            return Err(Error::upstream(
                "the service sends the request on, but its body can be sent once only; use a body of bytes",
            ));
        }
        if self.url.origin() != url.origin() {
            let has_body = !matches!(self.body, Body::None);
            leave(&url, &self.method, &mut self.headers, has_body, "the service sends the request on")?;
        }
        debug_assert!(!self.headers.contains_key(AUTHORIZATION) || self.inner.guard.is_home(&self.url));
        self.url = url;
        Ok(())
    }
}

/// Where the service says that the request should go instead.
fn sent_on(answer: &reqwest::Response) -> Option<HeaderValue> {
    matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308)
        .then(|| answer.headers().get(LOCATION).cloned())
        .flatten()
}

/// What a refusal means, and whether it may pass. On its own, so that an answer's future has no room for it.
async fn refused(inner: Arc<Inner>, response: Response) -> Failed {
    let may_pass = retry::may_pass(response.status(), response.headers());
    let error = failure::of_answer(response, &inner.redactor).await;
    Failed { error, may_pass, unseen: false }
}

/// Makes a request ready for another host than the one that it was made for.
///
/// # Errors
///
/// `upstream` where it is more than a question: nothing that changes something, and no body, goes there.
fn leave(url: &Url, method: &Method, headers: &mut HeaderMap, has_body: bool, what: &str) -> Result<()> {
    if has_body || !matches!(*method, Method::GET | Method::HEAD) {
        let host = url.host_str().unwrap_or_default();
        return Err(Error::upstream(format!(
            "{what} to `{host}`, which is not its own host; nothing was sent there"
        )));
    }
    // Whatever else was set may be a credential of another name.
    let harmless = [ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, USER_AGENT];
    let mut kept = HeaderMap::new();
    for name in harmless {
        if let Some(value) = headers.remove(&name) {
            kept.insert(name, value);
        }
    }
    *headers = kept;
    Ok(())
}
