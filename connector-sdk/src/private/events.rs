//! The static data of `#[events]` and `#[send]`, and what is made of it.
//!
//! The expansion writes `EventsSpec::<Self>::new::<P>(description, run)` with the payload's type as the method's
//! signature says it, and for `run` a closure of one statement:
//!
//! ```text
//! |__c, __since, __out, __context| Box::pin(async move {
//!     let (__since, mut __out) = __private::begun::<C, _>(__since, __out)?;
//!     __private::ended(__c.method(__since, &mut __out).await)
//! })
//! ```
//!
//! with the cursor's type as the signature says it.

use std::any::TypeId;
use std::future::Future;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::MethodError;
use super::build::payload_schema;
use crate::event::{Emitter, Events as Out, typed};
use crate::manifest::{Delivery, Events};
use crate::message::{Message, OutgoingMessage, Receipt};
use crate::{BoxFuture, Context, Result};

/// What can be the payload of an event.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the payload of an event",
    label = "this type can't be written as JSON or has no JSON Schema",
    note = "derive or implement `serde::Serialize` and `schemars::JsonSchema` for it"
)]
pub trait Payload: Serialize + JsonSchema + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema + 'static> Payload for T {}

/// What can be the cursor of an event.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the cursor of an event",
    label = "this type can't be written as JSON and read again",
    note = "derive or implement `serde::Serialize` and `serde::Deserialize` for it; a `String` or a number will do"
)]
pub trait Place: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Place for T {}

/// An `#[events]` method.
pub struct EventsSpec<C: 'static> {
    description: &'static str,
    payload: fn(&mut SchemaGenerator) -> Schema,
    messages: fn() -> bool,
    /// In milliseconds.
    every: Option<u64>,
    window: Option<usize>,
    pub run: EventsFn<C>,
}

/// An `#[events]` method as the runtime calls it.
pub type EventsFn<C> = for<'a> fn(&'a C, Option<&'a str>, Emitter, &'a Context) -> BoxFuture<'a, Result<()>>;

impl<C> EventsSpec<C> {
    /// Events with payloads of the type `P`.
    pub const fn new<P: Payload>(description: &'static str, run: EventsFn<C>) -> Self {
        let (payload, messages) = (SchemaGenerator::root_schema_for::<P>, is_message::<P>);
        Self { description, payload, messages, every: None, window: None, run }
    }

    /// With the milliseconds between the beginnings of two runs.
    pub const fn every(mut self, every: u64) -> Self {
        self.every = Some(every);
        self
    }

    /// With how many may be unacknowledged.
    pub const fn window(mut self, window: usize) -> Self {
        self.window = Some(window);
        self
    }

    /// What the manifest says of them.
    pub fn manifest(&self) -> Events {
        let mut events = Events::new(self.description, payload_schema(self.payload));
        events.every = self.every.map(Duration::from_millis);
        events.window = self.window;
        events.messages = (self.messages)();
        events
    }
}

/// What an `#[events]` method is called with.
pub fn begun<C: Place, P>(since: Option<&str>, out: Emitter) -> Result<(Option<C>, Out<P>)> {
    typed(since, out)
}

/// What an `#[events]` method may return.
#[diagnostic::on_unimplemented(
    message = "an `#[events]` method can't return `{Self}`",
    label = "this is not a `Result<()>`",
    note = "return `connector_sdk::Result<()>`, or a `Result<(), E>` whose `E` converts into `connector_sdk::Error`"
)]
pub trait Ending {
    /// The same with the error that hosts know.
    fn end(self) -> Result<()>;
}

impl<E: MethodError> Ending for Result<(), E> {
    fn end(self) -> Result<()> {
        self.map_err(Into::into)
    }
}

/// What an `#[events]` method returned.
pub fn ended(returned: impl Ending) -> Result<()> {
    returned.end()
}

fn is_message<P: 'static>() -> bool {
    TypeId::of::<P>() == TypeId::of::<Message>()
}

/// A `#[send]` method.
pub struct SendSpec<C: 'static> {
    description: &'static str,
    idempotent: bool,
    pub run: SendFn<C>,
}

/// A `#[send]` method as the runtime calls it.
pub type SendFn<C> = for<'a> fn(&'a C, &'a OutgoingMessage, &'a Context) -> BoxFuture<'a, Result<Receipt>>;

/// What a `#[send]` method may return.
#[diagnostic::on_unimplemented(
    message = "a `#[send]` method can't return `{Self}`",
    label = "this is not a `Result<Receipt>`",
    note = "return `connector_sdk::Result<Receipt>`, or `Result<()>` where the platform tells no id; its error may be any type that converts into `connector_sdk::Error`"
)]
pub trait Sending {
    /// The receipt, or the error that hosts know.
    fn receipt(self) -> Result<Receipt>;
}

impl<E: MethodError> Sending for Result<Receipt, E> {
    fn receipt(self) -> Result<Receipt> {
        self.map_err(Into::into)
    }
}

impl<E: MethodError> Sending for Result<(), E> {
    fn receipt(self) -> Result<Receipt> {
        self.map(Into::into).map_err(Into::into)
    }
}

/// The adaptor of a `#[send]` method.
pub fn boxed_send<'a, R: Sending>(
    send: impl Future<Output = R> + Send + 'a,
) -> BoxFuture<'a, Result<Receipt>> {
    Box::pin(async move { send.await.receipt() })
}

impl<C> SendSpec<C> {
    /// Delivers messages.
    pub const fn new(description: &'static str, run: SendFn<C>) -> Self {
        Self { description, idempotent: false, run }
    }

    /// Delivering a message twice, under the same id, is the same as delivering it once.
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// What the manifest says of it.
    pub fn manifest(&self) -> Delivery {
        let mut delivery = Delivery::new(self.description);
        delivery.idempotent = self.idempotent;
        delivery
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::event::Event;

    struct Clock;

    impl Clock {
        async fn ticks(&self, since: Option<u64>, out: &mut Out<String>) -> Result<()> {
            let next = since.unwrap_or(0) + 1;
            out.emit(Event { id: next.to_string(), cursor: next, payload: "tick".to_owned() }).await
        }

        async fn talk(&self, _: Option<String>, _: &mut Out<Message>) -> std::result::Result<(), Error> {
            Ok(())
        }
    }

    /// What an expansion will look like.
    static TICKS: EventsSpec<Clock> = EventsSpec::new::<String>("Ticks.", |c, since, out, _| {
        Box::pin(async move {
            let (since, mut out) = begun(since, out)?;
            ended(Clock::ticks(c, since, &mut out).await)
        })
    })
    .every(30_000);

    static TALK: EventsSpec<Clock> = EventsSpec::new::<Message>("Talk.", |c, since, out, _| {
        Box::pin(async move {
            let (since, mut out) = begun(since, out)?;
            ended(Clock::talk(c, since, &mut out).await)
        })
    });

    static SEND: SendSpec<Clock> =
        SendSpec::new("Send.", |_, _, _| Box::pin(async { Ok(().into()) })).idempotent();

    #[test]
    fn the_manifest_says_what_the_method_says() {
        let ticks = TICKS.manifest();
        assert_eq!((ticks.every, ticks.messages), (Some(Duration::from_secs(30)), false));
        assert_eq!(ticks.payload_schema["type"], "string");
        let talk = TALK.manifest();
        assert!(talk.messages && talk.payload_schema["properties"]["sender"].is_object());
        assert!(SEND.manifest().idempotent);
    }
}
