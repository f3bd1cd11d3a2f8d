//! One request as it is: no credentials, no retries, no redirects, and whatever is answered.

use reqwest::header::HeaderMap;
use reqwest::{Method, Url};
use tracing::Instrument as _;

use super::guard::Guard;
use super::{Http, Response, failure};
use crate::call::Redactor;
use crate::{Error, Result};

/// The scheme, host and port of a URL, as a base URL.
pub(crate) fn origin(url: &str) -> Result<String> {
    let url = parse(url)?;
    Ok(url.origin().ascii_serialization())
}

fn parse(url: &str) -> Result<Url> {
    // The text is not repeated: a password may stand in it.
    Url::parse(url).map_err(|error| Error::setup(format!("an address of the service is no URL: {error}")))
}

impl Http {
    /// Whether a URL may be spoken to, or given to somebody to open.
    pub(crate) fn vet(&self, url: &str) -> Result<()> {
        let url = parse(url)?;
        // A URL with a password, or without a host, is none of a service's.
        let mut own = Guard::new(&format!("{}/", url.origin().ascii_serialization()))?;
        // No service has led there: it is an address that the connector or its settings say.
        own.plain_http = self.inner.guard.plain_http;
        own.check_transport(&url)?;
        self.inner.guard.check(&url)
    }

    /// Sends a request to any URL, by this client's rules of where requests may go and how large answers are.
    pub(crate) async fn plainly(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Response> {
        self.vet(url)?;
        let (inner, url) = (&*self.inner, parse(url)?);
        let host = url.host_str().unwrap_or_default().to_owned();
        let span = tracing::debug_span!("http", method = %method, host);
        let request = inner.client.request(method, url).headers(headers).body(body);
        let request = request.build().map_err(|error| {
            Error::internal(format!("the request can't be made: {}", error.without_url()))
        })?;
        let answer = inner.wire.send(&inner.client, request).instrument(span).await?;
        let answer = answer.map_err(|error| failure::of_transport(error, &host))?;
        Ok(Response::new(answer, host, inner.most_bytes, None))
    }
}

impl Response {
    /// What a refusal means. Whoever made the request knows which secrets it had.
    pub(crate) async fn refusal(self, redactor: &Redactor) -> Error {
        failure::of_answer(self, redactor).await
    }
}
