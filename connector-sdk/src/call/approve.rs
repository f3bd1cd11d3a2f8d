//! Who may do what: the caller's mode, and the approvals that some actions need besides.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::audit::{Decision, Trail};
use super::{Connection, InputDigest};
use crate::manifest::{Action, Manifest, Mode, Trust};
use crate::{BoxFuture, Error, Output, Result};

/// Who calls, how far they may go, and how they get the approval that some actions need.
///
/// A new caller gets no approvals: an action with trust `confirm` or `restricted` is refused until
/// one of [`without_asking`](Self::without_asking), [`asking`](Self::asking) or
/// [`approved`](Self::approved) says how it is come by.
#[derive(Clone)]
pub struct Caller {
    name: Arc<str>,
    mode: Mode,
    approvals: Approvals,
}

#[derive(Clone)]
enum Approvals {
    Refused,
    NotAsked,
    Asked(Arc<dyn Approver>),
    Given(Arc<Approval>),
}

/// Asks somebody whether a call may go on.
pub trait Approver: Send + Sync {
    /// Whether somebody agreed to exactly this call.
    fn approve<'a>(&'a self, request: &'a ApprovalRequest<'a>) -> BoxFuture<'a, Result<bool>>;
}

/// What somebody is asked to agree to.
#[derive(Debug)]
#[non_exhaustive]
pub struct ApprovalRequest<'a> {
    /// The connection's name.
    pub connection: &'a str,
    /// What the connector is.
    pub manifest: &'a Manifest,
    /// What it is asked to do.
    pub action: &'a Action,
    /// With which input, JSON text that the action accepts, free of the connection's secrets.
    pub input: &'a str,
    /// What an [`Approval`] given later has to be bound to.
    pub digest: InputDigest,
}

/// An agreement to one call with one input, good for one use.
pub struct Approval {
    digest: InputDigest,
    used: AtomicBool,
}

impl Approval {
    /// Somebody agreed to the call with this digest, see [`ApprovalRequest::digest`] and
    /// [`InputDigest::of`].
    pub const fn new(digest: InputDigest) -> Self {
        Self { digest, used: AtomicBool::new(false) }
    }

    fn redeem(&self, digest: InputDigest) -> Result<()> {
        if self.digest != digest {
            return Err(Error::denied("the approval is for another call or another input"));
        }
        if self.used.swap(true, Ordering::AcqRel) {
            return Err(Error::denied("the approval was used already; each is good for one call"));
        }
        Ok(())
    }
}

impl fmt::Debug for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approval").field("digest", &self.digest).field("used", &self.used).finish()
    }
}

impl Caller {
    /// A caller who may go as far as `mode` and gets no approvals.
    pub fn new(name: impl Into<Arc<str>>, mode: Mode) -> Self {
        Self { name: name.into(), mode, approvals: Approvals::Refused }
    }

    /// The mode alone decides; nobody is asked.
    #[must_use]
    pub fn without_asking(mut self) -> Self {
        self.approvals = Approvals::NotAsked;
        self
    }

    /// Somebody is asked at each call that needs it.
    #[must_use]
    pub fn asking(mut self, approver: Arc<dyn Approver>) -> Self {
        self.approvals = Approvals::Asked(approver);
        self
    }

    /// Somebody agreed already, to one call.
    #[must_use]
    pub fn approved(mut self, approval: Arc<Approval>) -> Self {
        self.approvals = Approvals::Given(approval);
        self
    }

    /// The caller's name, for the audit trail.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How far the caller may go.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn shared_name(&self) -> &Arc<str> {
        &self.name
    }

    /// Whether the caller's mode is enough for an action.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Denied`](crate::ErrorKind::Denied) with `required_mode` and `actual_mode`.
    pub fn authorise(&self, action: &Action) -> Result<()> {
        let required = action.permission.mode;
        if self.mode >= required {
            return Ok(());
        }
        Err(Error::denied(format!(
            "`{}` needs mode `{}`, and this caller has `{}`",
            action.command,
            required.as_str(),
            self.mode.as_str()
        ))
        .with_detail("required_mode", required.as_str())
        .with_detail("actual_mode", self.mode.as_str()))
    }

    pub(super) async fn approve(
        &self,
        connection: &Connection,
        action: &Action,
        input: &[u8],
        trail: &mut Trail<'_>,
    ) -> Result<Decision> {
        if action.permission.trust == Trust::Auto {
            return Ok(Decision::Allowed);
        }
        match &self.approvals {
            Approvals::NotAsked => Ok(Decision::Allowed),
            Approvals::Refused => Err(Error::denied(format!(
                "`{}` needs somebody's approval, and this caller has no way to get one",
                action.command
            ))
            .with_detail("trust", action.permission.trust.as_str())),
            Approvals::Given(approval) => {
                approval.redeem(trail.digest())?;
                Ok(Decision::Approved)
            }
            Approvals::Asked(approver) => {
                // As JSON and not as text: `\u0073` spells a letter of a secret as well.
                let shown = connection.redactor().output(Output(input.to_vec())).into_bytes();
                let text = String::from_utf8_lossy(&shown);
                let request = ApprovalRequest {
                    connection: connection.name(),
                    manifest: connection.manifest(),
                    action,
                    input: &text,
                    digest: trail.digest(),
                };
                if approver.approve(&request).await? {
                    Ok(Decision::Approved)
                } else {
                    Err(Error::denied(format!("`{}` was not approved", action.command)))
                }
            }
        }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("name", &self.name).field("mode", &self.mode).finish_non_exhaustive()
    }
}
