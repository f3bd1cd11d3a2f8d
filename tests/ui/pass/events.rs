// Needs the feature `events`.
#![no_implicit_prelude]
#![deny(warnings)]

use ::connector_sdk::event::Event;
use ::connector_sdk::manifest::Manifest;
use ::connector_sdk::{Context, Factory as _, connector, factory};
use ::std::prelude::v1::{From as _, Ok};

/// Names that the expansion must not mean.
mod others {
    pub struct Option;
    pub struct Result;
    pub struct Box;
}
#[expect(unused_imports, reason = "they only stand in the way")]
use others::{Box, Option, Result};

struct Own;

impl ::std::convert::From<Own> for ::connector_sdk::Error {
    fn from(_: Own) -> Self {
        Self::internal("own")
    }
}

/// All forms at once.
#[connector(id = "all")]
struct All;

#[connector]
impl All {
    /// News.
    #[events(every = "30s", window = 7)]
    async fn r#type(
        &self,
        context: &Context,
        out: &mut ::connector_sdk::event::Events<<Self as Says>::Word>,
        since: ::std::option::Option<::std::vec::Vec<u64>>,
    ) -> ::std::result::Result<(), Own> {
        let _ = context;
        let cursor = since.unwrap_or_default();
        let event = Event { id: ::std::string::String::from("1"), cursor, payload: true };
        out.emit(event).await.map_err(|_| Own)
    }

    /// On no machine.
    #[cfg(any())]
    #[events]
    async fn nowhere(&self, since: Option<Nothing>, out: &mut Events<Nothing>) -> Nothing {}

    /// Deliver.
    #[send]
    async fn send(
        &self,
        message: ::connector_sdk::message::OutgoingMessage,
        context: &Context,
    ) -> ::connector_sdk::Result<()> {
        let _ = (message, context);
        Ok(())
    }
}

trait Says {
    type Word;
}

impl Says for All {
    type Word = bool;
}

/// With names of its own for what is left out.
mod messages {
    use ::connector_sdk::prelude::*;
    use ::std::prelude::v1::{Ok, Option, Some, String};

    macro_rules! messenger {
        ($name:ident, $since:ident, $out:ident, $cursor:ty) => {
            /// Tells messages.
            #[connector(id = "messenger")]
            pub struct $name;

            #[connector]
            impl $name {
                /// Messages.
                #[events]
                async fn messages(&self, $since: Option<$cursor>, $out: &mut Events<Message>) -> Result<()> {
                    if let Some($since) = $since {
                        $out.checkpoint(&$since)?;
                    }
                    Ok(())
                }

                /// Deliver.
                #[send(idempotent)]
                async fn deliver(&self, message: &OutgoingMessage) -> Result<Receipt> {
                    Ok(Receipt::new(message.id.as_str()))
                }
            }
        };
    }

    messenger!(Messenger, since, out, String);
}

fn manifest<T: ::connector_sdk::__private::Actions + ::std::marker::Send + ::std::marker::Sync>() -> Manifest {
    ::std::clone::Clone::clone(factory::<T>().manifest())
}

fn main() {
    let all = manifest::<All>();
    let ::std::option::Option::Some(events) = all.events else { ::std::panic!("it tells something") };
    ::std::assert_eq!(events.description, "News.");
    ::std::assert_eq!(events.payload_schema["type"], "boolean");
    ::std::assert_eq!(events.every, ::std::option::Option::Some(::std::time::Duration::from_secs(30)));
    ::std::assert_eq!((events.window, events.messages), (::std::option::Option::Some(7), false));
    ::std::assert!(all.delivery.is_some_and(|delivery| !delivery.idempotent));
    let messenger = manifest::<messages::Messenger>();
    ::std::assert!(messenger.events.is_some_and(|events| events.messages && events.every.is_none()));
    ::std::assert!(messenger.delivery.is_some_and(|delivery| delivery.idempotent));
}
