//! Requests to a service's endpoints of OAuth, made by the HTTP client's rules, and what their answers mean.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AsyncHttpClient, DeviceCodeErrorResponse, DeviceCodeErrorResponseType, HttpRequest, HttpResponse,
    RequestTokenError, TokenResponse as _,
};
use reqwest::StatusCode;
use serde_json::Value;

use super::Tokens;
use crate::call::Redactor;
use crate::http::{Http, redacted_line};
use crate::{BoxFuture, Error, ErrorKind, Result, Secret};

/// A lifetime past which a number is a mistake; it is about a hundred years.
const LONGEST_LIFE: Duration = Duration::from_secs(100 * 366 * 24 * 3600);

/// One conversation with the endpoints.
pub(super) struct Exchange {
    http: Http,
    /// Knows what is sent that nobody should see, for a service that says it back.
    redactor: Redactor,
    /// What went wrong and won't get better, which the crate of OAuth would take for a reason to try again.
    failure: Mutex<Option<Error>>,
}

impl<'c> AsyncHttpClient<'c> for Exchange {
    type Error = Error;
    type Future = BoxFuture<'c, Result<HttpResponse>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl Exchange {
    pub(super) fn new(http: &Http, redactor: Redactor) -> Self {
        Self { http: http.clone(), redactor, failure: Mutex::new(None) }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse> {
        match self.answer(request).await {
            Err(error) if !error.kind().is_retryable() => {
                *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                let mut response = HttpResponse::new(br#"{"error":"not_understood"}"#.to_vec());
                *response.status_mut() = StatusCode::BAD_REQUEST;
                Ok(response)
            }
            other => other,
        }
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse> {
        let (parts, body) = request.into_parts();
        let url = parts.uri.to_string();
        let answer = self.http.plainly(parts.method, &url, parts.headers, body).await?;
        let (status, host) = (answer.status(), answer.host().to_owned());
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(answer.refusal(&self.redactor).await);
        }
        if status.is_redirection() {
            return Err(Error::upstream(format!(
                "`{host}` sends requests for tokens on to another place; set the URL of that place"
            )));
        }
        let bytes = answer.bytes().await?;
        let json: Option<Value> = serde_json::from_slice(&bytes).ok().filter(Value::is_object);
        let Some(json) = json else {
            let number = status.as_u16();
            return Err(Error::upstream(format!(
                "`{host}` answered {number} with something that is no JSON where a token was asked for"
            ))
            .with_detail("status", number));
        };
        let mut response = HttpResponse::new(bytes.to_vec());
        // GitHub tells errors with the status of success (RFC 6749 wants 400).
        let is_error = json.get("error").is_some_and(Value::is_string) && json.get("access_token").is_none();
        *response.status_mut() = match (is_error, status.is_success()) {
            (true, _) | (_, false) => StatusCode::BAD_REQUEST,
            (false, true) => StatusCode::OK,
        };
        Ok(response)
    }

    /// What went wrong, in words for people.
    pub(super) fn failed<T: Refusal>(&self, error: RequestTokenError<Error, T>) -> Error {
        if let Some(failure) = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return failure;
        }
        // What can't be read is not repeated, and not kept as a cause: there may be a token in it.
        match error {
            RequestTokenError::Request(error) => error,
            RequestTokenError::ServerResponse(refusal) => refusal.into_error(&self.redactor),
            RequestTokenError::Parse(error, _) => Error::upstream(format!(
                "the service answered JSON that is no token (`{}`)",
                redacted_line(&error.path().to_string(), &self.redactor)
            )),
            RequestTokenError::Other(_) => Error::upstream("the service answered something that is no token"),
        }
    }
}

/// What a service says when it gives no token.
pub(super) trait Refusal: oauth2::ErrorResponse {
    fn into_error(self, redactor: &Redactor) -> Error;
}

impl Refusal for BasicErrorResponse {
    fn into_error(self, redactor: &Redactor) -> Error {
        let (kind, advice) = match self.error() {
            BasicErrorResponseType::InvalidGrant => {
                (ErrorKind::Auth, "it has ended or was taken back; connect again")
            }
            BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => {
                (ErrorKind::Setup, "check the client's id and secret, and what the client is registered for")
            }
            BasicErrorResponseType::InvalidScope => {
                (ErrorKind::Setup, "the client may not ask for these scopes")
            }
            BasicErrorResponseType::Extension(code) => of_code(code),
            _ => (ErrorKind::Upstream, "the service doesn't take the request"),
        };
        said(kind, self.error().as_ref(), self.error_description(), advice, redactor)
    }
}

impl Refusal for DeviceCodeErrorResponse {
    fn into_error(self, redactor: &Redactor) -> Error {
        let (kind, advice) = match self.error() {
            DeviceCodeErrorResponseType::AccessDenied => of_code("access_denied"),
            DeviceCodeErrorResponseType::ExpiredToken => {
                (ErrorKind::Cancelled, "nobody entered the code in time; connect again")
            }
            DeviceCodeErrorResponseType::Basic(BasicErrorResponseType::Extension(code)) => of_code(code),
            DeviceCodeErrorResponseType::Basic(code) => {
                return BasicErrorResponse::new(code.clone(), self.error_description().cloned(), None)
                    .into_error(redactor);
            }
            _ => (ErrorKind::Upstream, "the service doesn't take the request"),
        };
        said(kind, self.error().as_ref(), self.error_description(), advice, redactor)
    }
}

/// Codes that are told in several places.
pub(super) fn of_code(code: &str) -> (ErrorKind, &'static str) {
    match code {
        "access_denied" => (ErrorKind::Denied, "somebody said no; connect again to be asked again"),
        "temporarily_unavailable" | "server_error" => (ErrorKind::Unavailable, "try again later"),
        "incorrect_client_credentials" => (ErrorKind::Setup, "check the client's id and secret"),
        "bad_verification_code" | "invalid_grant" => (ErrorKind::Auth, "connect again"),
        "invalid_scope" => (ErrorKind::Setup, "the client may not ask for these scopes"),
        _ => (ErrorKind::Upstream, "the service doesn't take the request"),
    }
}

/// An error with what the service said, shortened.
pub(super) fn said(
    kind: ErrorKind,
    code: &str,
    description: Option<&String>,
    advice: &str,
    redactor: &Redactor,
) -> Error {
    let code = redacted_line(code, redactor);
    let said = description.map(|text| format!(" ({})", redacted_line(text, redactor))).unwrap_or_default();
    Error::new(kind, format!("the service gave no token, `{code}`{said}: {advice}"))
        .with_detail("oauth_error", code)
}

/// What an answer holds; `before` is what isn't said again.
pub(super) fn tokens(
    answer: &BasicTokenResponse,
    asked: Option<&[String]>,
    before: Option<&Tokens>,
) -> Tokens {
    let obtained_at = SystemTime::now();
    let refresh = answer.refresh_token().map(|token| Secret::new(token.secret().as_str()));
    let life = answer.expires_in().filter(|life| *life < LONGEST_LIFE);
    // RFC 6749, section 5.1: what is not said is what was asked for. GitHub parts them by commas.
    let scopes = answer.scopes().map(|scopes| {
        let words = scopes.iter().flat_map(|scope| scope.split([',', ' ']));
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    });
    Tokens {
        access: Secret::new(answer.access_token().secret().as_str()),
        refresh: refresh.or_else(|| before?.refresh.clone()),
        obtained_at,
        expires_at: life.and_then(|life| obtained_at.checked_add(life)),
        scopes: scopes
            .filter(|scopes| !scopes.is_empty())
            .or_else(|| before?.scopes.clone())
            .or_else(|| asked.filter(|asked| !asked.is_empty()).map(<[String]>::to_vec)),
    }
}
