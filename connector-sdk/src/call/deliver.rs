//! Delivers a message through a connection, under the same rules as a call.

use std::sync::LazyLock;
use std::time::Instant;

use super::audit::Trail;
use super::drive::{catch, drive};
use super::{Caller, Connection, Decision};
use crate::connector::no_delivery;
use crate::manifest::{Action, Effect, Permission};
use crate::message::{OutgoingMessage, Receipt};
use crate::{Context, Error, Result};

/// To callers and records, delivering is an action.
static SEND: LazyLock<Action> = LazyLock::new(|| Action::new("send", Permission::new(Effect::Write)));

impl Connection {
    /// Delivers a message.
    ///
    /// To the caller's permissions it is an action that writes: they need the mode `write`, and an approval
    /// or [`Caller::without_asking`]. Where the connector says that it can tell a repetition, the message's id is
    /// the call's idempotency key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the connector delivers no messages, `denied` as
    /// for [`Connection::call`], else what the connector's method returned.
    pub async fn send(
        &self,
        message: &OutgoingMessage,
        caller: &Caller,
        context: Context,
    ) -> Result<Receipt> {
        let mut context = context;
        // Only then does trying again, as a client does with a request that has a key, deliver it once.
        if self.manifest().delivery.as_ref().is_some_and(|delivery| delivery.idempotent) {
            context = context.with_idempotency_key(&*message.id);
        }
        context.enter(&self.name, Some(caller.shared_name()), |observer| self.redactor.observer(observer));
        // What is approved and recorded by its digest.
        let input = serde_json::to_vec(message)
            .map_err(|error| Error::usage(format!("the message can't be written as JSON: {error}")))?;
        let mut trail = Trail::begin(self, &input, &context);
        let result = self.deliver(message, &input, caller, &context, &mut trail).await;
        let result = match result {
            Ok(Receipt { id: Some(id) }) => Ok(Receipt { id: Some(self.redactor.text(&id).unwrap_or(id)) }),
            Ok(receipt) => Ok(receipt),
            Err(error) => Err(self.redactor.error(error)),
        };
        trail.end(result.as_ref().map(drop).map_err(Error::kind));
        result
    }

    async fn deliver(
        &self,
        message: &OutgoingMessage,
        input: &[u8],
        caller: &Caller,
        context: &Context,
        trail: &mut Trail<'_>,
    ) -> Result<Receipt> {
        if self.manifest().delivery.is_none() {
            return Err(no_delivery(&self.manifest().id));
        }
        // It has no place among the connector's actions.
        trail.found(usize::MAX, &SEND);
        let refused = |error, trail: &mut Trail<'_>| {
            trail.decided(Decision::Denied);
            Err(error)
        };
        if let Err(error) = caller.authorise(&SEND) {
            return refused(error, trail);
        }
        if message.id.is_empty() {
            return Err(Error::usage(
                "the message has an empty id, so a repetition of it can't be told; give it one",
            ));
        }
        match caller.approve(self, &SEND, input, trail).await {
            Ok(decision) => trail.decided(decision),
            Err(error) => return refused(error, trail),
        }
        let run = catch(|| Ok(self.connector.send(message, context)))?;
        drive(run, context, Instant::now()).await
    }
}
