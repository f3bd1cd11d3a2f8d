//! A recording of what was said to a service and what it answered.

mod body;
mod exchange;
mod file;
mod hide;
mod strings;
mod tape;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

pub(crate) use tape::{Tape, current};

use crate::call::Connection;
use crate::{Error, Factory, Result, Secret, Settings};

/// Set to anything, [`Cassette::at`] records.
const RECORD: &str = "CONNECTOR_RECORD";

/// Records the exchanges of an [`Http`](crate::http::Http) with its service to a file, and replays them.
///
/// A test that is recorded once runs from then on without the service and without its credentials:
///
/// ```
/// use connector_sdk::Settings;
/// use connector_sdk::testing::Cassette;
/// use serde_json::json;
/// # use connector_sdk::call::Caller;
/// # use connector_sdk::manifest::Mode;
/// # use connector_sdk::prelude::*;
/// # /// Users of a forge.
/// # #[connector(id = "forge", auth = bearer(token))]
/// # struct Forge {
/// #     /// Token.
/// #     #[secret]
/// #     token: Secret,
/// #     #[http(base = "https://forge.example.com")]
/// #     http: Http,
/// # }
/// # #[connector]
/// # impl Forge {
/// #     /// Name the user.
/// #     #[action(read)]
/// #     async fn me(&self) -> Result<String> {
/// #         self.http.get("/me").send().await?.json().await
/// #     }
/// # }
/// # let folder = tempfile::tempdir()?;
/// # std::env::set_current_dir(&folder)?;
/// # std::fs::create_dir_all("tests/cassettes")?;
/// # std::fs::write("tests/cassettes/me.json", r#"{"version": 1, "exchanges": [{
/// #     "request": {"method": "GET", "url": "https://forge.example.com/me"},
/// #     "answer": {"status": 200, "body": {"json": "alice"}}
/// # }]}"#)?;
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # runtime.block_on(async {
/// # let caller = Caller::new("test", Mode::Readonly);
///
/// let cassette = Cassette::at("tests/cassettes/me.json")?;
/// let settings = Settings::new().secret("token", cassette.secret("FORGE_TOKEN")?);
/// let forge = cassette.open("test", &connector_sdk::factory::<Forge>(), &settings)?;
/// assert_eq!(forge.act("me", &json!({}), &caller).await?.parse::<String>()?, "alice");
/// cassette.finish()?;
/// # Ok::<(), Error>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `CONNECTOR_RECORD=1 FORGE_TOKEN=.. cargo test` records it, or records it anew.
///
/// # Replay is strict
///
/// A request is answered by the first exchange, not used yet, of the same method, URL, query and body; a body of
/// JSON may have its keys in another order. So requests that differ may come in any order, and requests that are
/// the same get their answers in the order in which they were recorded. Headers don't count. What was not
/// recorded is an error that names the nearest exchange, and what was not asked for is an error of
/// [`finish`](Self::finish). Neither retries nor rates are waited for.
///
/// # No secrets
///
/// `[redacted]` stands in the file for every credential of the client and of the connection, however it is
/// encoded and wherever it stands; for what a login obtains; for what [`hide`](Self::hide) was told; for tokens and passwords by their names in
/// OAuth 2.0 (`access_token`, `client_secret`, `password` and such); and for the values of `Authorization`,
/// `Proxy-Authorization`, `Cookie` and `Set-Cookie`. Everything else is written as it is: read a new cassette before
/// it is committed.
///
/// # Limits
///
/// A body may have 4 MiB. A multipart or streamed body is recorded as having been sent, and no more. Broken
/// connections are not recorded. Answers whose compression was taken off are recorded without it.
#[derive(Debug)]
#[must_use = "a cassette is written, or checked, by `finish`"]
pub struct Cassette {
    pub(crate) tape: Arc<Tape>,
}

impl Cassette {
    /// Records to the file where the environment variable `CONNECTOR_RECORD` is set, replays it otherwise.
    ///
    /// # Errors
    ///
    /// As [`replay`](Self::replay).
    pub fn at(path: impl AsRef<Path>) -> Result<Self> {
        match std::env::var_os(RECORD).filter(|value| !value.is_empty()) {
            Some(_) => Ok(Self::record(path)),
            None => Self::replay(path),
        }
    }

    /// Records to a file, which [`finish`](Self::finish) writes.
    pub fn record(path: impl AsRef<Path>) -> Self {
        Self { tape: Arc::new(Tape::record(path.as_ref())) }
    }

    /// Replays a file.
    ///
    /// # Errors
    ///
    /// `setup` where it can't be read, is no cassette, or was written by a newer version of this crate.
    pub fn replay(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Self { tape: Arc::new(Tape::replay(path.as_ref())?) })
    }

    /// Whether it records.
    pub fn is_recording(&self) -> bool {
        self.tape.is_recording()
    }

    /// A credential: the environment variable of that name while it records, and something harmless else.
    ///
    /// # Errors
    ///
    /// `setup` where it records and the variable is not set.
    pub fn secret(&self, variable: &str) -> Result<Secret> {
        if !self.is_recording() {
            return Ok(Secret::new(format!("replayed-{variable}")));
        }
        match std::env::var(variable) {
            Ok(value) if !value.is_empty() => Ok(Secret::new(value)),
            _ => Err(Error::setup(format!("`{variable}` is not set, and to record takes a real credential"))),
        }
    }

    /// Keeps another secret out of the file, besides the credentials that it finds by itself.
    pub fn hide(&self, secret: impl Into<Secret>) {
        self.tape.hide(&[secret.into()]);
    }

    /// Opens a connection whose clients record here, or replay this.
    ///
    /// # Errors
    ///
    /// As [`Connection::open`].
    pub fn open(
        &self,
        name: impl Into<Arc<str>>,
        factory: &dyn Factory,
        settings: &Settings,
    ) -> Result<Connection> {
        let secrets: Vec<Secret> = settings.secrets().map(|(_, secret)| secret.clone()).collect();
        self.tape.hide(&secrets);
        self.tape.run(|| Connection::open(name, factory, settings))
    }

    /// Writes what was recorded, or says what was not replayed.
    ///
    /// # Errors
    ///
    /// `setup` where the file can't be written or nothing was recorded; `internal` where exchanges were not used.
    pub fn finish(self) -> Result<()> {
        self.tape.finish()
    }
}
