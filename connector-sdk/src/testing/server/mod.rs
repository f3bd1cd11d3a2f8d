//! A service on a bad day: what its answers may be, besides what was hoped for.
//!
//! [`start`] starts [wiremock](https://docs.rs/wiremock)'s server on a free port of loopback, and the functions
//! here are answers to mount on it, one after the other with [`in_turn`]. What no proper server can do (cut a
//! body, never end one) [`Raw`] does.
//!
//! ```
//! use std::time::Duration;
//!
//! use connector_sdk::http::Http;
//! use connector_sdk::testing::server::{self, ResponseTemplate};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let server = server::start().await;
//! let good = ResponseTemplate::new(200).set_body_json([1, 2]);
//! server::in_turn(&server, [server::too_many_requests(Duration::ZERO), server::unavailable(), good]).await;
//!
//! let http = Http::builder(server.uri()).build()?;
//! let numbers: Vec<u8> = http.get("/numbers").send().await?.json().await?;
//! assert_eq!(numbers, [1, 2]);
//! assert_eq!(server.received_requests().await.map(|all| all.len()), Some(3));
//! # Ok::<(), connector_sdk::Error>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod raw;

use std::time::{Duration, SystemTime};

pub use raw::Raw;
pub use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

/// Starts a server on a free port of loopback. It answers 404 to what no [`Mock`] was mounted for.
pub async fn start() -> MockServer {
    MockServer::start().await
}

/// Answers all requests with these in turn, and with the last one from then on.
pub async fn in_turn(server: &MockServer, answers: impl IntoIterator<Item = ResponseTemplate>) {
    let mut answers = answers.into_iter().peekable();
    while let Some(answer) = answers.next() {
        let mock = Mock::given(matchers::any()).respond_with(answer);
        let mock = if answers.peek().is_some() { mock.up_to_n_times(1) } else { mock };
        mock.mount(server).await;
    }
}

/// 429 that asks to wait so many seconds (RFC 9110, section 10.2.3). Parts of a second are left out.
pub fn too_many_requests(wait: Duration) -> ResponseTemplate {
    ResponseTemplate::new(429).insert_header("retry-after", wait.as_secs().to_string())
}

/// 429 that asks to wait until a date, so long from now and at most a year. Dates have whole seconds, so the wait
/// is up to one second shorter.
pub fn too_many_requests_by_date(wait: Duration) -> ResponseTemplate {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let date = httpdate::fmt_http_date(SystemTime::now() + wait.min(YEAR));
    ResponseTemplate::new(429).insert_header("retry-after", date)
}

/// 503, which may pass.
pub fn unavailable() -> ResponseTemplate {
    ResponseTemplate::new(503)
}

/// 302 to another URL, which a client may follow only without its credentials where the host is another.
pub fn redirect(url: &str) -> ResponseTemplate {
    ResponseTemplate::new(302).insert_header("location", url)
}

/// A JSON text of so many bytes, such as 30 million.
pub fn large(bytes: usize) -> ResponseTemplate {
    let mut body = vec![b'x'; bytes.max(2)];
    body[0] = b'"';
    if let Some(last) = body.last_mut() {
        *last = b'"';
    }
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

/// A page for people where JSON was asked for, and which says that it is JSON.
pub fn not_json() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw("<!doctype html><title>Sign in</title>", "application/json")
}

/// The same page under its own name, as proxies and login walls send it.
pub fn wrong_content_type() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw("<!doctype html><title>Sign in</title>", "text/html")
}

/// Says that it is compressed, and is not.
pub fn wrong_encoding() -> ResponseTemplate {
    ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_raw(r#"{"not":"gzip"}"#, "application/json")
}
