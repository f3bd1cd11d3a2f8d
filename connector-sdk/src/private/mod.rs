//! What the expansion of `#[connector]` calls. Not for people: it may change in any release, which is
//! why the two crates are pinned to each other.

mod afterwards;
mod arguments;
mod build;
mod checks;
mod client;
#[cfg(feature = "events")]
mod events;
#[cfg(feature = "validate")]
mod fault;
mod features;
mod input;
mod linked;
mod oauth;
mod open;
#[cfg(feature = "http")]
mod outgoing;
mod request;
mod result;
mod shape;
mod spec;
mod state;
mod unique;
mod whole;
mod words;

pub use arguments::{Arguments, Slot, or_default, read};
#[cfg(feature = "pocketpaw")]
pub(crate) use arguments::{Fill, missing};
pub use build::Table;
pub use checks::{Check, Keywords, Limiting, Measured, Pattern, Ranged, Textual, check};
pub use client::{ClientOptions, HttpField};
#[cfg(feature = "events")]
pub use events::{
    Ending, EventsFn, EventsSpec, Payload, Place, SendFn, SendSpec, Sending, begun, boxed_send, ended,
};
pub use features::{
    EventsFeature, Features, OAuthFeature, RenewalFeature, assert_events, assert_oauth, assert_renewal,
};
pub use linked::{
    Actions, Described, TypeFactory, assert_connector, authenticates_by, has_client, has_credential,
    has_one_client, has_options, has_setting,
};
pub use open::{Opening, SecretField};
pub use request::{
    Answer, Answered, At, Count, Failed, List, MostSpec, Outgoing, PageSpec, Reply, RequestSpec, Sent,
    assert_count, assert_list, sent,
};
#[cfg(feature = "oauth")]
pub use result::boxed_renewal;
pub use result::{ActionOutput, ActionResult, MethodError, Parse, boxed_choices, boxed_health, boxed_login};
pub use shape::{AnyShape, Shape};
pub use spec::{
    ActionSpec, Argument, AuthSpec, ClientSpec, Given, HealthFn, ImplSpec, Input, LoginFn, OAuth2Spec,
    OptionsFn, OptionsSpec, Param, Ready, RenewFn, SecretSpec, SettingSpec, StructSpec, default_value,
};
#[cfg(not(feature = "events"))]
pub use spec::{EventsSpec, SendSpec};
pub use spec::{FromText, Published};
pub use state::{AnyBeginning, Beginning, Shared, State, Unset};

pub use crate::Result;
pub use crate::manifest::{Mode, Trust};
pub use std::sync::LazyLock;

/// What the expansion of an `#[events]` or `#[send]` is wrapped in: it is made without knowing which features this
/// crate has.
#[cfg(feature = "events")]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_events {
    ($($spec:tt)*) => { $($spec)* };
}

/// The same where there is no such feature, which is said by [`assert_events`].
#[cfg(not(feature = "events"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_events {
    ($($spec:tt)*) => {
        ::core::marker::PhantomData
    };
}

pub use crate::__with_events as with_events;

/// What the expansion of `renew = path` is, for the same reason.
#[cfg(feature = "oauth")]
#[doc(hidden)]
#[macro_export]
macro_rules! __renewal {
    ($renew:path) => {
        ::core::option::Option::Some(|http, refresh| $crate::__private::boxed_renewal($renew(http, refresh)))
    };
}

/// The same where there is no such feature, which is said by [`assert_renewal`].
#[cfg(not(feature = "oauth"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __renewal {
    ($renew:path) => {
        ::core::option::Option::None
    };
}

pub use crate::__renewal as renewal;

#[cfg(feature = "cli")]
pub use crate::cli::run_main;
