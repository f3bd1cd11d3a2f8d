//! The keyring of the operating system, as a place for the keys of stores.
//!
//! Only keys are kept there, each under its id. What a store holds stays in its file: that way it can be changed at
//! once, be locked and be listed, which no keyring offers.

#[cfg(all(feature = "keyring", not(any(target_os = "ios", target_os = "android"))))]
mod apart;
#[cfg(all(feature = "keyring", any(target_os = "macos", windows)))]
mod native;
#[cfg(all(
    feature = "keyring",
    unix,
    not(any(target_os = "macos", target_os = "ios", target_os = "android"))
))]
mod secret_service;

use std::ffi::OsString;
use std::sync::Arc;

use crate::{Result, Secret};

/// The variable that turns it off.
const VARIABLE: &str = "CONNECTOR_KEYRING";

/// Keeps texts under names. Every error is `setup`, says what is wrong with the keyring, and what to do.
///
/// It may be called from anywhere, also within an async runtime; it blocks as reading a file does.
pub(super) trait Keyring: Send + Sync {
    /// What is kept under a name; none where the keyring answers and has nothing.
    fn get(&self, name: &str) -> Result<Option<Secret>>;

    /// Keeps a text under a name, in the place of what was kept there.
    fn put(&self, name: &str, text: &Secret) -> Result<()>;

    /// Forgets what is kept under a name, if anything is.
    fn remove(&self, name: &str) -> Result<()>;
}

/// The keyring to ask, or why none is asked, in words that come after "since".
pub(super) type Found = Result<Arc<dyn Keyring>, &'static str>;

/// The keyring by an environment. It isn't talked to before something is wanted of it.
pub(super) fn of_environment(variable: &dyn Fn(&str) -> Option<OsString>) -> Found {
    match variable(VARIABLE).as_deref().and_then(std::ffi::OsStr::to_str) {
        Some("off" | "0" | "false" | "no") => Err("CONNECTOR_KEYRING turns it off"),
        _ => of_system(variable),
    }
}

#[cfg(all(
    feature = "keyring",
    unix,
    not(any(target_os = "macos", target_os = "ios", target_os = "android"))
))]
fn of_system(variable: &dyn Fn(&str) -> Option<OsString>) -> Found {
    Ok(Arc::new(secret_service::SecretService::of_environment(variable)))
}

#[cfg(all(feature = "keyring", any(target_os = "macos", windows)))]
fn of_system(_: &dyn Fn(&str) -> Option<OsString>) -> Found {
    match cfg!(test) {
        true => Err("these are tests, which leave the keyring of whoever runs them alone"),
        false => Ok(Arc::new(native::Native)),
    }
}

#[cfg(all(feature = "keyring", any(target_os = "ios", target_os = "android")))]
fn of_system(_: &dyn Fn(&str) -> Option<OsString>) -> Found {
    Err("no keyring of this operating system is known")
}

#[cfg(not(feature = "keyring"))]
fn of_system(_: &dyn Fn(&str) -> Option<OsString>) -> Found {
    Err("this program is built without the feature `keyring`")
}
