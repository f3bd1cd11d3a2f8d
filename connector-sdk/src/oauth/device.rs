//! Agreeing on another device: a code is shown here and entered there (RFC 8628).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use oauth2::StandardDeviceAuthorizationResponse;

use super::exchange::tokens;
use super::{Client, Tokens};
use crate::http::shortened;
use crate::{Error, Result, Secret};

/// A service that wants to be asked less often than that is never answered in time.
const MOST_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// A service that doesn't mind how often it is asked is asked no more often than that.
const LEAST_INTERVAL: Duration = Duration::from_secs(1);

/// How long a service that fails is left alone at most, unless it wants to be asked less often anyway.
const MOST_BACKOFF: Duration = Duration::from_secs(60);

/// A code that waits for somebody to enter it.
#[derive(Debug)]
#[must_use = "nobody has agreed yet"]
pub struct OnDevice {
    client: Client,
    details: StandardDeviceAuthorizationResponse,
    code: String,
    url: String,
}

pub(super) async fn begin(client: &Client) -> Result<OnDevice> {
    let exchange = client.exchange([]);
    let asking = client.client()?.set_device_authorization_url(client.device_url()?);
    let request = asking.exchange_device_code().add_scopes(client.wanted());
    let details: StandardDeviceAuthorizationResponse =
        request.request_async(&exchange).await.map_err(|error| exchange.failed(error))?;
    // Further waits are added to it, and past what a duration can hold that would end in a panic.
    if details.interval() > MOST_INTERVAL {
        return Err(Error::upstream(format!(
            "the service wants to be asked every {} seconds whether somebody agreed; {} is the most that is waited",
            details.interval().as_secs(),
            MOST_INTERVAL.as_secs()
        )));
    }
    // Somebody will open it.
    let url = details.verification_uri().to_string();
    client.http.vet(&url).map_err(|_| {
        Error::upstream("the service answered a place to enter the code at that can't be opened safely")
    })?;
    let code = shortened(details.user_code().secret());
    Ok(OnDevice { client: client.clone(), details, code, url })
}

impl OnDevice {
    /// What somebody has to enter.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Where they have to enter it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How long the code can be entered.
    pub fn lasts(&self) -> Duration {
        self.details.expires_in()
    }

    /// Asks the service until somebody has agreed, as often as it likes to be asked.
    ///
    /// # Errors
    ///
    /// `denied` where somebody said no, `cancelled` where nobody answered before `limit` or the code's end, else
    /// what the service answered.
    pub async fn finish(self, limit: Duration) -> Result<Tokens> {
        self.poll(limit, tokio::time::sleep).await
    }

    pub(super) async fn poll<F: Future<Output = ()>>(
        self,
        limit: Duration,
        sleep: impl Fn(Duration) -> F,
    ) -> Result<Tokens> {
        let sent = Secret::new(self.details.device_code().secret().as_str());
        let exchange = self.client.exchange([&sent]);
        let client = self.client.client()?;
        let limit = limit.min(self.details.expires_in());
        // After each failure the crate waits twice as long, and never less again: a few of them must not use up the time.
        let most = MOST_BACKOFF.max(2 * self.details.interval()).min(limit);
        let asking = client.exchange_device_access_token(&self.details).set_max_backoff_interval(most);
        // What the service asked for since may be more than that.
        let longest = AtomicU64::new(LEAST_INTERVAL.as_secs());
        let sleep = |time: Duration| {
            let before = longest.fetch_max(time.as_secs(), Ordering::Relaxed);
            sleep(time.max(Duration::from_secs(before)))
        };
        let answer = tokio::time::timeout(limit, asking.request_async(&exchange, sleep, Some(limit)));
        let answer = answer.await.map_err(|_| {
            Error::cancelled("nobody has entered the code in time; connect again to get a new one")
        })?;
        let answer = answer.map_err(|error| exchange.failed(error))?;
        Ok(tokens(&answer, Some(&self.client.scopes), None))
    }
}
