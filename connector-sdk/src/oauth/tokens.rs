//! The tokens of one connection.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::{Error, Result, Secret};

/// A token that runs out in less than that is renewed before it is used.
const MARGIN: Duration = Duration::from_secs(30);

/// What a service gave out for a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tokens {
    /// What goes with every request.
    pub access: Secret,
    /// What a new access token is got with; none where nothing can be renewed.
    pub refresh: Option<Secret>,
    /// When the access token was given out.
    pub obtained_at: SystemTime,
    /// When the access token runs out; none where the service doesn't say.
    pub expires_at: Option<SystemTime>,
    /// What was granted; none where the service doesn't say.
    pub scopes: Option<Vec<String>>,
}

/// How tokens are kept: times are in seconds since 1970.
#[derive(Serialize, Deserialize)]
struct Kept {
    access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    obtained_at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
}

impl Tokens {
    /// An access token that was given out just now.
    pub fn new(access: impl Into<Secret>) -> Self {
        Self {
            access: access.into(),
            refresh: None,
            obtained_at: SystemTime::now(),
            expires_at: None,
            scopes: None,
        }
    }

    /// The tokens as one text, for whatever keeps the connection's credentials.
    pub fn to_secret(&self) -> Secret {
        let kept = Kept {
            access_token: self.access.expose().to_owned(),
            refresh_token: self.refresh.as_ref().map(|token| token.expose().to_owned()),
            obtained_at: seconds(self.obtained_at),
            expires_at: self.expires_at.map(seconds),
            scopes: self.scopes.clone(),
        };
        // A struct of texts and numbers can always be written.
        Secret::new(serde_json::to_string(&kept).unwrap_or_default())
    }

    /// Reads what [`to_secret`](Self::to_secret) wrote.
    ///
    /// # Errors
    ///
    /// `setup` where it is something else.
    pub fn from_secret(secret: &Secret) -> Result<Self> {
        let kept: Kept = serde_json::from_str(secret.expose()).map_err(|_| {
            Error::setup("the tokens of this connection are kept in a form that can't be read; connect again")
        })?;
        Ok(Self {
            access: Secret::new(kept.access_token),
            refresh: kept.refresh_token.map(Secret::new),
            obtained_at: time(kept.obtained_at),
            expires_at: kept.expires_at.map(time),
            scopes: kept.scopes,
        })
    }

    /// Reads a credential: what [`to_secret`](Self::to_secret) wrote, or an access token as somebody pastes it.
    pub(super) fn of_credential(secret: &Secret) -> Result<Self> {
        match secret.expose().trim_start().starts_with('{') {
            true => Self::from_secret(secret),
            false => Ok(Self { obtained_at: UNIX_EPOCH, ..Self::new(secret.clone()) }),
        }
    }

    /// Whether the access token has run out or is about to.
    pub fn are_due(&self, now: SystemTime) -> bool {
        let Some(end) = self.expires_at else { return false };
        let life = end.duration_since(self.obtained_at).unwrap_or_default();
        end.checked_sub(MARGIN.min(life / 10)).is_none_or(|due| due <= now)
    }

    /// Whether the access token has run out.
    pub(super) fn have_ended(&self, now: SystemTime) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.access).chain(&self.refresh)
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn living(seconds: u64) -> Tokens {
        let mut tokens = Tokens::new("t0p");
        tokens.obtained_at = time(1_000_000);
        tokens.expires_at = Some(time(1_000_000 + seconds));
        tokens
    }

    #[test]
    fn they_are_due_a_little_before_their_end() {
        for (life, ago, due) in [
            (3600, 0, false),
            (3600, 3569, false),
            (3600, 3570, true),
            (3600, 9999, true),
            (5, 4, false),
            (5, 5, true),
            (0, 0, true),
        ] {
            assert_eq!(living(life).are_due(time(1_000_000 + ago)), due, "{life} {ago}");
        }
        let half_a_second = time(1_000_004) + Duration::from_millis(500);
        assert!(living(5).are_due(half_a_second));
        assert!(!Tokens::new("t0p").are_due(time(u64::from(u32::MAX))), "nobody says when");
    }

    #[test]
    fn what_is_kept_comes_back() {
        let mut tokens = living(60);
        tokens.refresh = Some(Secret::new("r\"1"));
        tokens.scopes = Some(vec!["repo".to_owned()]);
        let again = Tokens::from_secret(&tokens.to_secret()).expect("tokens");
        assert_eq!(again.access.expose(), "t0p");
        assert_eq!(again.refresh.as_ref().map(Secret::expose), Some("r\"1"));
        assert_eq!((again.obtained_at, again.expires_at), (tokens.obtained_at, tokens.expires_at));
        assert_eq!(again.scopes, tokens.scopes);
        for broken in ["", "t0p-s3cret", "{}", "{\"access_token\":1}"] {
            let error = Tokens::from_secret(&Secret::new(broken)).expect_err(broken);
            assert_eq!(error.kind(), crate::ErrorKind::Setup);
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }
}
