//! Whether this crate was compiled with what an attribute needs, so that it is one error if it wasn't.

/// Stands for the features that this crate was compiled with.
pub struct Features;

/// Implemented where the feature is on.
#[diagnostic::on_unimplemented(
    message = "`auth = oauth2(..)` needs the feature `oauth` of connector-sdk",
    label = "this needs the feature",
    note = "add `features = [\"oauth\"]` to connector-sdk in your `Cargo.toml`"
)]
pub trait OAuthFeature {}

#[cfg(feature = "oauth")]
impl OAuthFeature for Features {}

/// Checked where `auth` says `oauth2`.
pub fn assert_oauth<T: OAuthFeature>() {}

/// The same of a bearer's token that is renewed.
#[diagnostic::on_unimplemented(
    message = "`bearer(.., renew = ..)` needs the feature `oauth` of connector-sdk",
    label = "this needs the feature",
    note = "add `features = [\"oauth\"]` to connector-sdk in your `Cargo.toml`"
)]
pub trait RenewalFeature {}

#[cfg(feature = "oauth")]
impl RenewalFeature for Features {}

/// Checked where `auth` says `renew`.
pub fn assert_renewal<T: RenewalFeature>() {}

/// The same of `events`.
#[diagnostic::on_unimplemented(
    message = "`#[events]` and `#[send]` need the feature `events` of connector-sdk",
    label = "this needs the feature",
    note = "add `features = [\"events\"]` to connector-sdk in your `Cargo.toml`"
)]
pub trait EventsFeature {}

#[cfg(feature = "events")]
impl EventsFeature for Features {}

/// Checked at each `#[events]` and `#[send]`.
pub fn assert_events<T: EventsFeature>() {}
