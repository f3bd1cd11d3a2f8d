//! OAuth 2.0: how somebody agrees that a connector may act for them, and how the tokens that follow from it are
//! renewed.
//!
//! Where `auth = oauth2(..)` is all that a connector says, nothing here is needed: `connect` has somebody agree,
//! and the connector's HTTP client sends the access token and renews it. A host that has its own surface uses
//! the parts:
//!
//! ```no_run
//! # use connector_sdk::{Factory, Result, Settings};
//! use std::time::Duration;
//!
//! use connector_sdk::manifest::OAuth2;
//! use connector_sdk::oauth::Client;
//!
//! # async fn demo(factory: &dyn Factory, settings: Settings) -> Result<()> {
//! let client = Client::new(factory.manifest(), &settings)?;
//! let agreeing = client.in_browser().await?;
//! println!("open {}", agreeing.url());
//! let tokens = agreeing.finish(Duration::from_secs(300)).await?;
//! let settings = settings.secret(OAuth2::TOKENS, tokens.to_secret());
//! let connection = connector_sdk::call::Connection::open("default", factory, &settings)?;
//! # drop(connection);
//! # Ok(())
//! # }
//! ```
//!
//! # What an open connection does by itself
//!
//! - An access token is renewed before it runs out: 30 seconds before, or a tenth of its life where that is
//!   shorter. What can't be renewed, or not now, is used until it runs out. A request that is refused with 401 is sent
//!   once more with a new token, whatever its method is, since the service did nothing. A multipart or streamed body
//!   can't be sent again: its request fails, and the next one has the new token.
//! - One renewal at a time, however many calls wait for it; they share its outcome. It goes on when the call that
//!   began it is cancelled, so that a token that was rotated isn't lost; a command line that is over waits up to 30 seconds for it.
//! - What is new is given to the connection's [`Keeper`](crate::Keeper) before it is used. Where keeping fails, the
//!   connection goes on with what it has in memory, and says so by `tracing`.
//! - Two processes with one connection take turns ([`Keeper::turn`](crate::Keeper::turn)): whoever comes second
//!   finds what the first one kept, and renews nothing.
//! - A refused refresh token is an `auth` error that says to connect again, and is not sent again. A service that
//!   can't be reached is `unavailable`.
//! - All tokens are secrets of the connection: no result, error or log shows them.
//!
//! # Tokens that are no OAuth's
//!
//! Some services renew tokens in a way of their own. `auth = bearer(token, renew = path)` names an
//! `async fn(&Http, &Secret) -> Result<Tokens>` that does it: it gets a client without credentials and the refresh
//! token, and everything above holds. The credential then is the text of [`Tokens::to_secret`], as a `#[login]` method
//! returns it, or an access token alone, which can't be renewed. A refused refresh token has to be an error of the kind
//! [`Auth`](crate::ErrorKind::Auth).
//!
//! # What goes over the network
//!
//! Requests are made by the HTTP client's rules: `https` unless on loopback, no private address where the host
//! comes from a setting, at most 1 MiB an answer. Redirects are not followed, since they would lead credentials
//! elsewhere. A client's secret is sent by HTTP Basic (RFC 6749, section 2.3.1), or in the body where the connector says
//! `client_auth = body` ([`ClientAuth::Body`](crate::manifest::ClientAuth::Body)). The browser comes back to
//! `http://127.0.0.1:<a free port>/callback` (RFC 8252, section 7.3), with PKCE by S256 (RFC 7636) and a state;
//! what comes back with another state is answered with 400 and ends nothing. The port is another one each time: a service
//! that compares the whole redirect URL, port included, can't be agreed to so, but on another device.

mod browser;
mod client;
mod device;
mod exchange;
mod page;
mod scopes;
mod session;
#[cfg(test)]
mod tests;
mod tokens;
mod underway;

pub use browser::InBrowser;
pub use client::Client;
pub use device::OnDevice;
pub(crate) use scopes::lacking;
pub use session::Session;
pub use tokens::Tokens;

use crate::http::Http;
use crate::{BoxFuture, Result, Secret};

/// Gets other tokens in the place of some that have run out, by a client without credentials and the refresh token:
/// what `bearer(token, renew = path)` of `#[connector]` names.
pub type Renew = for<'a> fn(&'a Http, &'a Secret) -> BoxFuture<'a, Result<Tokens>>;
#[cfg(all(test, feature = "cli"))]
pub(crate) use underway::hanging;
#[cfg(feature = "cli")]
pub(crate) use underway::{is_renewing, renewed};
