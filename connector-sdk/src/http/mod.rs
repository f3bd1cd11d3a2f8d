//! The HTTP client of a connector: authenticated, retried, limited, and kept to its host.
//!
//! ```no_run
//! # use connector_sdk::{Context, Error, Result, Secret};
//! use connector_sdk::http::{Credentials, Http, Method};
//!
//! # async fn demo(context: &Context, owner: &str) -> Result<()> {
//! #[derive(serde::Deserialize)]
//! struct Repository {
//!     name: String,
//! }
//!
//! let http = Http::builder("https://api.github.com")
//!     .credentials(Credentials::Bearer(Secret::new("ghp_..")))
//!     .rate("30/min".parse()?)
//!     .build()?;
//! let answer = http.get("/users/{owner}/repos").path("owner", owner).query("per_page", 5).within(context).send();
//! let repositories: Vec<Repository> = answer.await?.json().await?;
//! # drop(repositories.into_iter().map(|repository| repository.name));
//! # Ok(())
//! # }
//! ```
//!
//! What it does by itself:
//!
//! | | |
//! |---|---|
//! | credentials | go with every request to the base URL's origin, and to no other: a redirect or a link elsewhere goes without |
//! | encoding | what fills a placeholder of a path is one part of the path, whatever is in it |
//! | transport | `https`, and `http` on loopback; other hosts by `http` only if they were allowed |
//! | addresses | where the host comes from a setting, private and link-local addresses are refused after their name was looked up |
//! | retries | 429, 502, 503, 504, 529, 403 with rate limit headers, and broken connections; see [`Retry`] |
//! | limits | requests a time and at once, 10 s to connect, 30 s an attempt with its answer, 64 MiB an answer; a call's deadline ends all attempts |
//! | errors | status, what the service said (shortened, without secrets), and the [kind](crate::ErrorKind) that follows |
//!
//! Proxies come from the environment (`HTTPS_PROXY`, `NO_PROXY`). A proxy looks names up itself, so the
//! rule of addresses can't hold behind one.

mod base;
mod check;
mod circle;
mod client;
mod credentials;
mod failure;
mod form;
mod guard;
mod pages;
mod pick;
#[cfg(feature = "oauth")]
mod plain;
mod rate;
mod request;
mod resolve;
mod response;
mod retry;
mod send;
mod template;
mod wire;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use resolve::name_that_leads_inside;

#[cfg(feature = "oauth")]
pub(crate) use base::nobody;
pub(crate) use base::{Values, client};
pub(crate) use check::during as during_check;
pub use client::{Builder, Http};
pub use credentials::Credentials;
#[cfg(any(feature = "oauth", feature = "testing"))]
pub(crate) use form::form_text;
pub use pages::{Page, Pages};
pub(crate) use rate::Limiter;
pub use rate::Rate;
pub use request::Request;
pub use response::Response;
pub(crate) use response::misread;
pub use retry::Retry;
pub(crate) use template::names;
#[cfg(feature = "oauth")]
pub(crate) use {base::url as address, failure::cut as shortened, failure::redacted_line, plain::origin};
#[cfg(feature = "pocketpaw")]
pub(crate) use {guard::is_loopback_name, template::encoded, template::is_dots};

pub use reqwest::{Method, StatusCode, header, multipart};
