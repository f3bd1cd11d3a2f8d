//! What an open connection came to know of itself: new secrets, and what the service granted.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::Redactor;
use crate::manifest::Action;
use crate::oauth::lacking;
use crate::{Error, Result, Secret};

/// Secrets of a connection that are remembered at most. Tokens that live for seconds are renewed for weeks; those
/// that are older than that many are of no use to anybody.
const MOST_SECRETS: usize = 16;

/// Shared by an open connection and whatever obtains tokens for it.
#[derive(Default)]
pub(crate) struct Learned {
    /// Whether there is anything, so that a call needs no lock before there is.
    any: AtomicBool,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    secrets: VecDeque<Secret>,
    redactor: Arc<Redactor>,
    scopes: Option<Vec<String>>,
}

impl Learned {
    /// Keeps some more secrets out of whatever leaves the connection.
    pub(crate) fn learn<'s>(&self, secrets: impl IntoIterator<Item = &'s Secret>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for secret in secrets {
            // What is learned again is the newest, so that it isn't forgotten first.
            known.secrets.retain(|old| old.expose() != secret.expose());
            known.secrets.push_back(secret.clone());
        }
        while known.secrets.len() > MOST_SECRETS {
            known.secrets.pop_front();
        }
        known.redactor = Arc::new(Redactor::new(&known.secrets));
        self.any.store(true, Ordering::Release);
    }

    /// Notes what the service says that it granted; none where it doesn't say.
    pub(crate) fn grant(&self, scopes: Option<&[String]>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.scopes = scopes.map(<[String]>::to_vec);
    }

    /// What takes the new secrets out of a text, once there are some.
    pub(super) fn redactor(&self) -> Option<Arc<Redactor>> {
        self.any
            .load(Ordering::Acquire)
            .then(|| Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner).redactor))
    }

    /// Refuses an action that needs what the service is known not to have granted.
    pub(super) fn authorise(&self, action: &Action) -> Result<()> {
        if action.scopes.is_empty() {
            return Ok(());
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let Some(granted) = &known.scopes else { return Ok(()) };
        match lacking(&action.scopes, granted) {
            missing if missing.is_empty() => Ok(()),
            missing => Err(refused(action, &missing)),
        }
    }
}

#[cold]
fn refused(action: &Action, missing: &[&str]) -> Error {
    let (name, scopes) = (&action.name, missing.join("`, `"));
    Error::auth(format!(
        "action `{name}` needs the scope `{scopes}`, which the service has not granted; connect again and agree to it"
    ))
    .with_detail("missing_scopes", missing)
}

impl fmt::Debug for Learned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Learned").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learned_last_is_forgotten_last() {
        let learned = Learned::default();
        let refresh = Secret::new("refresh-s3cret");
        // A refresh token that stays the same while the access token is renewed for weeks.
        for number in 0..40 {
            let access = Secret::new(format!("access-s3cret-{number:02}"));
            learned.learn([&access, &refresh]);
            let redactor = learned.redactor().expect("there is something");
            for secret in [&access, &refresh] {
                assert_eq!(redactor.text(secret.expose()).as_deref(), Some("[redacted]"), "{number}");
            }
        }
        let redactor = learned.redactor().expect("there is something");
        assert_eq!(redactor.text("access-s3cret-24"), None, "it is of no use any more");
    }
}
